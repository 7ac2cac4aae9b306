import { parseScope } from '@chartgate/fhir';
import { LRUCache } from 'lru-cache';
import type { Grant } from '../access/grant.ts';
import type { LiveToken, TokenUser } from '../store/gate-ports.ts';
import type { Gate } from './gate.ts';
import { OAuthError } from './oauth-error.ts';
import { bearerToken } from './secret.ts';

/** Parsed scope texts: most tokens of a client carry the same one. */
const parsed = new LRUCache<string, Grant['scopes']>({ max: 2000 });

/**
 * What the access token of a request stands for. One SHA-256 and a look into memory in most cases.
 * @param authorization the `Authorization` header
 * @throws {OAuthError} 401 with `WWW-Authenticate`: no token, or one that is unknown here, expired or revoked
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export async function authenticateBearer(gate: Gate, authorization: string | undefined, site: string): Promise<Grant> {
  const here = await gate.site(site);
  if (!here) throw new OAuthError('unknown-site');
  const realm = `Bearer realm="${here.fhirUrl}"`;
  const token = bearerToken(authorization);
  if (token === undefined) throw new OAuthError('bearer-missing', { headers: { 'www-authenticate': realm } });
  // what has another form is no access token of ours: an id_token, a refresh token of elsewhere, a guess
  const live = /^[\w-]{43}$/.test(token) ? await here.token(token) : undefined;
  if (!live) {
    throw new OAuthError('bearer-invalid', {
      headers: {
        'www-authenticate': `${realm}, error="invalid_token", error_description="unknown, expired or revoked"`,
      },
    });
  }
  return grantOf(site, live);
}

/** One for each live token, so that what is made of it is made once. */
const grants = new WeakMap<LiveToken, Grant>();

function grantOf(site: string, live: LiveToken): Grant {
  const known = grants.get(live);
  if (known) return known;
  const { clientId, scope, expiresAt, user } = live;
  const grant = { site, clientId, scopes: scopesOf(scope), expiresAt, ...(user ? contextOf(user) : {}) };
  grants.set(live, grant);
  return grant;
}

/**
 * The patient of the launch, and who signed in. A patient's account opens its own charts, and the launch's patient only
 * while it is one of them; whoever works here opens the site.
 */
function contextOf(given: TokenUser): Pick<Grant, 'patient' | 'user' | 'accountId' | 'authorizationId'> {
  const { role, fhirUser, charts, patient, accountId, authorizationId } = given;
  const isPatient = role === 'patient';
  const isOpen = patient !== undefined && (!isPatient || charts.includes(patient));
  const opens = isPatient ? ({ opens: 'patients', patients: charts } as const) : ({ opens: 'site' } as const);
  return {
    accountId,
    authorizationId,
    ...(isOpen ? { patient } : {}),
    ...(fhirUser === undefined ? {} : { user: { reference: fhirUser, ...opens } }),
  };
}

function scopesOf(text: string): Grant['scopes'] {
  const known = parsed.get(text);
  if (known) return known;
  const { scopes } = parseScope(text);
  parsed.set(text, scopes);
  return scopes;
}
