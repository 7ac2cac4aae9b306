import type { Resource, SearchQuery, SystemQuery } from '@chartgate/fhir';

/** The FHIR interactions, by the specification's names. @see https://hl7.org/fhir/R4/http.html */
export type Interaction =
  | Read
  | Vread
  | HistoryInstance
  | SearchType
  | SearchSystem
  | Explain
  | Create
  | Update
  | Delete;

export type Read = { readonly code: 'read'; readonly type: string; readonly id: string };

export type Vread = {
  readonly code: 'vread';
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
};

/** Newest first. `before`: only versions older than this one (the paging position). */
export type HistoryInstance = {
  readonly code: 'history-instance';
  readonly type: string;
  readonly id: string;
  readonly count: number;
  readonly before?: number;
};

export type SearchType = {
  readonly code: 'search-type';
  readonly type: string;
  readonly query: SearchQuery;
  /** Where the page starts; absent: at the first match. */
  readonly after?: SearchPosition;
};

/**
 * A search over several types, of the system or of a compartment. Those that were named must all be open; where none
 * was, those that are not open are left out.
 */
export type SearchSystem = {
  readonly code: 'search-system';
  readonly query: SystemQuery;
  readonly isNamed: boolean;
  readonly after?: SearchPosition;
};

/** A search on a type whose answer is not what it finds but how: statements, plans and numbers of rows. Ours. */
export type Explain = { readonly code: 'explain'; readonly type: string; readonly query: SearchQuery };

/**
 * Keyset position: the sort keys of the last row, in the order of `query.sort`, then its row id (decimal). A search
 * without sort keys may have one of the store's own. Times are decimal strings of ms since the epoch.
 */
export type SearchPosition = { readonly keys: readonly (string | number | null)[]; readonly rid: string };

export type Create = { readonly code: 'create'; readonly type: string; readonly content: Content };

/** `ifMatch`: the version that must be the current one. Creates where the id is new. */
export type Update = {
  readonly code: 'update';
  readonly type: string;
  readonly id: string;
  readonly content: Content;
  readonly ifMatch?: string;
};

export type Delete = {
  readonly code: 'delete';
  readonly type: string;
  readonly id: string;
  readonly ifMatch?: string;
};

/** A resource to be written: validated, parsed, and as the compact JSON text that was sent, decimals as written. */
export type Content = { readonly resource: Resource; readonly text: string };
