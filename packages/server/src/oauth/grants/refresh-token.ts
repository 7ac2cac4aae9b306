import { narrow, parseScope } from '@chartgate/fhir';
import type { KnownRefreshToken } from '../../store/authorization-ports.ts';
import { requireOneAuthentication } from '../client-authentication.ts';
import { endAuthorization } from '../end-authorization.ts';
import { check } from '../endpoint.ts';
import { clientOf, type Exchange, parameter } from '../exchange.ts';
import { newTokens } from '../new-tokens.ts';
import { OAuthError, shown, shownRedacted } from '../oauth-error.ts';
import { scopeNames, textOfScopes } from '../scope.ts';
import { secretHash } from '../secret.ts';
import { tokenAnswer } from '../token-answer.ts';
import { authenticateClientToRefresh, warnOfUnproven } from '../unproven-refresh.ts';
import { type Grant, scopeHint } from './grant.ts';

function refreshTokenOf(x: Exchange): KnownRefreshToken {
  if (!x.refreshToken) throw new TypeError('No check has found the refresh token yet');
  return x.refreshToken;
}

function hashOf(x: Exchange): Buffer {
  return secretHash(parameter(x, 'refresh_token') ?? '');
}

/** Clients that name authorization_code alone mean this one too, once a user gave them offline_access. */
const requireRefreshAllowed = check('client may use the grant type', (x) => {
  const { grant_types } = clientOf(x).metadata;
  if (!grant_types.some((type) => type === 'refresh_token' || type === 'authorization_code')) {
    throw new OAuthError('grant-type-not-allowed', {
      received: 'refresh_token',
      expected: shown(grant_types.join(', ')),
    });
  }
});

const requireRefreshToken = check('refresh_token is there', (x) => {
  if (parameter(x, 'refresh_token') === undefined) {
    throw new OAuthError('refresh-missing', { received: 'no refresh_token' });
  }
});

const findRefreshToken = check('refresh_token is known', async (x) => {
  const found = await knownToken(x);
  if (!found) throw new OAuthError('refresh-unknown', { received: `a token of ${lengthOf(x)} characters` });
  x.refreshToken = found;
});

const lengthOf = (x: Exchange) => (parameter(x, 'refresh_token') ?? '').length;

async function knownToken(x: Exchange): Promise<KnownRefreshToken | undefined> {
  if (!/^[\w-]{43}$/.test(parameter(x, 'refresh_token') ?? '')) return undefined;
  return x.site.store.authorizations.findRefreshToken(hashOf(x), x.now);
}

/**
 * A public client may leave its name out, as fhirclient does and SMART's list of parameters has it: the token says whose
 * it is, and a name that everybody knows proves nothing. Any other client is asked to authenticate, as always.
 */
const nameByToken = check('refresh_token names a public client', async (x) => {
  const isNamed = x.request.headers.authorization !== undefined || parameter(x, 'client_id') !== undefined;
  if (isNamed || parameter(x, 'client_assertion') !== undefined) return;
  const found = await knownToken(x);
  const client = found && (await x.site.client(found.authorization.clientId));
  if (client?.metadata.token_endpoint_auth_method !== 'none') return;
  x.form = new Map([...(x.form ?? []), ['client_id', client.clientId]]);
});

const requireOwnRefreshToken = check('refresh_token is of this client', (x) => {
  if (refreshTokenOf(x).authorization.clientId !== clientOf(x).clientId) {
    throw new OAuthError('refresh-client', { received: 'a token of another client' });
  }
});

/** Who shows a token that was replaced has a copy, or somebody else has. @see https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2 */
const requireUnspent = check('refresh_token is not replaced', async (x) => {
  const { state, authorization } = refreshTokenOf(x);
  if (state !== 'spent') return;
  await endAuthorization(x, authorization, 'replay');
  throw new OAuthError('refresh-spent', { received: 'a token that was replaced' });
});

const requireFresh = check('refresh_token is not expired', (x) => {
  const { expiresAt } = refreshTokenOf(x);
  if (x.now < expiresAt) return;
  const received = `a token that expired ${new Date(expiresAt).toISOString()}`;
  throw new OAuthError('refresh-expired', { received });
});

/** `online_access` ends with the session it was given in, even where nobody ended that but time. */
const requireSession = check('session is alive', async (x) => {
  const { sessionHash } = refreshTokenOf(x).authorization;
  if (sessionHash === undefined || (await x.site.store.sessions.find(sessionHash, x.now))) return;
  throw new OAuthError('refresh-session', { received: 'a session that ended' });
});

/** "MUST NOT include any scope not originally granted by the resource owner" (RFC 6749 section 6). */
const narrowScope = check('scope only narrows', (x) => {
  const granted = refreshTokenOf(x).authorization.scope;
  const requested = parameter(x, 'scope')?.trim();
  x.grantedScope = granted;
  if (!requested) return;
  const { scopes, unknown } = parseScope(requested);
  const allowed = parseScope(granted).scopes;
  const names = scopeNames(granted);
  const beyond = scopes.filter((one) => !names.has(one.text) && narrow([one], allowed)[0]?.text !== one.text);
  if (beyond.length > 0 || unknown.length > 0 || scopes.length === 0) {
    const received = [...beyond, ...unknown].map(({ text }) => text).join(' ');
    throw new OAuthError('refresh-scope', {
      received: shownRedacted(received),
      expected: `some of ${shown(granted)}`,
      hint: scopeHint(received),
    });
  }
  x.grantedScope = textOfScopes(scopes);
});

/** Old token out, new token in, access token stored: one statement on one row, so that there is never a second branch. */
const rotate = check('refresh_token is current until now', async (x) => {
  const { authorization } = refreshTokenOf(x);
  const tokens = newTokens(x, authorization, x.grantedScope ?? authorization.scope);
  if (!(await x.site.store.authorizations.rotate(hashOf(x), tokens))) {
    throw new OAuthError('refresh-raced', { received: 'a token that another request used at the same time' });
  }
});

/** @see https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#refresh-access-token */
export const refreshToken: Grant = {
  grantType: 'refresh_token',
  steps: [
    requireOneAuthentication,
    nameByToken,
    authenticateClientToRefresh,
    requireRefreshAllowed,
    requireRefreshToken,
    findRefreshToken,
    requireOwnRefreshToken,
    requireUnspent,
    requireFresh,
    requireSession,
    narrowScope,
    rotate,
  ],
  answer: async (x) => {
    await warnOfUnproven(x);
    return tokenAnswer(x, refreshTokenOf(x).authorization);
  },
};
