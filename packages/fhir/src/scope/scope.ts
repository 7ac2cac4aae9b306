import type { Criterion } from '../search/ast.ts';

/** The letters of a SMART v2 scope: create, read, update, delete, search. */
export type Letter = 'c' | 'r' | 'u' | 'd' | 's';

/** A scope that opens records: `system/Observation.rs?category=…|laboratory`. v1 `.read` is `rs`, `.write` is `cud`. */
export type ResourceScope = {
  readonly kind: 'resource';
  readonly context: 'patient' | 'user' | 'system';
  /** A resource type, or `*`. */
  readonly type: string;
  readonly letters: readonly Letter[];
  /** The granular part, parsed: AND-ed criteria. Empty where there is none. */
  readonly criteria: readonly Criterion[];
  /** As it was written; answers repeat it so. */
  readonly text: string;
};

/** `openid`, `fhirUser`, `launch/patient`, `offline_access`, `api:fhir`, … */
export type NamedScope = { readonly kind: 'named'; readonly text: string };

export type Scope = ResourceScope | NamedScope;
