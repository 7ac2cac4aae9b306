/**
 * An audit row as it is stored. `patients`: logical ids of those whose records were touched; null where there is none.
 * Times are ms since the epoch.
 */
export type AuditRow = {
  readonly seq: number;
  readonly at: number;
  /** A FHIR interaction, or an act of the gate. */
  readonly action: string;
  /** As HTTP has it. */
  readonly status: number;
  readonly clientId: string | null;
  readonly accountId: string | null;
  readonly patients: readonly string[] | null;
  /** The rest, as JSON. */
  readonly content: string;
};

/** A row in its chain. `hash`: over the hash before it and the row; `seal`: with the last row of each commit. */
export type ChainedRow = AuditRow & { readonly hash: Uint8Array; readonly seal: Uint8Array | null };

/** A chain: what one node wrote between its start and its end. */
export type AuditChain = {
  /** 1, 2, 3, … at a site. */
  readonly number: number;
  readonly chainId: string;
  /** Name of the host. */
  readonly node: string;
  readonly startedAt: number;
  readonly seal: Uint8Array;
};

/** A place of a chain and the hash of its row. */
export type AuditPoint = {
  readonly chain: number;
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly at: number;
};

export type SealedPoint = AuditPoint & { readonly seal: Uint8Array };

/** Where a page of a list starts: after this row. The list is newest first. */
export type AuditPosition = { readonly at: number; readonly chain: number; readonly seq: number };

export type AuditOutcome = 'success' | 'refusal' | 'error';

/** What a list is narrowed to. Times are ms since the epoch, `to` is left out itself. */
export type AuditFilter = {
  /** Logical ids: the row touched one of these. */
  readonly patients?: readonly string[];
  readonly clientId?: string;
  readonly accountId?: string;
  readonly from?: number;
  readonly to?: number;
  readonly outcome?: AuditOutcome;
  readonly actions?: readonly string[];
};

/** A row of a list. `chain` 0: an emergency of which there is no row of the audit, `seq` is its id. */
export type ListedRow = AuditRow & { readonly chain: number };

export type AuditPage = {
  /** Newest first. */
  readonly rows: readonly ListedRow[];
  /** Absent on the last page. */
  readonly next?: AuditPosition;
};

/** The audit of one site. Nothing that is in it is ever changed. */
export interface AuditStore {
  chains(): Promise<readonly AuditChain[]>;
  /** Starts a chain with its first rows, all or nothing. False where another node took the number. */
  begin(chain: AuditChain, rows: readonly ChainedRow[]): Promise<boolean>;
  /** Adds rows, all or nothing. 'taken' where others stand at their places: somebody else wrote into the chain. */
  append(chain: number, rows: readonly ChainedRow[]): Promise<'added' | 'taken'>;
  /** The row at a place; undefined where there is none. */
  hashAt(chain: number, seq: number): Promise<Uint8Array | undefined>;
  checkpoint(point: SealedPoint): Promise<void>;
  checkpoints(chain: number): Promise<readonly SealedPoint[]>;
  /** What the retention took away, the furthest place of each chain. */
  pruned(): Promise<readonly SealedPoint[]>;
  /** Rows of a chain in order, from a place on. Of rows at one place all come. */
  rows(chain: number, from: number, limit: number): Promise<readonly ChainedRow[]>;
  /** Numbers of chains that have rows, whether they are registered or not. */
  numbers(): Promise<readonly number[]>;
  list(filter: AuditFilter, limit: number, after?: AuditPosition): Promise<AuditPage>;
  /** The last row of each chain in the months that end before a time. */
  endsBefore(time: number): Promise<readonly AuditPoint[]>;
  /** Takes away the months that end before a time, noting how far. The number of months. */
  prune(time: number, points: readonly SealedPoint[]): Promise<number>;
}
