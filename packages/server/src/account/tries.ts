import type { Exchange } from '../oauth/exchange.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { networkOf } from '../oauth/rate-limit.ts';
import { secretHash } from '../oauth/secret.ts';
import type { Account } from '../store/account-ports.ts';
import type { TryLimit } from '../store/factor-ports.ts';

const limits = {
  /** Codes of one account, from one network. */
  'factor-network': { burst: 5, perHour: 60 },
  /** Codes of one account, from all networks in which none was ever right. */
  factor: { burst: 20, perHour: 20 },
  'claim-account': { burst: 5, perHour: 1 },
  'claim-network': { burst: 20, perHour: 5 },
  'challenge-network': { burst: 60, perHour: 1200 },
} as const satisfies Record<string, TryLimit>;

type Counted = keyof typeof limits;

/** For how long a network is known in which a code was right, ms. */
const acquaintance = 90 * 24 * 3600_000;

const keyOf = (counted: Counted, ...of: readonly string[]) => secretHash(JSON.stringify([counted, ...of]));

async function take(
  x: Exchange,
  refusal: 'factor-tries' | 'claim-tries' | 'too-many-requests',
  counted: Counted,
  key: Buffer,
) {
  if (await x.site.store.tries.take(key, limits[counted], x.now)) return;
  const wait = Math.ceil(3600 / limits[counted].perHour);
  throw new OAuthError(refusal, { headers: { 'retry-after': String(wait) } });
}

/**
 * Counts a code of an account before it is judged. Networks in which the owner showed a right one are counted by
 * themselves alone: whoever tries codes from elsewhere makes the owner wait nowhere.
 * @returns to be called when the code was right
 * @throws {OAuthError} factor-tries, with the time to wait
 */
export async function countFactorTry(
  x: Exchange,
  { accountId }: Pick<Account, 'accountId'>,
): Promise<() => Promise<void>> {
  const { tries } = x.site.store;
  const here = keyOf('factor-network', accountId, networkOf(x.request.remoteAddress));
  const isKnown = await tries.hasSucceeded(here, x.now - acquaintance);
  await take(x, 'factor-tries', 'factor-network', here);
  if (!isKnown) await take(x, 'factor-tries', 'factor', keyOf('factor', accountId));
  return () => tries.succeed([here], x.now);
}

/** Counts somebody's try to reach a chart. @throws {OAuthError} claim-tries, with the time to wait */
export async function countClaim(x: Exchange, { accountId }: Pick<Account, 'accountId'>): Promise<void> {
  await take(x, 'claim-tries', 'claim-account', keyOf('claim-account', accountId));
  await take(x, 'claim-tries', 'claim-network', keyOf('claim-network', networkOf(x.request.remoteAddress)));
}

/** Counts a challenge that anybody may ask for. @throws {OAuthError} too-many-requests, with the time to wait */
export async function countChallenge(x: Exchange): Promise<void> {
  await take(
    x,
    'too-many-requests',
    'challenge-network',
    keyOf('challenge-network', networkOf(x.request.remoteAddress)),
  );
}
