import { int2Array, textArray } from '../database/arrays.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import type { VersionRow } from '../index/version-row.ts';

type Waiting = {
  readonly tk: number;
  readonly id: string;
  readonly resolve: (row: VersionRow | undefined) => void;
  readonly reject: (error: unknown) => void;
};

/** Reads asked for in one statement at most. */
const most = 64;

/** Reads of current versions by key: those asked for in one turn of the event loop go out as one statement. */
export function coalescedReads(
  site: Site,
  connection: Connection,
): (tk: number, id: string) => Promise<VersionRow | undefined> {
  let waiting: Waiting[] = [];

  const flush = () => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, most);
      waiting = waiting.slice(most);
      readAll(site, connection, batch).catch((error) => {
        for (const { reject } of batch) reject(error);
      });
    }
  };

  return (tk, id) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ tk, id, resolve, reject });
    });
}

async function readAll(site: Site, connection: Connection, batch: readonly Waiting[]): Promise<void> {
  const rows = await readKeys(site, connection, batch);
  const found = new Map(rows.map((row) => [`${row.tk}/${row.id}`, row]));
  for (const { tk, id, resolve } of batch) resolve(found.get(`${tk}/${id}`));
}

/** Current versions by key, in no order. */
export function readKeys(
  site: Site,
  connection: Connection,
  keys: readonly { readonly tk: number; readonly id: string }[],
): Promise<VersionRow[]> {
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
