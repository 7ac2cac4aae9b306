import type { Account, AccountStore, SessionStore } from './account-ports.ts';
import type { AuditStore } from './audit-ports.ts';
import type {
  AuthorizationRequestStore,
  AuthorizationStore,
  ConsentStore,
  LaunchStore,
} from './authorization-ports.ts';
import type { ChartRequestStore, InvitationStore } from './chart-claim-ports.ts';
import type { PasskeyStore, RecoveryCodeStore, TotpStore, TryStore } from './factor-ports.ts';
import type {
  AdminTokenRow,
  ClientLife,
  InitialAccessTokenStore,
  RegistrationStore,
  TrustedIssuerStore,
} from './registration-ports.ts';
import type {
  AccountAdministration,
  AccountLinkStore,
  DeviceStore,
  OutboxStore,
  SignInStepStore,
  SignUpStore,
} from './sign-in-ports.ts';

/** The states of a client. @see clients/states.ts for the transitions */
export type ClientStatus = 'pending' | 'approved' | 'suspended' | 'revoked';

/** A registered client's metadata in the wire's spelling (RFC 7591): only members the registration knows, checked. */
export type ClientMetadata = {
  readonly token_endpoint_auth_method: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
  readonly grant_types: readonly string[];
  readonly client_name?: string;
  readonly redirect_uris?: readonly string[];
  readonly contacts?: readonly string[];
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly jwks_uri?: string;
  readonly [member: string]: unknown;
};

/** A client as the store holds it. Times are ms since the epoch, hashes SHA-256. */
export type Client = {
  readonly clientId: string;
  readonly status: ClientStatus;
  readonly metadata: ClientMetadata;
  /** The scopes it asked for, separated by spaces. */
  readonly scope: string;
  /** The scopes its tokens may hold; empty while pending. */
  readonly grantedScope: string;
  readonly secretHash?: Uint8Array;
  /** Absent for a client that came with the site. */
  readonly registrationTokenHash?: Uint8Array;
  /** Tokens carry the epoch they were granted under; one of an older epoch is dead. */
  readonly epoch: number;
  readonly warnings: readonly string[];
  readonly createdAt: number;
  readonly decidedAt?: number;
  readonly reason?: string;
  /** It may ask about the access tokens of all clients. Only an administrator says so. */
  readonly isResourceServer?: boolean;
} & Partial<Pick<ClientLife, 'previousSecret' | 'retiredKeys' | 'approvalExpiresAt'>>;

export interface ClientStore {
  find(clientId: string): Promise<Client | undefined>;
  /** Newest first, at most `limit`. */
  list(filter: { readonly status?: ClientStatus; readonly limit: number }): Promise<readonly (Client & ClientLife)[]>;
  /** How many were registered since then; what came with the site was not. */
  countSince(createdAt: number): Promise<number>;
  /** Says whether the client is a resource server, to all nodes. Undefined where it is unknown. */
  setResourceServer(clientId: string, isResourceServer: boolean): Promise<Client | undefined>;
}

