import type { Pool } from 'pg';
import type { Retention } from '../../gate-ports.ts';
import { type Site, table } from '../site.ts';
import { type Sql, sql } from '../sql.ts';

/** Deletes what has had its time, in batches small enough not to be felt. The number of rows deleted. */
export async function sweep(pool: Pool, site: Site, r: Retention): Promise<number> {
  const [tokens, assertions, tickets, clients] = ['access_token', 'assertion', 'ticket', 'client'].map((name) =>
    table(site, name),
  ) as [Sql, Sql, Sql, Sql];
  const expired = (from: Sql) => sql`
    delete from ${from} where h in (select h from ${from} where expires_at < ${r.expiredBefore} limit ${r.limit})`;
  const statements = [
    expired(tokens),
    expired(assertions),
    sql`delete from ${tickets} where id in (
      select id from ${tickets} where created_at < ${r.ticketsBefore} limit ${r.limit})`,
    sql`delete from ${tickets} where id in (
      select id from (
        select id, client_id, row_number() over (partition by client_id order by created_at desc, id) as n from ${tickets}
      ) ranked
      where n > case when client_id is null then ${r.ticketsWithoutClient}::int8 else ${r.ticketsPerClient}::int8 end
      limit ${r.limit})`,
    sql`delete from ${clients} where client_id in (
      select client_id from ${clients} where status = 'pending' and created_at < ${r.pendingBefore} limit ${r.limit})`,
  ];
  let deleted = 0;
  for (const statement of statements) {
    const { text, values } = statement.render();
    deleted += (await pool.query(text, values)).rowCount ?? 0;
  }
  return deleted;
}
