import type { Client } from '../store/gate-ports.ts';
import { assertionChecks, assertionUse, requireApproved } from './assertion-checks.ts';
import { type Choice, check, type Step } from './endpoint.ts';
import { clientOf, type Exchange, parameter } from './exchange.ts';
import { OAuthError, shown } from './oauth-error.ts';
import { matchesHash } from './secret.ts';

/** "The client MUST NOT use more than one authentication method in each request" (RFC 6749 section 2.3). */
export const requireOneAuthentication = check('one way of client authentication', (x) => {
  const ways = [
    hasAssertion(x) ? ['client_assertion'] : [],
    parameter(x, 'client_secret') === undefined ? [] : ['client_secret'],
    x.request.headers.authorization === undefined ? [] : ['Authorization header'],
  ].flat();
  if (ways.length > 1) throw new OAuthError('several-authentications', { received: ways.join(' and ') });
});

export const requireAssertion = check('client_assertion is there', (x) => {
  if (parameter(x, 'client_assertion') === undefined) {
    throw new OAuthError('assertion-missing', { received: shown(receivedInstead(x)) });
  }
});

const requireUnusedAssertion = check('jti is unused', async (x) => {
  if (!(await x.site.store.tokens.useAssertion(assertionUse(x)))) throw new OAuthError('jti-used');
});

/** How the client of a secret is named: HTTP Basic or the form, whichever the client uses. */
const findClientOfSecret = check('client is known', async (x) => {
  const { clientId, secret } = credentials(x);
  if (clientId === undefined) throw new OAuthError('authentication-missing');
  const client = await x.site.client(clientId);
  if (!client) throw new OAuthError('client-unknown', { received: `client_id: ${shown(clientId)}` });
  x.client = client;
  if (secret === undefined) throw new OAuthError('authentication-missing');
});

const requireSecret = check('client_secret', (x) => {
  const { secret } = credentials(x);
  if (!clientOf(x).secretHash) throw new OAuthError('secret-none');
  if (secret === undefined || !isSecretOf(clientOf(x), secret, x.now)) throw new OAuthError('secret-wrong');
});

/** Whether it is the client's secret, or the one before it while that is still good. */
export function isSecretOf({ secretHash, previousSecret }: Client, secret: string, now: number): boolean {
  const isCurrent = secretHash !== undefined && matchesHash(secret, secretHash);
  const isPrevious = previousSecret !== undefined && matchesHash(secret, previousSecret.hash);
  return isCurrent || (isPrevious && previousSecret.until > now);
}

const secretChecks: readonly Step[] = [findClientOfSecret, requireApproved, requireSecret];

/** By assertion or by secret, as the request has it; for endpoints that hand out nothing worth more than a secret. */
export const authenticateClient: Choice = {
  choose: (x) => (hasAssertion(x) ? [...assertionChecks, requireUnusedAssertion] : secretChecks),
};

function hasAssertion(x: Exchange): boolean {
  return parameter(x, 'client_assertion') !== undefined || parameter(x, 'client_assertion_type') !== undefined;
}

function receivedInstead(x: Exchange): string {
  const names = [...(x.form?.keys() ?? [])].filter((name) => /^client_/.test(name));
  return names.length > 0 ? `only ${names.join(', ')}` : 'no client authentication in the form';
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 for the form encoding inside of Basic */
function credentials(x: Exchange): { readonly clientId: string | undefined; readonly secret: string | undefined } {
  const basic = x.request.headers.authorization?.match(/^Basic +([\w+/-]+=*)$/i)?.[1];
  if (basic === undefined) return { clientId: parameter(x, 'client_id'), secret: parameter(x, 'client_secret') };
  const [, clientId = '', secret = ''] =
    Buffer.from(basic, 'base64')
      .toString('utf8')
      .match(/^([^:]*):(.*)$/s) ?? [];
  return { clientId: formDecoded(clientId) || undefined, secret: formDecoded(secret) || undefined };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
