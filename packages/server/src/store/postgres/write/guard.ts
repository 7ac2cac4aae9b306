import { int8Array } from '../database/arrays.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

/**
 * Holds keys until the transaction ends, waiting for whoever holds one of them now. The rows are inserted and deleted at
 * once: another transaction that inserts the same key waits for this one all the same, and nothing ever stays behind.
 */
export async function holdKeys(connection: Connection, site: Site, keys: readonly string[]): Promise<void> {
  const hashes = new Set(keys.map((key) => site.terms.exact('', 'guard', key)));
  const sorted = int8Array([...hashes].sort((a, b) => (a < b ? -1 : 1)));
  await connection.query(
    sql`insert into ${table(site, 'guard')} (key) select * from unnest(${sorted}::int8[]) on conflict do nothing`,
    `${site.schema} hold`,
  );
  await connection.query(
    sql`delete from ${table(site, 'guard')} where key = any(${sorted}::int8[])`,
    `${site.schema} let go`,
  );
}
