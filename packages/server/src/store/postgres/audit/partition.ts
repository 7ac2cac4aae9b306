import type { Connection, Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, sql } from '../database/sql.ts';
import { codeOf } from '../database/unavailable.ts';

/** A month of the audit, `[from, to)` in ms since the epoch; `name` is that of its table. */
export type Month = { readonly name: string; readonly from: number; readonly to: number };

const prefix = 'audit_event_';

/** The month of a time. */
export function monthOf(at: number): Month {
  const day = new Date(at);
  const [year, month] = [day.getUTCFullYear(), day.getUTCMonth()];
  return {
    name: `${prefix}${year}_${String(month + 1).padStart(2, '0')}`,
    from: Date.UTC(year, month),
    to: Date.UTC(year, month + 1),
  };
}

/** Makes the table of a month unless it is there. Nodes that do so at once do not mind each other. */
export async function ensureMonth(database: Database, site: Site, { name, from, to }: Month): Promise<void> {
  const month = table(site, name);
  try {
    await database.transaction(async (connection) => {
      await connection.query(sql`create table ${month} partition of ${table(site, 'audit_event')}
        for values from (${raw(String(from))}) to (${raw(String(to))})`);
      // unlike the triggers of rows, one for truncate is not handed down
      await connection.query(sql`create trigger audit_is_whole before truncate on ${month}
        for each statement execute function ${table(site, 'audit_is_final')}()`);
    });
  } catch (error) {
    if (codeOf(error) !== '42P07' && codeOf(error) !== '23505') throw error;
  }
}

/** The months there are, oldest first. */
export async function months(reads: Connection, site: Site): Promise<readonly Month[]> {
  const rows = await reads.query<{ name: string }>(sql`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = ${`"${site.schema}".audit_event`}::regclass order by c.relname`);
  return rows.map(({ name }) => {
    const [year = 0, month = 0] = name.slice(prefix.length).split('_').map(Number);
    return monthOf(Date.UTC(year, month - 1));
  });
}
