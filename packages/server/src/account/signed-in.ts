import { type Check, type Choice, check } from '../oauth/endpoint.ts';
import { type Exchange, parameter } from '../oauth/exchange.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { Account, SignedIn } from '../store/account-ports.ts';
import { factorIn, requireSecondFactor, secondFactorsOf } from './factors/second-factors.ts';
import { requireOwnPassword } from './password/passwords.ts';
import { signedInAtApi, signedInOf } from './session.ts';

/** How old a sign-in may be for what matters, ms. */
const freshness = 10 * 60_000;

const found = new WeakMap<Exchange, SignedIn>();

/** Somebody is signed in in this browser. A page's. */
export const requireSignIn: Check = check('somebody is signed in', async (x) => {
  remember(x, await signedInOf(x));
});

/** Somebody is signed in in this app or page of ours. An API's: no cookie alone opens it, and no access token. */
export const requireSessionToken: Check = check('the session is live', async (x) => {
  remember(x, await signedInAtApi(x));
});

function remember(x: Exchange, signedIn: SignedIn | undefined): void {
  if (!signedIn) {
    throw new OAuthError('sign-in-needed', { headers: { 'www-authenticate': 'Bearer realm="account"' } });
  }
  found.set(x, signedIn);
}

/** Whose account it is, once a check has found who is signed in. */
export function ownerOf(x: Exchange): Account {
  return signedInAt(x).account;
}

/** Who is signed in, once a check has found it. */
export function signedInAt(x: Exchange): SignedIn {
  const signedIn = found.get(x);
  if (!signedIn) throw new TypeError('No check has found who is signed in');
  return signedIn;
}

/** For what matters: a sign-in of the last 10 minutes, or a proof in the request itself. It follows one of the checks above. */
export const requireFreshSignIn: Check = check('the sign-in is fresh, or a proof is there', async (x) => {
  if (isFresh(x) && parameter(x, 'password') === undefined) return;
  if ((await proofIn(x)) === undefined) throw new OAuthError('step-up-needed');
});

/** A page that shows nothing that matters is opened by anybody who is signed in; what its form does is up to the check. */
export const whenSent = (step: Check): Choice => ({ choose: (x) => (x.request.method === 'GET' ? [] : [step]) });

const proven = new WeakMap<Exchange, string>();

/** The password or a second factor, whatever the age of the sign-in. It follows one of the checks above. */
export const requireProof: Check = check('the password or a second factor is right', async (x) => {
  if (x.request.method === 'GET') return;
  const amr = await proofIn(x);
  if (amr === undefined) throw new OAuthError('password-wrong');
  proven.set(x, amr);
});

/** What the session's `amr` gains by the proof, once the check has found it. */
export function provenBy(x: Exchange): string {
  const amr = proven.get(x);
  if (amr === undefined) throw new TypeError('No check has found a proof');
  return amr;
}

function isFresh(x: Exchange): boolean {
  return x.now - signedInAt(x).session.authTime <= freshness;
}

/**
 * The proof that a request brings along: the parameter `password`, or a second factor of the account.
 * @returns what a session gains by it; undefined: it brings none
 */
async function proofIn(x: Exchange): Promise<string | undefined> {
  const account = ownerOf(x);
  const password = parameter(x, 'password');
  if (password !== undefined) {
    await requireOwnPassword(x, account, password);
    return 'pwd';
  }
  const factor = factorIn(x);
  const isShown = Object.values(factor).some((one) => one !== undefined);
  // of an account that has none, such a field is something else, such as the first code of an authenticator
  if (!isShown || (await secondFactorsOf(x, account)).length === 0) return undefined;
  return requireSecondFactor(x, account, factor);
}

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
  if (!isFresh(x)) throw new OAuthError('sign-in-needed');
});
