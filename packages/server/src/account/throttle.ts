import type { Exchange } from '../oauth/exchange.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { placeOf } from '../oauth/page-endpoint.ts';
import { networkOf, type RateLimiter } from '../oauth/rate-limit.ts';
import { newSecret, secretHash } from '../oauth/secret.ts';
import { cookie, readCookie } from '../pages/browser.ts';
import { type Account, folded } from '../store/account-ports.ts';

/** How long a browser is known to an account after it was last used to sign in, ms. */
const memory = 400 * 24 * 3600_000;

type Counted = readonly (readonly [limiter: RateLimiter, key: string])[];

/**
 * Counts a sign-in before it is judged. Names are counted as they are typed, whether an account has them or not, and a
 * browser that the account knows is counted by itself alone: whoever tries other people's passwords makes nobody wait
 * but himself.
 * @returns to be called when the sign-in went well: it is then as if it had not been counted
 * @throws {OAuthError} too-many-sign-ins, with the time to wait
 */
export async function countSignIn(x: Exchange, name: string, account: Account | undefined): Promise<() => void> {
  const { limits } = x.gate.accounts;
  const device = deviceOf(x);
  const isKnown = device !== undefined && (await x.site.store.devices.isKnown(device, account?.accountId ?? '', x.now));
  const network = networkOf(x.request.remoteAddress);
  const key = keyOf(x, name);
  return countOrWait(
    isKnown
      ? [[limits.known, `${device.toString('base64url')} ${account?.accountId}`]]
      : [
          [limits.network, network],
          [limits.nameInNetwork, `${key} ${network}`],
          [limits.name, key],
        ],
  );
}

/** Counts a password that somebody shows who is known already: by a session, by a mailed link. @throws {OAuthError} too-many-sign-ins */
export function countOwner(x: Exchange, owner: string): () => void {
  return countOrWait([[x.gate.accounts.limits.known, `owner ${owner}`]]);
}

/** Counts something that anybody may ask for: a sign-up, a mail. @throws {OAuthError} too-many-requests */
export function countAsking(x: Exchange, address: string): void {
  const { limits } = x.gate.accounts;
  const counted: Counted = [
    [limits.asking, networkOf(x.request.remoteAddress)],
    [limits.mail, keyOf(x, address)],
  ];
  const wait = longestWait(counted);
  if (wait > 0) throw tooMany('too-many-requests', wait, 'This was asked for too often.');
  for (const [limiter, key] of counted) limiter.count(key);
}

function countOrWait(counted: Counted): () => void {
  const wait = longestWait(counted);
  if (wait > 0) throw tooMany('too-many-sign-ins', wait, 'Too many tries.');
  for (const [limiter, key] of counted) limiter.count(key);
  return () => {
    for (const [limiter, key] of counted) limiter.takeBack(key);
  };
}

function longestWait(counted: Counted): number {
  return Math.max(...counted.map(([limiter, key]) => limiter.wait(key)));
}

function tooMany(refusal: 'too-many-sign-ins' | 'too-many-requests', seconds: number, what: string): OAuthError {
  return new OAuthError(refusal, {
    description: `${what} Try again in ${inWords(seconds)}.`,
    headers: { 'retry-after': String(seconds) },
  });
}

function inWords(seconds: number): string {
  if (seconds < 90) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

/** Short whatever was typed, and of one site. */
function keyOf({ site }: Exchange, name: string): string {
  return secretHash(`${site.name} ${folded(name.trim())}`).toString('base64url');
}

/** The hash of the browser's device cookie. */
function deviceOf(x: Exchange): Buffer | undefined {
  const secret = readCookie(x.request.headers, placeOf(x), 'device');
  return secret !== undefined && /^[\w-]{43}$/.test(secret) ? secretHash(secret) : undefined;
}

/** Makes the browser one that the account knows. @returns the cookies to be set */
export async function rememberDevice(x: Exchange, account: Account): Promise<readonly string[]> {
  const known = deviceOf(x);
  const secret = newSecret();
  await x.site.store.devices.put(known ?? secretHash(secret), account.accountId, x.now, x.now + memory);
  return known === undefined ? [cookie(placeOf(x), 'device', secret, memory / 1000)] : [];
}
