import type { Account } from './account-ports.ts';

/** An account's authenticator app. Times are ms since the epoch. */
export type Totp = {
  readonly sealedSecret: Uint8Array;
  readonly createdAt: number;
  /** Absent: no code of it was seen yet, and it opens nothing. */
  readonly confirmedAt?: number;
};

export interface TotpStore {
  find(accountId: string): Promise<Totp | undefined>;
  /** Replaces one that is not confirmed. False where there is a confirmed one. */
  begin(accountId: string, totp: Totp): Promise<boolean>;
  /**
   * Accepts the code of a time step, which must be later than the last accepted one, and confirms the authenticator if
   * it was not yet. @param sealedSecret which the code was judged by. False where nothing was accepted.
   */
  accept(accountId: string, accepted: { sealedSecret: Uint8Array; step: number; now: number }): Promise<boolean>;
  /** False where there is none. */
  remove(accountId: string): Promise<boolean>;
}

/** Codes for the day when the other factors are lost, as hashes. */
export interface RecoveryCodeStore {
  count(accountId: string): Promise<number>;
  /** Replaces all that there are; with none, takes them away. */
  replace(accountId: string, hashes: readonly Uint8Array[]): Promise<void>;
  /** Uses one up. False where it is none of them. */
  use(accountId: string, hash: Uint8Array): Promise<boolean>;
}

/** A passkey. Times are ms since the epoch. */
export type Passkey = {
  readonly credentialId: Uint8Array;
  /** Its name in addresses. */
  readonly passkeyId: string;
  readonly accountId: string;
  /** What its owner calls it. */
  readonly name: string;
  /** COSE. */
  readonly publicKey: Uint8Array;
  /** How often it was used, as it says itself; 0 where it does not count. */
  readonly counter: number;
  readonly transports: readonly string[];
  /** Lives on several devices of its owner. */
  readonly isSynced: boolean;
  readonly createdAt: number;
  readonly lastUsedAt?: number;
};

/** What a passkey is to sign. @property accountId absent: whoever signs in by it */
export type Challenge = {
  readonly hash: Uint8Array;
  readonly purpose: 'registration' | 'authentication';
  readonly accountId?: string;
};

export interface PasskeyStore {
  /** False where the credential is known, or the account has `most` already. */
  insert(passkey: Passkey, most: number): Promise<boolean>;
  /** With its account, which is active. */
  find(credentialId: Uint8Array): Promise<{ readonly passkey: Passkey; readonly account: Account } | undefined>;
  /** Of the account, the oldest first. */
  list(accountId: string): Promise<readonly Passkey[]>;
  /** Keeps the counter. False where it does not count up from the one that is kept (0 and 0: it does not count). */
  use(credentialId: Uint8Array, used: { counter: number; isSynced: boolean; now: number }): Promise<boolean>;
  rename(accountId: string, passkeyId: string, name: string): Promise<boolean>;
  /** The one that was removed. */
  remove(accountId: string, passkeyId: string): Promise<Passkey | undefined>;
  challenge(challenge: Challenge, expiresAt: number): Promise<void>;
  /** Uses a challenge up. False where it is unknown, used, too old, or for something or somebody else. */
  useChallenge(challenge: Challenge, now: number): Promise<boolean>;
}

/** At most `burst` tries at once, then `perHour`. */
export type TryLimit = { readonly burst: number; readonly perHour: number };

/** Counts what can be guessed, on all nodes together. Keys are SHA-256 hashes of what is counted. */
export interface TryStore {
  /** Counts one try; false where there were too many, and it is not counted. */
  take(key: Uint8Array, limit: TryLimit, now: number): Promise<boolean>;
  /** Whether a try under this key went well since then. */
  hasSucceeded(key: Uint8Array, since: number): Promise<boolean>;
  /** Forgets the tries under these keys, and keeps that one went well. */
  succeed(keys: readonly Uint8Array[], now: number): Promise<void>;
}
