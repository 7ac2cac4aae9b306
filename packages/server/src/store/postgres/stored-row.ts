import type { StoredVersion } from '../ports.ts';
import { raw, type Sql } from './sql.ts';
import { typeOfKey } from './type-key.ts';

/** A row of `res` as the columns `versionColumns` yield it. */
export type VersionRow = {
  rid: string;
  tk: number;
  id: string;
  ver: number;
  lu: string;
  method: number;
  body: string | null;
};

/** For a select from `res r`. */
export const versionColumns: Sql = raw('r.rid, r.tk, r.id, r.ver, r.lu, r.method, r.body');

const methods = { 1: 'POST', 2: 'PUT', 3: 'DELETE' } as const;

export function versionOf(row: VersionRow): StoredVersion {
  const method = methods[row.method as keyof typeof methods];
  if (!method) throw new Error(`No method has the number ${row.method}`);
  return {
    type: typeOfKey(row.tk),
    id: row.id,
    version: row.ver,
    lastUpdated: Number(row.lu),
    method,
    body: row.body ?? '',
  };
}
