import { type Check, check } from '../oauth/endpoint.ts';
import { type Exchange, parameter } from '../oauth/exchange.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { SignedIn } from '../store/account-ports.ts';
import { requireOwnPassword } from './password/passwords.ts';
import { signedInByBearer, signedInOf } from './session.ts';

/** How old a sign-in may be for what matters, ms. */
const freshness = 10 * 60_000;

const found = new WeakMap<Exchange, SignedIn>();

/** Somebody is signed in in this browser. A page's. */
export const requireSignIn: Check = check('somebody is signed in', async (x) => {
  remember(x, await signedInOf(x));
});

/** Somebody is signed in in this app, by its session token. An API's: no cookie opens it, and no access token. */
export const requireSessionToken: Check = check('the session token is live', async (x) => {
  remember(x, await signedInByBearer(x));
});

function remember(x: Exchange, signedIn: SignedIn | undefined): void {
  if (!signedIn) {
    throw new OAuthError('sign-in-needed', { headers: { 'www-authenticate': 'Bearer realm="account"' } });
  }
  found.set(x, signedIn);
}

/** Who is signed in, once a check has found it. */
export function signedInAt(x: Exchange): SignedIn {
  const signedIn = found.get(x);
  if (!signedIn) throw new TypeError('No check has found who is signed in');
  return signedIn;
}

export function isFresh(x: Exchange, { session }: SignedIn): boolean {
  return x.now - session.authTime <= freshness;
}

/** For what matters: a sign-in of the last 10 minutes, or the parameter `password`. It follows one of the checks above. */
export const requireFreshSignIn: Check = check('the sign-in is fresh, or the password right', async (x) => {
  if (x.request.method === 'GET') return;
  const password = parameter(x, 'password');
  if (password !== undefined) return requireOwnPassword(x, signedInAt(x).account, password);
  if (!isFresh(x, signedInAt(x))) throw new OAuthError('step-up-needed');
});

/**
 * The parameter `password`, whatever the age of the sign-in. It follows one of the checks above. Of an account that has
 * no password, a fresh sign-in.
 */
export const requirePassword: Check = check('the password is right', async (x) => {
  if (x.request.method === 'GET') return;
  const signedIn = signedInAt(x);
  if (signedIn.account.passwordHash !== undefined) {
    return requireOwnPassword(x, signedIn.account, parameter(x, 'password') ?? '');
  }
  if (!isFresh(x, signedIn)) throw new OAuthError('sign-in-needed');
});
