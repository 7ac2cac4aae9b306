/** What a person signs in with. Times are ms since the epoch. */
export type Account = {
  readonly accountId: string;
  /** As its owner writes it. */
  readonly userName: string;
  readonly email: string;
  readonly status: 'unverified' | 'active' | 'closed';
  readonly role: 'patient' | 'practitioner' | 'administrator';
  /** The user's own record, such as `Practitioner/1`; absent while there is none. */
  readonly fhirUser?: string;
  /** argon2id in PHC's form; absent: no password opens it. */
  readonly passwordHash?: string;
  /** Sessions and authorizations carry the epoch they were made under; one of an older epoch is dead. */
  readonly epoch: number;
  readonly createdAt: number;
};

/** A record that a patient's account opens. */
export type ChartLink = {
  /** Logical id. */
  readonly patient: string;
  readonly relationship: 'self' | 'guardian';
  readonly linkedAt: number;
};

/** A browser (or an app) in which somebody is signed in. Its secret is stored as a SHA-256 hash. */
export type Session = {
  readonly hash: Uint8Array;
  /** Its name, for the list of sessions. */
  readonly sessionId: string;
  readonly accountId: string;
  readonly epoch: number;
  /** How the user proved who it is. @see https://www.rfc-editor.org/rfc/rfc8176#section-2 */
  readonly amr: readonly string[];
  readonly authTime: number;
  readonly seenAt: number;
  readonly expiresAt: number;
  readonly userAgent: string;
};

/** A session and its account, both alive. */
export type SignedIn = { readonly session: Session; readonly account: Account };

export interface AccountStore {
  /** @returns false where the user name is taken */
  insert(account: Account): Promise<boolean>;
  find(accountId: string): Promise<Account | undefined>;
  /** By user name, or by the e-mail address of an active account; either is compared folded. */
  findByName(name: string): Promise<Account | undefined>;
  charts(accountId: string): Promise<readonly ChartLink[]>;
  /** One's own becomes the account's `fhirUser` where it has none. */
  link(accountId: string, link: ChartLink): Promise<void>;
  /** Takes the record away, as `fhirUser` as well, and all authorizations of the account that are about it, on all nodes. */
  unlink(accountId: string, patient: string): Promise<void>;
  /**
   * Kills all sessions and authorizations of the account, on all nodes, but for the session that is kept: with a new
   * password, a new address, or by its owner's wish. The number of sessions that died.
   */
  endEverything(accountId: string, keep?: Uint8Array): Promise<number>;
}

export interface SessionStore {
  insert(session: Session): Promise<void>;
  /** Undefined where the session or its account is dead. */
  find(hash: Uint8Array, now: number): Promise<SignedIn | undefined>;
  /** Of the account, the latest first. */
  list(accountId: string, now: number): Promise<readonly Session[]>;
  touch(hash: Uint8Array, seenAt: number, expiresAt: number): Promise<void>;
  /** Ends a session of the account and the authorizations that were to end with it. False where there is no such one. */
  end(accountId: string, sessionId: string): Promise<boolean>;
}

/** User names and addresses as they are compared: case and compatibility forms do not tell two apart. */
export function folded(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}
