import type { ResourceContent } from '../json/content.ts';
import type { FhirError } from '../outcome/fhir-error.ts';
import type { EntityTags } from './entity-tag.ts';

/** The methods that `Bundle.entry.request.method` may name. @see https://hl7.org/fhir/R4/valueset-http-verb.html */
export type RequestMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';

/** What `request.url` names, below the base: `Type`, `Type/id`, `Type/id/_history`, `$operation`, …, each with `?query`. */
export type RequestTarget = {
  /** `['Patient', '1', '_history', '2']`; empty for the base itself. */
  readonly path: readonly string[];
  /** The resource type that the path starts with. */
  readonly type?: string;
  /** The id that follows it. */
  readonly id?: string;
  /** What follows `?`, still percent-encoded. */
  readonly query?: string;
};

/** `Bundle.entry.request`, checked. Conditions are as the HTTP headers of the same names. */
export type EntryRequest = {
  readonly method: RequestMethod;
  readonly url: string;
  readonly target: RequestTarget;
  /** The search of a conditional create, without a leading `?`. */
  readonly ifNoneExist?: string;
  readonly ifMatch?: EntityTags;
  readonly ifNoneMatch?: EntityTags;
  /** ms since the epoch. */
  readonly ifModifiedSince?: number;
};

/** An entry that can be carried out. */
export type BundleEntry = {
  readonly index: number;
  readonly fullUrl?: string;
  readonly request: EntryRequest;
  readonly content?: ResourceContent;
};

/** An entry of a batch that cannot: its response is the refusal, the other entries go on. */
export type RefusedEntry = { readonly index: number; readonly refusal: FhirError };

export function isRefused(entry: BundleEntry | RefusedEntry): entry is RefusedEntry {
  return 'refusal' in entry;
}

/** A batch may hold refused entries; a transaction with one is refused as a whole. */
export type Bundle =
  | { readonly type: 'transaction'; readonly entries: readonly BundleEntry[] }
  | { readonly type: 'batch'; readonly entries: readonly (BundleEntry | RefusedEntry)[] };
