import type { EntityTags, Interval, Labels, Resource, SearchQuery } from '@chartgate/fhir';

/** The FHIR interactions, by the specification's names. @see https://hl7.org/fhir/R4/http.html */
export type Interaction =
  | Read
  | Vread
  | HistoryInstance
  | HistoryType
  | HistorySystem
  | SearchType
  | Create
  | Update
  | Patch
  | Delete
  | Everything
  | LastOfEach
  | Relabel;

export type Read = { readonly code: 'read'; readonly type: string; readonly id: string };

export type Vread = {
  readonly code: 'vread';
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
};

/** Newest first. `before`: only versions older than this one (the paging position). */
export type HistoryInstance = HistoryWindow & {
  readonly code: 'history-instance';
  readonly type: string;
  readonly id: string;
  readonly before?: number;
};

/** Of all resources of a type, newest first. `after`: where the page starts. */
export type HistoryType = HistoryWindow & {
  readonly code: 'history-type';
  readonly type: string;
  readonly after?: HistoryPosition;
};

/** Of everything that the rule opens, newest first. */
export type HistorySystem = HistoryWindow & { readonly code: 'history-system'; readonly after?: HistoryPosition };

/** Which versions a history shows. `count`: versions on a page. @see https://hl7.org/fhir/R4/http.html#history */
export type HistoryWindow = {
  readonly count: number;
  /** Only versions from then on, ms since the epoch. */
  readonly since?: number;
  /** Only versions that were the current one at some time within. */
  readonly at?: Interval;
};

/** The last version of a page. No two versions of a resource have the same time. @property lastUpdated ms since the epoch */
export type HistoryPosition = { readonly lastUpdated: number; readonly type: string; readonly id: string };

export type SearchType = {
  readonly code: 'search-type';
  readonly type: string;
  readonly query: SearchQuery;
  /** Where the page starts; absent: at the first match. */
  readonly after?: SearchPosition;
};

/**
 * Keyset position: the sort keys of the last row, in the order of `query.sort`, then its row id (decimal). A search
 * without sort keys may have one of the store's own. Times are decimal strings of ms since the epoch.
 */
export type SearchPosition = { readonly keys: readonly (string | number | null)[]; readonly rid: string };

export type Create = { readonly code: 'create'; readonly type: string; readonly content: Content };

/**
 * `ifMatch`: the current version must be one of these; `ifNoneMatch`: it must be none of them. Creates where the id is
 * new.
 */
export type Update = {
  readonly code: 'update';
  readonly type: string;
  readonly id: string;
  readonly content: Content;
  readonly ifMatch?: EntityTags;
  readonly ifNoneMatch?: EntityTags;
};

/** Whether a patch may be tried at all. What it makes of the resource is an update, with a permit of its own. */
export type Patch = { readonly code: 'patch'; readonly type: string; readonly id: string };

export type Delete = {
  readonly code: 'delete';
  readonly type: string;
  readonly id: string;
  readonly ifMatch?: EntityTags;
};

/** What `Patient/$everything` asks for. @see https://hl7.org/fhir/R4/patient-operation-everything.html */
export type Everything = {
  readonly code: 'everything';
  readonly type: 'Patient';
  readonly id: string;
  /** Resource types to answer; absent: all. */
  readonly types?: readonly string[];
  /** Only what was updated at or after this time, ms since the epoch. */
  readonly since?: number;
  /** When the care was, `[lo, hi)` in ms since the epoch; what has no such date is not left out. */
  readonly care?: { readonly lo: number; readonly hi: number };
  /** Resources on a page. */
  readonly count: number;
  readonly after?: EverythingPosition;
};

/** The patient's own resources come first, then what they refer to, then the Provenance of them. */
export type EverythingPosition = { readonly part: 'own' | 'supporting' | 'provenance'; readonly rid: string };

/**
 * The latest matches of each group: Observations by code (`$lastn`), documents by type. Those as late as the last one that
 * is wanted come with it. @see https://hl7.org/fhir/R4/observation-operation-lastn.html
 */
export type LastOfEach = {
  readonly code: 'last-of-each';
  readonly type: string;
  readonly query: SearchQuery;
  /** The element, a CodeableConcept, by which matches are grouped. */
  readonly by: 'code' | 'type';
  readonly max: number;
};

/** `$meta-add` and `$meta-delete`: changes profiles, tags and security labels without making a version. */
export type Relabel = {
  readonly code: 'relabel';
  readonly type: string;
  readonly id: string;
  readonly change: 'add' | 'delete';
  readonly labels: Labels;
};

/** A resource to be written: validated, parsed, and as the compact JSON text that was sent, decimals as written. */
export type Content = { readonly resource: Resource; readonly text: string };