/** An access token to be stored. */
export type NewAccessToken = {
  readonly hash: Uint8Array;
  readonly clientId: string;
  readonly epoch: number;
  /** What a user gave it by; absent: the client acts for itself. */
  readonly authorizationId?: string;
  readonly scope: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/** An accepted client assertion: hash of client and `jti`, and the time until which it must be remembered. */
export type UsedAssertion = { readonly hash: Uint8Array; readonly expiresAt: number };

/** A live token: known, not expired, its client approved and of the same epoch, and so its user's authorization. */
export type LiveToken = {
  readonly clientId: string;
  readonly scope: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Absent: the client acts for itself. */
  readonly user?: TokenUser;
};

/** Who gave a token, as of now, and the context it was given in. */
export type TokenUser = {
  readonly authorizationId: string;
  readonly accountId: string;
  readonly role: Account['role'];
  readonly fhirUser?: string;
  /** Logical ids of the patients whose records the account opens; of a patient's account only. */
  readonly charts: readonly string[];
  /** Of the launch. Logical ids. */
  readonly patient?: string;
  readonly encounter?: string;
};

export interface TokenStore {
  /** Stores assertion and token together, or neither: false where the assertion was used before, on any node. */
  grant(token: NewAccessToken, assertion: UsedAssertion): Promise<boolean>;
  /** Remembers an assertion alone (introspection, revocation): false where it was used before. */
  useAssertion(assertion: UsedAssertion): Promise<boolean>;
  find(hash: Uint8Array, now: number): Promise<LiveToken | undefined>;
  /** Whether it is a token of the client that expired, and is not forgotten yet. */
  isExpired(hash: Uint8Array, clientId: string, now: number): Promise<boolean>;
  /** Kills the client's own token and tells all nodes; another client's token is left alone. */
  revoke(hash: Uint8Array, clientId: string): Promise<void>;
}

/** A refusal, told to the client's owner. Never holds a secret, a token or an assertion. Times are ms since the epoch. */
export type Ticket = {
  readonly id: string;
  readonly time: number;
  readonly endpoint: string;
  readonly clientId?: string;
  readonly error: string;
  readonly refusal: string;
  readonly check: string;
  readonly expected: string;
  readonly received: string;
  readonly advice: string;
  readonly checks: readonly { readonly check: string; readonly outcome: 'passed' | 'failed' | 'skipped' }[];
};

export interface TicketStore {
  insert(ticket: Ticket): Promise<void>;
  find(id: string): Promise<Ticket | undefined>;
  /** Newest first, at most `limit`. */
  list(filter: { readonly clientId?: string; readonly limit: number }): Promise<readonly Ticket[]>;
}

/**
 * A key of the server for signing id_tokens. Keys follow each other: `signsUntil` of one is `signsFrom` of the next. Times
 * are ms since the epoch.
 */
export type StoredSigningKey = {
  readonly kid: string;
  readonly publicJwk: Readonly<Record<string, unknown>>;
  /** Absent: it was destroyed, for the key has signed its last. */
  readonly sealedPrivateKey?: Uint8Array;
  readonly createdAt: number;
  readonly signsFrom: number;
  /** Absent: no key follows it yet. */
  readonly signsUntil?: number;
};

export type NewSigningKey = Omit<Required<StoredSigningKey>, 'signsUntil'>;

/** Each write is one statement, and of several nodes' at once one succeeds: true on that node alone. */
export interface SigningKeyStore {
  /** The last in line first. */
  list(): Promise<readonly StoredSigningKey[]>;
  /** Stores the key unless the site has one already. */
  insertFirst(key: NewSigningKey): Promise<boolean>;
  /** Puts a key behind the one of this `kid`, where that is the last in line. */
  insertAfter(kid: string, key: NewSigningKey): Promise<boolean>;
  /** Deletes all keys and puts this one in their place. */
  replaceAll(key: NewSigningKey): Promise<boolean>;
  /** Destroys the private halves of keys that signed their last before a time, and forgets keys that did before another. */
  retire(before: { readonly destroy: number; readonly forget: number }): Promise<void>;
}

/** What an administrator set of the site, by the setting's name. */
export interface SettingStore {
  all(): Promise<Readonly<Record<string, unknown>>>;
  /** Sets these and tells all nodes; null puts the default back. */
  put(values: Readonly<Record<string, unknown>>, at: number): Promise<void>;
}

export interface AdminTokenStore {
  /** Replaces the token of that name. */
  put(token: { readonly hash: Uint8Array; readonly name: string; readonly createdAt: number }): Promise<void>;
  find(hash: Uint8Array): Promise<{ readonly hash: Uint8Array; readonly name: string } | undefined>;
  /** @returns why not: the name is taken, or there are `most` already; undefined where it is stored */
  insert(token: AdminTokenRow & { readonly hash: Uint8Array }, most: number): Promise<'taken' | 'too-many' | undefined>;
  list(): Promise<readonly AdminTokenRow[]>;
  /** The last one stays: nobody could make another. */
  remove(name: string): Promise<'removed' | 'unknown' | 'last'>;
}

/** What the clean-up may delete, in batches of at most `limit` rows a table. */
export type Retention = {
  /** Tokens and assertions that expired before this. */
  readonly expiredBefore: number;
  /** Tickets older than this; and beyond the newest so many of a client, or of no client. */
  readonly ticketsBefore: number;
  readonly ticketsPerClient: number;
  readonly ticketsWithoutClient: number;
  /** Registrations nobody ever approved that have waited since then, and what was deleted by its owner. */
  readonly pendingBefore: number;
  /** Mail older than this. */
  readonly mailBefore: number;
  readonly limit: number;
};

/** The gate's part of the store, of one site. */
export interface GateStore {
  readonly clients: ClientStore;
  readonly registrations: RegistrationStore;
  readonly initialAccessTokens: InitialAccessTokenStore;
  readonly trustedIssuers: TrustedIssuerStore;
  readonly tokens: TokenStore;
  readonly tickets: TicketStore;
  readonly signingKeys: SigningKeyStore;
  readonly adminTokens: AdminTokenStore;
  readonly settings: SettingStore;
  readonly accounts: AccountStore;
  readonly sessions: SessionStore;
  readonly accountAdministration: AccountAdministration;
  readonly signUps: SignUpStore;
  readonly accountLinks: AccountLinkStore;
  readonly signInSteps: SignInStepStore;
  readonly devices: DeviceStore;
  readonly outbox: OutboxStore;
  readonly authorizationRequests: AuthorizationRequestStore;
  readonly launches: LaunchStore;
  readonly consents: ConsentStore;
  readonly authorizations: AuthorizationStore;
  readonly audit: AuditStore;
  readonly totp: TotpStore;
  readonly recoveryCodes: RecoveryCodeStore;
  readonly passkeys: PasskeyStore;
  readonly tries: TryStore;
  readonly invitations: InvitationStore;
  readonly chartRequests: ChartRequestStore;
  /** Deletes what has had its time. The number of rows deleted; more may be left while it is not 0. */
  sweep(retention: Retention): Promise<number>;
}

/**
 * Said to all nodes when tokens die before their time: one token (hash in base64url), all of a client, or some that
 * users gave; and when a setting was changed.
 */
export type GateEvent = {
  readonly site: string;
  readonly clientId?: string;
  readonly token?: string;
  readonly users?: true;
  readonly settings?: true;
};

/** The gate's part of the store, of all sites. */
export interface GateStores {
  /** Undefined where there is no such site. */
  site(name: string): Promise<GateStore | undefined>;
  siteNames(): Promise<readonly string[]>;
  /** Calls `hear` for each event, and `lost` when events may have been missed; listens again by itself. */
  listen(hear: (event: GateEvent) => void, lost: () => void): Promise<{ close(): Promise<void> }>;
}
