import { int2Array, textArray } from '../database/arrays.ts';
import { batched } from '../database/batched.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import type { VersionRow } from '../index/version-row.ts';

type Key = { readonly tk: number; readonly id: string };

/**
 * Reads of current versions by key: those asked for in one turn of the event loop go out as one statement. Two are under
 * way at most: the connection works on one while the next is there already, and what comes meanwhile goes together.
 */
export function coalescedReads(site: Site, connection: Connection): (key: Key) => Promise<VersionRow | undefined> {
  const run = async (keys: readonly Key[]) => {
    const rows = await readKeys(site, connection, keys);
    const found = new Map(rows.map((row) => [`${row.tk}/${row.id}`, row]));
    return keys.map(({ tk, id }) => found.get(`${tk}/${id}`));
  };
  return batched(run, { flights: 2, size: 64 });
}

/** Current versions by key, in no order. */
export function readKeys(site: Site, connection: Connection, keys: readonly Key[]): Promise<VersionRow[]> {
  const [only] = keys;
  if (keys.length === 1 && only) {
    return connection.query<VersionRow>(
      sql`select tk, id, ver, lu, method, body from ${table(site, 'res')} where tk = ${only.tk} and id = ${only.id}`,
      `${site.schema} read`,
    );
  }
  return connection.query<VersionRow>(
    sql`select r.tk, r.id, r.ver, r.lu, r.method, r.body
      from unnest(${int2Array(keys.map(({ tk }) => tk))}::int2[], ${textArray(keys.map(({ id }) => id))}::text[])
        as i(tk, id)
      join ${table(site, 'res')} r on r.tk = i.tk and r.id = i.id`,
    `${site.schema} reads`,
  );
}
