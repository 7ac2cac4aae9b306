import type { Retention } from '../../gate-ports.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { type Sql, sql } from '../database/sql.ts';

/** How long an authorization is remembered after its code and refresh token expired, ms: who comes late is told how late. */
const authorizationMemory = 15 * 60_000;
/** So many decisions are kept of a client; its owner makes some of them. */
const longestHistory = 500;

/** Deletes what has had its time, in batches small enough not to be felt. The number of rows deleted. */
export async function sweep(writes: Connection, site: Site, r: Retention): Promise<number> {
  const tickets = table(site, 'ticket');
  const clients = table(site, 'client');
  const decisions = table(site, 'client_decision');
  const authorizations = table(site, 'user_authorization');
  const tokens = table(site, 'access_token');
  const outbox = table(site, 'outbox');
  const expired = (name: string) => {
    const rows = table(site, name);
    return sql`delete from ${rows} where h in (
      select h from ${rows} where expires_at < ${r.expiredBefore} limit ${r.limit})`;
  };
  const statements = [
    expired('access_token'),
    expired('assertion'),
    expired('session'),
    expired('authorization_request'),
    expired('launch'),
    expired('spent_refresh_token'),
    expired('sign_up'),
    expired('account_link'),
    expired('sign_in_step'),
    expired('known_device'),
    sql`delete from ${outbox} where mail_id in (
      select mail_id from ${outbox} where created_at < ${r.mailBefore} limit ${r.limit})`,
    expired('passkey_challenge'),
    expired('try_count'),
    expired('invitation'),
    sql`delete from ${authorizations} where authorization_id in (
      select authorization_id from ${authorizations} a
      where greatest(code_expires_at, refresh_expires_at, created_at) < ${r.expiredBefore - authorizationMemory}
        and not exists (select from ${tokens} t where t.authorization_id = a.authorization_id)
      limit ${r.limit})`,
    sql`delete from ${tickets} where id in (
      select id from ${tickets} where created_at < ${r.ticketsBefore} limit ${r.limit})`,
    sql`delete from ${tickets} where id in (
      select id from (
        select id, client_id, row_number() over (partition by client_id order by created_at desc, id) as n
        from ${tickets}
      ) ranked
      where n > case when client_id is null then ${r.ticketsWithoutClient}::int8 else ${r.ticketsPerClient}::int8 end
      limit ${r.limit})`,
    sql`delete from ${clients} where client_id in (
      select client_id from ${clients} where deleted_at < ${r.pendingBefore}
        or status = 'pending' and approved is null and waiting_since < ${r.pendingBefore} limit ${r.limit})`,
    sql`delete from ${decisions} where id in (
      select id from (
        select id, row_number() over (partition by client_id order by id desc) as n from ${decisions}
      ) ranked
      where n > ${longestHistory}::int8 limit ${r.limit})`,
    sql`delete from ${table(site, 'initial_access_token')} where id in (
      select id from ${table(site, 'initial_access_token')} where expires_at < ${r.ticketsBefore} limit ${r.limit})`,
  ];
  let deleted = 0;
  for (const statement of statements) deleted += await deletedBy(writes, statement);
  return deleted;
}

async function deletedBy(writes: Connection, statement: Sql): Promise<number> {
  const [row] = await writes.query<{ n: number }>(
    sql`with deleted as (${statement} returning 1) select count(*)::int4 as n from deleted`,
  );
  return row?.n ?? 0;
}
