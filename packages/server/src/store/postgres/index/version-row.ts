import type { StoredVersion } from '../../ports.ts';
import type { IndexRow } from './index-row.ts';
import { typeOfKey } from './type-key.ts';

/** How a version came about, as the columns `method` have it. */
export const methods = { POST: 1, PUT: 2, DELETE: 3 } as const;

const methodNames = ['POST', 'PUT', 'DELETE'] as const;

/** A version about to be written. Of a deletion there is neither body nor index. */
export type NewVersion = {
  readonly tk: number;
  readonly id: string;
  readonly rid: number;
  /** 1, or one more than the version that it follows. */
  readonly version: number;
  readonly lastUpdated: number;
  readonly method: (typeof methods)[keyof typeof methods];
  readonly body: string | null;
  readonly index: IndexRow | null;
};

/** A row of `res` or `hist`. */
export type VersionRow = { tk: number; id: string; ver: number; lu: string; method: number; body: string | null };

export function storedVersion(row: VersionRow): StoredVersion {
  return {
    type: typeOfKey(row.tk),
    id: row.id,
    version: row.ver,
    lastUpdated: Number(row.lu),
    method: methodNames[row.method - 1] ?? 'PUT',
    body: row.body ?? '',
  };
}

export function storedOf(version: NewVersion): StoredVersion {
  const { tk, id, version: ver, lastUpdated, method, body } = version;
  return storedVersion({ tk, id, ver, lu: String(lastUpdated), method, body });
}
