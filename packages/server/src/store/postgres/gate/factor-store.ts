import type { RecoveryCodeStore, TotpStore } from '../../factor-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

type TotpRow = { sealed_secret: Buffer; created_at: string; confirmed_at: string | null };

export function totpStore({ reads, writes }: Database, site: Site): TotpStore {
  const totp = table(site, 'totp');
  return {
    async find(accountId) {
      const [row] = await reads.query<TotpRow>(
        sql`select sealed_secret, created_at, confirmed_at from ${totp} where account_id = ${accountId}`,
      );
      return (
        row && {
          sealedSecret: row.sealed_secret,
          createdAt: Number(row.created_at),
          ...(row.confirmed_at === null ? {} : { confirmedAt: Number(row.confirmed_at) }),
        }
      );
    },

    async begin(accountId, { sealedSecret, createdAt }) {
      const rows = await writes.query(sql`
        insert into ${totp} as t (account_id, sealed_secret, created_at)
        values (${accountId}, ${sealedSecret}, ${createdAt})
        on conflict (account_id) do update
        set sealed_secret = excluded.sealed_secret, created_at = excluded.created_at, last_step = 0
        where t.confirmed_at is null
        returning 1`);
      return rows.length > 0;
    },

    async accept(accountId, { sealedSecret, step, now }) {
      const rows = await writes.query(sql`
        update ${totp} set last_step = ${step}, confirmed_at = coalesce(confirmed_at, ${now})
        where account_id = ${accountId} and sealed_secret = ${sealedSecret} and last_step < ${step}
        returning 1`);
      return rows.length > 0;
    },

    async remove(accountId) {
      const rows = await writes.query(sql`delete from ${totp} where account_id = ${accountId} returning 1`);
      return rows.length > 0;
    },
  };
}

export function recoveryCodeStore({ reads, writes }: Database, site: Site): RecoveryCodeStore {
  const codes = table(site, 'recovery_code');
  return {
    async count(accountId) {
      const [row] = await reads.query<{ n: number }>(
        sql`select count(*)::int4 as n from ${codes} where account_id = ${accountId}`,
      );
      return row?.n ?? 0;
    },

    async replace(accountId, hashes) {
      await writes.query(sql`
        with removed as (delete from ${codes} where account_id = ${accountId})
        insert into ${codes} (account_id, h) select ${accountId}, h from unnest(${hashes}::bytea[]) h`);
    },

    async use(accountId, hash) {
      const rows = await writes.query(
        sql`delete from ${codes} where account_id = ${accountId} and h = ${hash} returning 1`,
      );
      return rows.length > 0;
    },
  };
}
