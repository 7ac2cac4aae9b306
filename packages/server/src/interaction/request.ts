import type { Conformance, EntityTags } from '@chartgate/fhir';
import type { Content } from '../access/interaction.ts';
import type { Rights } from '../access/rights.ts';
import type { IndexingStatus } from '../store/parameter-ports.ts';
import type { ResourceStore } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import type { OperationCall } from './operation-call.ts';
import type { Patch } from './patched.ts';

/** A FHIR request as it stands on the wire or in a bundle's entry: what is asked, below the site's base. */
export type FhirRequest = {
  readonly method: RequestMethod;
  /** Decoded path segments: `['Patient', '1', '_history']`. */
  readonly path: readonly string[];
  readonly query: readonly (readonly [name: string, value: string])[];
  /** The validated body of a POST or PUT; the body of an operation as it came. */
  readonly content?: Content;
  /** The body of a PATCH. */
  readonly patch?: Patch;
  /** The versions named by `If-Match`: the current one must be among them. */
  readonly ifMatch?: EntityTags;
  /** The versions named by `If-None-Match`. */
  readonly ifNoneMatch?: EntityTags;
  /** `If-Modified-Since`, ms since the epoch. */
  readonly ifModifiedSince?: number;
  /** The search of `If-None-Exist`, without a question mark. */
  readonly ifNoneExist?: string;
  readonly handling: 'strict' | 'lenient';
};

/** HEAD is GET whose answer stays without its body. */
export type RequestMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * What a resource must meet to be written: the structure of its type; its invariants and the profiles it claims as well;
 * or no more than what the server must read of it.
 */
export type WriteValidation = 'structure' | 'profiles' | 'off';

/** Where a request runs, and under whose rights. */
export type FhirContext<Store = ResourceStore> = {
  /** FHIR base of the site, without a slash at its end. */
  readonly base: string;
  readonly store: Store;
  /** What the site knows: parameters, profiles, codes. */
  readonly conformance: Conformance;
  readonly validation: WriteValidation;
  /** How far new search parameters are. */
  readonly indexing: { status(): Promise<IndexingStatus> };
  /** Runs an operation. They stand above the interactions, which reach them by this alone. */
  readonly operate: (call: OperationCall, context: FhirContext) => Promise<Answer>;
  /** Makes permits under the caller's grant. */
  readonly rights: Rights;
  /** Seals paging links; `boundTo` names the site and the client. */
  readonly seal: { readonly key: string; readonly boundTo: string };
};

/** What the path of a request names. */
export type Place = { readonly type: string; readonly id: string; readonly versionId: string };

/** Result parameters of every interaction, which the wire reads. */
export const wireParameters: ReadonlySet<string> = new Set(['_format', '_pretty']);
