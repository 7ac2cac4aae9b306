import type { RateLimit } from '../oauth/rate-limit.ts';

/** What an operator may set of accounts. */
export type AccountConfig = {
  /** What a password costs whoever guesses. @see https://www.rfc-editor.org/rfc/rfc9106 */
  readonly argon2: Argon2Cost;
  /** Hashes that run at the same time, and that may wait for their turn; beyond, 503. */
  readonly hashing: { readonly atOnce: number; readonly waiting: number };
  readonly limits: AccountLimits;
  /** Sign-ups of everybody together, on all nodes, in 24 hours. */
  readonly signUpsPerDay: number;
  /** Administrators may read all mail: for a demonstration without a mail server only. */
  readonly mailbox: boolean;
};

/** `memory` in KiB. */
export type Argon2Cost = { readonly memory: number; readonly passes: number; readonly parallelism: number };

export type AccountLimits = {
  /** Sign-ins of a network that fail. */
  readonly network: RateLimit;
  /** Sign-ins with one name from one network that fail. */
  readonly nameInNetwork: RateLimit;
  /** Sign-ins with one name that fail, from everywhere; browsers that the account knows are not counted. */
  readonly name: RateLimit;
  /** Of a browser that the account knows, or of somebody who is signed in and shows the password again. */
  readonly known: RateLimit;
  /** Sign-ups, and questions for a forgotten password, of a network. */
  readonly asking: RateLimit;
  /** Mails to one address by strangers' doing. */
  readonly mail: RateLimit;
};

export const defaultAccountConfig: AccountConfig = {
  argon2: { memory: 19_456, passes: 2, parallelism: 1 },
  hashing: { atOnce: 2, waiting: 50 },
  limits: {
    network: { perMinute: 10, burst: 50 },
    nameInNetwork: { perMinute: 1, burst: 8 },
    name: { perMinute: 0.2, burst: 60 },
    known: { perMinute: 1, burst: 10 },
    asking: { perMinute: 3, burst: 15 },
    mail: { perMinute: 0.1, burst: 5 },
  },
  signUpsPerDay: 5000,
  mailbox: false,
};
