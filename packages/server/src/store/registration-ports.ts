import type { Client, ClientMetadata, ClientStatus } from './gate-ports.ts';

/** A key that left a client's set, good until then. */
export type RetiredKey = { readonly jwk: Readonly<Record<string, unknown>>; readonly until: number };

/** A client as it was approved last. */
export type ApprovedState = {
  readonly metadata: ClientMetadata;
  readonly scope: string;
  readonly granted_scope: string;
  /** Who approved it: see `Actor`. */
  readonly by?: string;
};

/** What one of two administrators has approved. */
export type FirstApproval = {
  readonly by: string;
  readonly at: number;
  readonly scope: string;
  readonly valid_for_days?: number;
};

export type WaitingFor = 'registration' | 'change' | 'expiry';

/** What a client has beside what every reader of it needs. Times are ms since the epoch. */
export type ClientLife = {
  /** Counts up with every change. */
  readonly version: number;
  readonly previousSecret?: { readonly hash: Uint8Array; readonly until: number };
  readonly retiredKeys: readonly RetiredKey[];
  readonly approved?: ApprovedState;
  readonly waiting?: { readonly since: number; readonly for: WaitingFor };
  readonly firstApproval?: FirstApproval;
  readonly registeredBy?: string;
  readonly approvalExpiresAt?: number;
};

/** `token:…` and `account:…` are administrators, `policy:…` a rule, `owner` the client's own, `clock` the time. */
export type Actor = string;

export type DecisionAction =
  | 'register'
  | 'approve'
  | 'approve-first'
  | 'reject'
  | 'ask'
  | 'suspend'
  | 'revoke'
  | 'change'
  | 'rotate-keys'
  | 'rotate-secret'
  | 'rotate-registration-token'
  | 'expire'
  | 'delete';

/** One line of a client's history. */
export type ClientDecision = {
  readonly at: number;
  readonly by: Actor;
  readonly action: DecisionAction;
  readonly reason?: string;
  readonly content: Readonly<Record<string, unknown>>;
};

/** What becomes of a client; a member that is absent stays, null takes it away. */
export type ClientChange = {
  readonly status?: ClientStatus;
  readonly metadata?: ClientMetadata;
  readonly scope?: string;
  readonly grantedScope?: string;
  readonly warnings?: readonly string[];
  readonly secretHash?: Uint8Array | null;
  readonly previousSecret?: { readonly hash: Uint8Array; readonly until: number } | null;
  readonly registrationTokenHash?: Uint8Array;
  readonly retiredKeys?: readonly RetiredKey[];
  readonly approved?: ApprovedState;
  readonly waiting?: { readonly since: number; readonly for: WaitingFor } | null;
  readonly firstApproval?: FirstApproval | null;
  readonly approvalExpiresAt?: number | null;
  readonly decidedAt?: number;
  readonly reason?: string | null;
  readonly deletedAt?: number;
  /** All that was given to the client dies. */
  readonly endsTokens?: true;
};

/** How a new registration got in. */
export type Entry = {
  readonly decision: ClientDecision;
  /** Of the initial access token that is used up by one with it. */
  readonly initialAccessToken?: Uint8Array;
};

/** The registrations, as their owners and administrators change them. Every write is one atomic statement. */
export interface RegistrationStore {
  /** @returns false where the initial access token was not good (any more): nothing is stored */
  insert(client: Client & Partial<ClientLife>, entry: Entry): Promise<boolean>;
  /** With what only registration and administrators need to know. */
  find(clientId: string): Promise<(Client & ClientLife) | undefined>;
  /** That wait for a decision, the longest first. */
  waiting(limit: number): Promise<readonly (Client & ClientLife)[]>;
  /**
   * Changes the client that is still of this version, keeps the decision, and tells all nodes. Undefined where it has
   * been changed meanwhile.
   */
  change(
    client: { readonly clientId: string; readonly version: number },
    change: ClientChange,
    decision: ClientDecision,
  ): Promise<{ readonly client: Client & ClientLife; readonly tokensRevoked: number } | undefined>;
  /** Newest first. */
  history(clientId: string, limit: number): Promise<readonly ClientDecision[]>;
  /** Sends clients whose approval has run out back to review, and ends their tokens. */
  expire(now: number): Promise<readonly Client[]>;
  /** Approved clients whose approval ends before then and who were not told yet; they count as told. */
  takeExpiring(before: number, now: number): Promise<readonly (Client & ClientLife)[]>;
}

export type InitialAccessToken = {
  readonly id: string;
  readonly hash: Uint8Array;
  readonly name: string;
  readonly decision?: 'approve' | 'review';
  readonly maxUses: number;
  readonly uses: number;
  readonly createdBy: Actor;
  readonly createdAt: number;
  readonly expiresAt: number;
};

export interface InitialAccessTokenStore {
  /** @returns false where there are `most` already */
  insert(token: InitialAccessToken, most: number): Promise<boolean>;
  /** Undefined where it is unknown, expired or used up. */
  find(hash: Uint8Array, now: number): Promise<InitialAccessToken | undefined>;
  list(): Promise<readonly InitialAccessToken[]>;
  remove(id: string): Promise<boolean>;
}

export type TrustedIssuer = {
  readonly issuer: string;
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly jwksUri?: string;
  readonly algorithms: readonly string[];
  readonly createdBy: Actor;
  readonly createdAt: number;
};

export interface TrustedIssuerStore {
  /** Replaces the issuer of that name. @returns false where there are `most` others already */
  put(issuer: TrustedIssuer, most: number): Promise<boolean>;
  find(issuer: string): Promise<TrustedIssuer | undefined>;
  list(): Promise<readonly TrustedIssuer[]>;
  remove(issuer: string): Promise<boolean>;
}

/** An admin token as lists show it. */
export type AdminTokenRow = { readonly name: string; readonly createdAt: number; readonly createdBy?: Actor };
