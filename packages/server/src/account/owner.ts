import { type Check, check } from '../oauth/endpoint.ts';
import type { Exchange } from '../oauth/exchange.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { Account, SignedIn } from '../store/account-ports.ts';
import { signedInByBearer, signedInOf } from './session.ts';

/** How old a sign-in may be for what changes how one signs in, ms. */
const freshness = 10 * 60_000;

const owners = new WeakMap<Exchange, SignedIn>();

/** The account's owner, by the session token of an app. No cookie opens this, and no access token. */
export const requireOwnerByToken: Check = check('the session token is live', async (x) => {
  remember(x, await signedInByBearer(x));
});

/** The account's owner, by the session of the browser. */
export const requireOwnerInBrowser: Check = check('somebody is signed in', async (x) => {
  remember(x, await signedInOf(x));
});

function remember(x: Exchange, signedIn: SignedIn | undefined): void {
  if (!signedIn) {
    throw new OAuthError('sign-in-needed', { headers: { 'www-authenticate': 'Bearer realm="account"' } });
  }
  owners.set(x, signedIn);
}

/** Follows one of the checks above: the sign-in is of the last 10 minutes. */
export const requireFreshOwner: Check = check('the sign-in is fresh', (x) => {
  if (x.now - sessionOf(x).session.authTime > freshness) throw new OAuthError('step-up-needed');
});

/** Whose account it is, once a check has found it. */
export function ownerOf(x: Exchange): Account {
  return sessionOf(x).account;
}

function sessionOf(x: Exchange): SignedIn {
  const owner = owners.get(x);
  if (!owner) throw new TypeError('No check has found who is signed in');
  return owner;
}
