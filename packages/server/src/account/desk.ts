import { type RateLimiter, rateLimiter } from '../oauth/rate-limit.ts';
import type { AccountConfig, AccountLimits } from './config.ts';
import { type Passwords, passwords } from './password/password-hash.ts';

/** What a node keeps for its accounts: who tried how often, and the queue of password hashes. */
export type AccountDesk = {
  readonly passwords: Passwords;
  readonly limits: Readonly<Record<keyof AccountLimits, RateLimiter>>;
};

export function accountDesk({ argon2, hashing, limits }: AccountConfig, now: () => number): AccountDesk {
  return {
    passwords: passwords(argon2, hashing),
    limits: {
      network: rateLimiter(limits.network, now),
      nameInNetwork: rateLimiter(limits.nameInNetwork, now),
      name: rateLimiter(limits.name, now),
      known: rateLimiter(limits.known, now),
      asking: rateLimiter(limits.asking, now),
      mail: rateLimiter(limits.mail, now),
    },
  };
}
