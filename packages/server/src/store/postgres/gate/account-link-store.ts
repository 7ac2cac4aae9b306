import { type Account, folded } from '../../account-ports.ts';
import type { AccountLink, AccountLinkStore, SealedMail } from '../../sign-in-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { join, raw, type Sql, sql } from '../database/sql.ts';
import { endingEverything, unlessTaken } from './account-changes.ts';
import { type AccountRow, accountColumns, accountOf } from './account-store.ts';
import { mailing } from './outbox-store.ts';

type Row = AccountRow & {
  h: Buffer;
  purpose: AccountLink['purpose'];
  link_epoch: number;
  link_email: string | null;
  link_created_at: string;
  expires_at: string;
};

/** Writes a link in a statement. @param from such as `from made`: no row there, no link */
export function linking(site: Site, l: AccountLink, from: Sql = raw('')): Sql {
  return sql`insert into ${table(site, 'account_link')} (h, purpose, account_id, epoch, email, created_at, expires_at)
    select ${l.hash}::bytea, ${l.purpose}::text, ${l.accountId ?? null}::text, ${l.epoch}::int4, ${l.email ?? null}::text,
      ${l.createdAt}::int8, ${l.expiresAt}::int8 ${from}`;
}

export function accountLinkStore({ reads, writes }: Database, site: Site): AccountLinkStore {
  const links = table(site, 'account_link');
  const accounts = table(site, 'account');
  /** That link `l` and account `a` belong together, and the account is in the state that the purpose wants. */
  const isAlive = sql`a.account_id = l.account_id and a.epoch = l.epoch
    and a.status = case when l.purpose = 'welcome' then 'unverified' else 'active' end`;

  /** Uses up the link, and its account's row stands in `used`. */
  const using = (hash: Uint8Array, purposes: readonly AccountLink['purpose'][], at: number): Sql => sql`used as (
    delete from ${links} l using ${accounts} a
    where l.h = ${hash} and l.purpose = any(${purposes}) and l.expires_at > ${at} and ${isAlive}
    returning l.account_id, l.email
  ),`;

  return {
    async insert(link, mails: readonly SealedMail[]) {
      const parts = mails.map((mail, i) => sql`, ${raw(`mail_${i}`)} as (${mailing(site, mail)})`);
      await writes.query(sql`with link as (${linking(site, link)})${join(parts, '')} select 1`);
    },

    async find(hash, purpose, now) {
      const [row] = await reads.query<Row>(sql`
        select l.h, l.purpose, l.epoch as link_epoch, l.email as link_email, l.created_at as link_created_at,
          l.expires_at, ${accountColumns('a')}
        from ${links} l join ${accounts} a on ${isAlive}
        where l.h = ${hash} and l.purpose = ${purpose} and l.expires_at > ${now}`);
      return row && { link: linkOf(row), account: accountOf(row) };
    },

    setPassword(hash, { passwordHash, at, mail }) {
      const changed = sql`update ${accounts} set password_hash = ${passwordHash}, status = 'active', epoch = epoch + 1
        where account_id in (select account_id from used) returning account_id, epoch`;
      const more = [
        mailing(site, mail, raw('from changed')),
        // whoever knew the old password may have left a browser behind
        sql`delete from ${table(site, 'known_device')} where account_id in (select account_id from changed)`,
      ];
      const before = using(hash, ['reset', 'welcome'], at);
      return unlessTaken(() => writes.query(endingEverything(site, changed, { before, more })));
    },

    async confirmEmail(hash, { at, keep, mail }) {
      const [wanted] = await reads.query<{ email: string | null }>(sql`select email from ${links} where h = ${hash}`);
      if (!wanted?.email) return 'gone';
      const changed = sql`update ${accounts} a set email = used.email, email_key = ${folded(wanted.email)},
          epoch = epoch + 1
        from used where a.account_id = used.account_id returning a.account_id, a.epoch`;
      const more = [mailing(site, mail, raw('from changed'))];
      const before = using(hash, ['email'], at);
      return unlessTaken(() => writes.query(endingEverything(site, changed, { before, more, keep })));
    },
  };
}

function linkOf(row: Row): AccountLink & { accountId: Account['accountId'] } {
  return {
    hash: row.h,
    purpose: row.purpose,
    accountId: row.account_id,
    epoch: row.link_epoch,
    ...(row.link_email === null ? {} : { email: row.link_email }),
    createdAt: Number(row.link_created_at),
    expiresAt: Number(row.expires_at),
  };
}
