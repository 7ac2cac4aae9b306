import type { SearchParameter } from '@chartgate/fhir';

/** A type whose resources are being indexed anew. `done` of `total`, deleted ones aside. */
export type IndexingProgress = { readonly type: string; readonly done: number; readonly total: number };

/** What is searched by, and how far it is. */
export type IndexingStatus = {
  readonly parameters: readonly SearchParameter[];
  readonly progress: readonly IndexingProgress[];
  readonly unusable: readonly UnusableParameter[];
};

/** A SearchParameter resource that cannot be used here, and why. */
export type UnusableParameter = { readonly url: string; readonly problem: string };

/**
 * The search parameters of a site beside R4's own, and the indexing of what is stored already. Each type that waits for
 * it is a job that any node takes up, and goes on with where another one died.
 */
export interface ParameterStore {
  /** All of them; those by which nothing can be found yet are marked. */
  list(): Promise<readonly SearchParameter[]>;
  /**
   * Makes `wanted` the parameters of the site. Types with new or changed ones are indexed anew. All nodes hear of it.
   * @returns whether anything changed
   */
  replace(wanted: readonly SearchParameter[]): Promise<boolean>;
  progress(): Promise<readonly IndexingProgress[]>;
  /** Has all types indexed anew whose rows an earlier version of this program indexed. */
  requireVersion(): Promise<void>;
  /** A type that waits, held by this node for a while; undefined where none does. */
  claim(): Promise<Claim | undefined>;
  /** Indexes the next rows of a claimed type, with the parameters the site knows now. */
  indexSome(claim: Claim): Promise<'more' | 'finished' | 'lost'>;
  /** Hears when parameters or their states have changed, or may have. */
  listen(changed: () => void): Promise<{ close(): Promise<void> }>;
}

/** @property since ms since the epoch: which order to index the type this one answers */
export type Claim = { readonly type: string; readonly since: number };
