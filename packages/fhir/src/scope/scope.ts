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

/** A scope that opens nothing here, and why: for the warnings of a registration. */
export type UnknownScope = { readonly text: string; readonly reason: string };

/** The letters in the order in which SMART v2 writes them. */
export const scopeLetters: readonly Letter[] = ['c', 'r', 'u', 'd', 's'];

/** What one scope parameter may hold at most. */
export const scopeLimits = {
  /** Characters of the whole. */
  length: 20_000,
  /** Scopes, each counted once. */
  scopes: 500,
} as const;

/** What v1 calls these letters, joined. @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html */
export const firstVersionWords: ReadonlyMap<string, string> = new Map([
  ['rs', 'read'],
  ['cud', 'write'],
  ['cruds', '*'],
]);
