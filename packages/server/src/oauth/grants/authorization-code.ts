import type { IssuedCode } from '../../store/authorization-ports.ts';
import { mayGoWithoutPkce } from '../authorize-parameters.ts';
import { authenticateClient, requireOneAuthentication } from '../client-authentication.ts';
import { fitsChallenge, isCodeVerifier } from '../code-verifier.ts';
import { endAuthorization } from '../end-authorization.ts';
import { check } from '../endpoint.ts';
import { clientOf, type Exchange, parameter } from '../exchange.ts';
import { isRefreshable, newTokens } from '../new-tokens.ts';
import { OAuthError, shown } from '../oauth-error.ts';
import type { RefusalCode } from '../refusals.ts';
import { secretHash } from '../secret.ts';
import { tokenAnswer } from '../token-answer.ts';
import { type Grant, requireGrantTypeAllowed } from './grant.ts';

function codeOf(x: Exchange): IssuedCode {
  if (!x.code) throw new TypeError('No check has found the code yet');
  return x.code;
}

const requireCode = check('code is there', (x) => {
  if (parameter(x, 'code') === undefined) throw new OAuthError('code-missing', { received: 'no code' });
});

const findCode = check('code is known', async (x) => {
  const text = parameter(x, 'code') ?? '';
  const code = /^[\w-]{43}$/.test(text) ? await x.site.store.authorizations.findCode(secretHash(text)) : undefined;
  if (!code) throw new OAuthError('code-unknown', { received: `a code of ${text.length} characters` });
  x.code = code;
});

const requireOwnCode = check('code is of this client', (x) => {
  if (codeOf(x).authorization.clientId !== clientOf(x).clientId) {
    throw new OAuthError('code-client', { received: 'a code of another client' });
  }
});

/** "SHOULD revoke (when possible) all tokens previously issued based on that authorization code" (RFC 6749 section 4.1.2). */
const requireUnusedCode = check('code is unused', async (x) => {
  const { usedAt } = codeOf(x);
  if (usedAt !== undefined) await refuseReuse(x, `tried ${secondsBetween(usedAt, x.now)} s ago`);
});

async function refuseReuse(x: Exchange, received: string): Promise<never> {
  await endAuthorization(x, codeOf(x).authorization, 'replay');
  throw new OAuthError('code-used', { received });
}

const requireFreshCode = check('code is not expired', (x) => {
  const { expiresAt } = codeOf(x);
  if (x.now < expiresAt) return;
  const lifetime = x.settings.code_lifetime;
  const received = `${secondsBetween(expiresAt, x.now)} s too late`;
  throw new OAuthError('code-expired', { received, expected: `within ${lifetime} s of the redirect` });
});

const requireSameRedirect = check('redirect_uri is the same', (x) => {
  const { redirectUri } = codeOf(x);
  const received = parameter(x, 'redirect_uri');
  if (received !== redirectUri) {
    throw new OAuthError('code-redirect', { received: shown(received), expected: shown(redirectUri) });
  }
});

/** A wrong verifier may be a guess: there is no second one. */
const requireVerifier = check('code_verifier', async (x) => {
  const verifier = parameter(x, 'code_verifier');
  const fault = faultOf(x, verifier);
  if (!fault) return;
  await x.site.store.authorizations.burnCode(codeOf(x).hash, x.now);
  const received = verifier === undefined ? 'no code_verifier' : `a code_verifier of ${verifier.length} characters`;
  throw new OAuthError(fault, { received });
});

/**
 * A code without a challenge is one that a verifier must not come with: somebody took the challenge away on its way.
 * @see https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1
 */
function faultOf(x: Exchange, verifier: string | undefined): RefusalCode | undefined {
  const { codeChallenge } = codeOf(x);
  if (codeChallenge === '' && mayGoWithoutPkce(x)) return verifier === undefined ? undefined : 'verifier-unexpected';
  if (verifier === undefined) return 'verifier-missing';
  if (!isCodeVerifier(verifier)) return 'verifier-malformed';
  return fitsChallenge(verifier, codeChallenge) ? undefined : 'verifier-wrong';
}

/** The code is used up and its tokens are stored by one statement: of many exchanges at once, exactly one succeeds. */
const exchangeCode = check('code is unused until now', async (x) => {
  const { hash, authorization } = codeOf(x);
  const { accessToken, refreshToken } = newTokens(x, authorization, authorization.scope);
  const isRefreshed = isRefreshable(authorization);
  if (!isRefreshed) delete x.issuedRefreshToken;
  const tokens = isRefreshed ? { accessToken, refreshToken } : { accessToken };
  if (await x.site.store.authorizations.exchangeCode(hash, tokens)) return;
  const now = await x.site.store.authorizations.findCode(hash);
  if (now?.usedAt !== undefined) await refuseReuse(x, 'two exchanges at once');
  throw new OAuthError('code-unknown', { received: 'a code whose permission was taken back' });
});

function secondsBetween(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) / 1000));
}

/** @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-access-token */
export const authorizationCode: Grant = {
  grantType: 'authorization_code',
  steps: [
    requireOneAuthentication,
    authenticateClient,
    requireGrantTypeAllowed,
    requireCode,
    findCode,
    requireOwnCode,
    requireUnusedCode,
    requireFreshCode,
    requireSameRedirect,
    requireVerifier,
    exchangeCode,
  ],
  answer: (x) => tokenAnswer(x, codeOf(x).authorization),
};
