import type { Challenge, Passkey, PasskeyStore } from '../../factor-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { type AccountRow, accountColumns, accountOf } from './account-store.ts';

type Row = {
  credential_id: Buffer;
  passkey_id: string;
  account_id: string;
  name: string;
  public_key: Buffer;
  counter: string;
  transports: string[];
  is_synced: boolean;
  created_at: string;
  last_used_at: string | null;
};

export function passkeyStore({ reads, writes, transaction }: Database, site: Site): PasskeyStore {
  const passkeys = table(site, 'passkey');
  const challenges = table(site, 'passkey_challenge');
  const accounts = table(site, 'account');
  /** Of which an account, or nobody in particular, was given it. */
  const isFor = ({ accountId }: Challenge) => sql`account_id is not distinct from ${accountId ?? null}::text`;

  return {
    // the account is held first: a statement counts what was there when it began
    insert: (p, most) =>
      transaction(async (held) => {
        await held.query(sql`select from ${accounts} where account_id = ${p.accountId} for update`);
        const rows = await held.query(sql`
          insert into ${passkeys} (credential_id, passkey_id, account_id, name, public_key, counter, transports,
            is_synced, created_at)
          select ${p.credentialId}::bytea, ${p.passkeyId}, ${p.accountId}, ${p.name}, ${p.publicKey}::bytea,
            ${p.counter}::int8, ${p.transports}::text[], ${p.isSynced}::bool, ${p.createdAt}::int8
          where (select count(*) from ${passkeys} where account_id = ${p.accountId}) < ${most}::int4
          on conflict do nothing returning 1`);
        return rows.length > 0;
      }),

    async find(credentialId) {
      const [row] = await reads.query<Row & AccountRow>(sql`
        select ${accountColumns('a')}, p.* from ${passkeys} p
        join ${accounts} a on a.account_id = p.account_id and a.status = 'active'
        where p.credential_id = ${credentialId}`);
      return row && { passkey: passkeyOf(row), account: accountOf(row) };
    },

    async list(accountId) {
      const rows = await reads.query<Row>(
        sql`select * from ${passkeys} where account_id = ${accountId} order by created_at, passkey_id`,
      );
      return rows.map(passkeyOf);
    },

    async use(credentialId, { counter, isSynced, now }) {
      const rows = await writes.query(sql`
        update ${passkeys} set counter = ${counter}, is_synced = ${isSynced}, last_used_at = ${now}
        where credential_id = ${credentialId} and (counter < ${counter} or (counter = 0 and ${counter}::int8 = 0))
        returning 1`);
      return rows.length > 0;
    },

    async rename(accountId, passkeyId, name) {
      const rows = await writes.query(sql`
        update ${passkeys} set name = ${name} where account_id = ${accountId} and passkey_id = ${passkeyId}
        returning 1`);
      return rows.length > 0;
    },

    async remove(accountId, passkeyId) {
      const [row] = await writes.query<Row>(
        sql`delete from ${passkeys} where account_id = ${accountId} and passkey_id = ${passkeyId} returning *`,
      );
      return row && passkeyOf(row);
    },

    async challenge(challenge, expiresAt) {
      const { hash, purpose, accountId } = challenge;
      await writes.query(sql`
        insert into ${challenges} (h, purpose, account_id, expires_at)
        values (${hash}, ${purpose}, ${accountId ?? null}, ${expiresAt})`);
    },

    async useChallenge(challenge, now) {
      const rows = await writes.query(sql`
        delete from ${challenges}
        where h = ${challenge.hash} and purpose = ${challenge.purpose} and ${isFor(challenge)} and expires_at > ${now}
        returning 1`);
      return rows.length > 0;
    },
  };
}

function passkeyOf(row: Row): Passkey {
  return {
    credentialId: row.credential_id,
    passkeyId: row.passkey_id,
    accountId: row.account_id,
    name: row.name,
    publicKey: row.public_key,
    counter: Number(row.counter),
    transports: row.transports,
    isSynced: row.is_synced,
    createdAt: Number(row.created_at),
    ...(row.last_used_at === null ? {} : { lastUsedAt: Number(row.last_used_at) }),
  };
}
