import type {
  Create,
  Delete,
  Everything,
  EverythingPosition,
  HistoryInstance,
  HistoryPosition,
  HistorySystem,
  HistoryType,
  LastOfEach,
  Read,
  Relabel,
  SearchPosition,
  SearchType,
  Update,
  Vread,
} from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';

/**
 * The chart's side of the store. Every method takes permits and runs their access rule as SQL: a row that the rule
 * does not open is as absent as one that does not exist.
 */
export interface ResourceReader {
  /** The current version, deleted or not; undefined where there is none to see. */
  read(permitted: Permitted<Read>): Promise<StoredVersion | undefined>;
  vread(permitted: Permitted<Vread>): Promise<StoredVersion | undefined>;
  /** Newest first; undefined where the resource never was or may not be seen. */
  history(permitted: Permitted<HistoryInstance>): Promise<HistoryPage | undefined>;
  /** Of a type or of everything, newest first: of each type what the rule opens. */
  versions(permitted: Permitted<HistoryType | HistorySystem>): Promise<VersionsPage>;
  search(permitted: Permitted<SearchType>): Promise<SearchPage>;
  /** What belongs to one patient, and what that refers to; undefined where the patient may not be seen. */
  everything(permitted: Permitted<Everything>): Promise<EverythingPage | undefined>;
  /** Latest first. @throws {FhirError} 400 where there are too many matches to be grouped */
  lastOfEach(permitted: Permitted<LastOfEach>): Promise<readonly StoredVersion[]>;
  /** Ids of the matches of many searches at once, at most two a search: enough to tell none, one and several apart. */
  resolve(permitted: readonly Permitted<SearchType>[]): Promise<readonly (readonly string[])[]>;
}

export interface ResourceStore extends ResourceReader {
  /** Writes all or nothing, in one statement where nothing but creates is asked. */
  write(writes: readonly Write[]): Promise<readonly StoredVersion[]>;
  /** The resource as it is then, under the same version. @throws {FhirError} 404, 410, 403 */
  relabel(permitted: Permitted<Relabel>): Promise<StoredVersion>;
  /** Runs `work` in one database transaction; an exception rolls back all of it. Retries a serialization failure. */
  transaction<T>(work: (transaction: ResourceTransaction) => Promise<T>): Promise<T>;
}

export type EverythingPage = {
  readonly own: readonly StoredVersion[];
  /** What the patient's own resources refer to, and the Provenance of them. */
  readonly related: readonly StoredVersion[];
  readonly next?: EverythingPosition;
};

export interface ResourceTransaction extends ResourceReader {
  write(writes: readonly Write[]): Promise<readonly StoredVersion[]>;
  /** Waits until no other transaction holds one of these keys, then holds them: two conditional creates become one. */
  guard(keys: readonly string[]): Promise<void>;
  /** Reads current versions, and keeps others from changing these resources until the transaction ends. */
  hold(permitted: readonly Permitted<Read>[]): Promise<readonly (StoredVersion | undefined)[]>;
}

/**
 * A create brings the id the server gave it. An update needs `createPermitted` where the id may be new (R4 allows it;
 * without it an unknown id is 404, and a deleted one, which an update brings back, 410). A delete of what is not there,
 * hidden or deleted already changes nothing; its answer has the version that stays, 0 where there is none to see.
 * Throws FhirError 404 (unknown or hidden), 409, 410, 412 (`ifMatch`), 403 (the content lies outside of what the rule
 * opens), and 400 for two writes of one resource.
 */
export type Write =
  | { readonly kind: 'create'; readonly permitted: Permitted<Create>; readonly id: string }
  | { readonly kind: 'update'; readonly permitted: Permitted<Update>; readonly createPermitted?: Permitted<Create> }
  | { readonly kind: 'delete'; readonly permitted: Permitted<Delete> };

export type StoredVersion = {
  readonly type: string;
  readonly id: string;
  /** 1, 2, 3, … */
  readonly version: number;
  /** ms since the epoch. */
  readonly lastUpdated: number;
  /** How this version came about. */
  readonly method: 'POST' | 'PUT' | 'DELETE';
  /** JSON text with `id`, `meta.versionId` and `meta.lastUpdated` in it; empty for a deletion. */
  readonly body: string;
};

export type HistoryPage = {
  readonly versions: readonly StoredVersion[];
  /** Absent where the rule opens only a part of the type: it would tell how many versions lie outside. */
  readonly total?: number;
  /** `before` of the next page; absent on the last one. */
  readonly next?: number;
};

export type VersionsPage = {
  readonly versions: readonly StoredVersion[];
  /** Absent on the last page. */
  readonly next?: HistoryPosition;
};

export type SearchPage = {
  readonly matches: readonly StoredVersion[];
  readonly included: readonly StoredVersion[];
  readonly total?: number;
  /** Absent on the last page. */
  readonly next?: SearchPosition;
};
