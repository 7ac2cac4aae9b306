import type { NewAccessToken } from './gate-ports.ts';

/** A request to the authorization endpoint that passed its checks. Times are ms since the epoch. */
export type AuthorizationRequest = {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state?: string;
  readonly nonce?: string;
  /** As it was asked for, separated by spaces. */
  readonly scope: string;
  /** Empty: none was sent. */
  readonly codeChallenge: string;
  readonly prompt: readonly string[];
  /** Seconds since the sign-in, at most. */
  readonly maxAge?: number;
  readonly loginHint?: string;
  /** What was open in the record system, for an EHR launch. */
  readonly launch?: LaunchContext & { readonly accountId: string };
  /** What the user picked on the way. */
  readonly patient?: string;
  readonly encounter?: string;
  /** The account that picked it; for another one it is as if nothing was picked. */
  readonly pickedBy?: string;
};

/** A request that is still open, and when it came in. */
export type OpenRequest = AuthorizationRequest & { readonly createdAt: number };

/** The record system's context. @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html */
export type LaunchContext = {
  readonly patient?: string;
  readonly encounter?: string;
  readonly intent?: string;
  readonly needPatientBanner?: boolean;
  readonly fhirContext?: readonly Readonly<Record<string, unknown>>[];
};

export interface AuthorizationRequestStore {
  insert(hash: Uint8Array, request: AuthorizationRequest, createdAt: number, expiresAt: number): Promise<void>;
  find(hash: Uint8Array, now: number): Promise<OpenRequest | undefined>;
  /** Adds what the user picked. */
  replace(hash: Uint8Array, request: AuthorizationRequest): Promise<void>;
  /** False where it was removed before: of many at once, one may go on. */
  remove(hash: Uint8Array): Promise<boolean>;
}

/** A launch from the record system, good for one request of its client by the user who launched. */
export interface LaunchStore {
  insert(launch: {
    readonly hash: Uint8Array;
    readonly clientId: string;
    readonly accountId: string;
    readonly context: LaunchContext;
    readonly createdAt: number;
    readonly expiresAt: number;
  }): Promise<void>;
  /** Uses it up. Undefined where it is unknown, expired, used or another client's. */
  use(
    hash: Uint8Array,
    clientId: string,
    now: number,
  ): Promise<{ readonly accountId: string; readonly context: LaunchContext } | undefined>;
}

/** What a user decided of a client. */
export type Consent = {
  readonly accountId: string;
  readonly clientId: string;
  /** Logical id; absent: of no patient in particular. */
  readonly patient?: string;
  readonly scope: string;
  /** Asked for and unticked. */
  readonly refused: string;
  readonly decidedAt: number;
};

/** An app that a user let in, as the user's list shows it. */
export type AllowedApp = Consent & { readonly since: number; readonly lastUsedAt?: number };

export interface ConsentStore {
  find(accountId: string, clientId: string, patient: string | undefined): Promise<Consent | undefined>;
  /** With what the client was given since; also what was given without being asked for, by the password grant. */
  list(accountId: string): Promise<readonly AllowedApp[]>;
  put(consent: Consent): Promise<void>;
  /** As `put`, and kills what the user gave the client before for this patient, on all nodes: it was allowed more. */
  replace(consent: Consent): Promise<void>;
  /** Forgets what was decided and kills all that the user gave the client, on all nodes. The number of tokens that died. */
  remove(accountId: string, clientId: string): Promise<number>;
}

/** What a user gave a client once; code and tokens hang from it. */
export type UserAuthorization = {
  readonly authorizationId: string;
  readonly clientId: string;
  readonly clientEpoch: number;
  readonly accountId: string;
  readonly accountEpoch: number;
  /** With `online_access`: the session that it ends with. */
  readonly sessionHash?: Uint8Array;
  readonly scope: string;
  readonly patient?: string;
  readonly encounter?: string;
  readonly context: Omit<LaunchContext, 'patient' | 'encounter'>;
  readonly nonce?: string;
  readonly authTime: number;
  readonly amr: readonly string[];
  readonly createdAt: number;
};

/** An authorization code and what binds it. */
export type NewCode = {
  readonly hash: Uint8Array;
  readonly expiresAt: number;
  readonly redirectUri: string;
  /** Empty: there was none. */
  readonly codeChallenge: string;
};

export type IssuedCode = NewCode & {
  readonly authorization: UserAuthorization;
  /** Absent: not tried yet. */
  readonly usedAt?: number;
};

/** A refresh token that is good now. `lost`: it was replaced, but the answer may not have arrived. */
export type KnownRefreshToken = {
  readonly authorization: UserAuthorization;
  readonly expiresAt: number;
  readonly state: 'current' | 'lost' | 'spent';
};

export type NewTokens = {
  readonly accessToken: NewAccessToken;
  readonly refreshToken?: { readonly hash: Uint8Array; readonly expiresAt: number };
};

export interface AuthorizationStore {
  /** One row: what was given, with its code. Of one client by one account, the newest 200 stay. */
  insert(authorization: UserAuthorization, code: NewCode): Promise<void>;
  /**
   * Stores what was given without a code, with the tokens it earns; or nothing: false where client or account died
   * meanwhile.
   */
  insertWithTokens(authorization: UserAuthorization, tokens: NewTokens): Promise<boolean>;
  findCode(hash: Uint8Array): Promise<IssuedCode | undefined>;
  /** Uses the code up and stores what it earns, or stores nothing: false where it was used before, or given back since. */
  exchangeCode(hash: Uint8Array, tokens: NewTokens): Promise<boolean>;
  /** Uses the code up for nothing. */
  burnCode(hash: Uint8Array, at: number): Promise<void>;
  /** Undefined where it is unknown, or all that hangs from its authorization is dead. */
  findRefreshToken(hash: Uint8Array, now: number): Promise<KnownRefreshToken | undefined>;
  /**
   * Puts the new refresh token into the place of the one that is shown, and stores the access token; or neither: false
   * where somebody else was faster. One update of one row, so that there is never more than one live refresh token.
   */
  rotate(hash: Uint8Array, tokens: Required<NewTokens>): Promise<boolean>;
  /** Kills the authorization with all that hangs from it, on all nodes. */
  revoke(authorizationId: string): Promise<void>;
  /** Kills all that the account gave the client, on all nodes. */
  revokeAll(accountId: string, clientId: string): Promise<void>;
}
