import type { Client } from '../store/gate-ports.ts';
import { assertionChecks, assertionUse, requireApproved } from './assertion-checks.ts';
import { type Check, type Choice, check, type Step } from './endpoint.ts';
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

/** How a client is named: HTTP Basic or the form, whichever the client uses. */
const findNamedClient = check('client is known', async (x) => {
  const { clientId } = credentials(x);
  if (clientId === undefined) throw new OAuthError('authentication-missing');
  const client = await x.site.client(clientId);
  if (!client) throw new OAuthError('client-unknown', { received: `client_id: ${shown(clientId)}` });
  x.client = client;
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

/** A client_id beside the header must not name another client. */
const requireSameClientId = check('client_id is the same everywhere', (x) => {
  const named = parameter(x, 'client_id');
  const { clientId } = clientOf(x);
  if (named !== undefined && named !== clientId) {
    throw new OAuthError('client-id', { received: `client_id: ${shown(named)}`, expected: clientId });
  }
});

const secretChecks: readonly Step[] = [findNamedClient, requireApproved, requireSameClientId, requireSecret];

/** A name alone is enough for a client that was registered without anything to prove it by, and for no other. */
export const requirePublicClient = check('client is a public one', (x) => {
  const { token_endpoint_auth_method } = clientOf(x).metadata;
  if (token_endpoint_auth_method !== 'none') {
    throw new OAuthError('authentication-missing', {
      received: 'client_id alone',
      expected: `${token_endpoint_auth_method}, as registered`,
    });
  }
});

/** @param requireBelieved whether the client's name alone is enough */
export function clientAuthentication(requireBelieved: Check): Choice {
  return {
    choose: (x) => {
      if (hasAssertion(x)) return [...assertionChecks, requireUnusedAssertion];
      if (credentials(x).secret !== undefined) return secretChecks;
      return [findNamedClient, requireApproved, requireSameClientId, requireBelieved];
    },
  };
}

/**
 * By assertion, by secret, or by name alone where the client is a public one, as the request has it; for endpoints where
 * the client shows something more that it was given: a code, a token.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3
 */
export const authenticateClient: Choice = clientAuthentication(requirePublicClient);

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
