import type { KnownRefreshToken } from '../store/authorization-ports.ts';
import type { LiveToken, TokenUser } from '../store/gate-ports.ts';
import { speaksOpenEmr } from './dialect.ts';
import { endpoint } from './endpoint.ts';
import { clientOf, type Exchange, parameter, privateJson } from './exchange.ts';
import { asOpenEmr, type Introspection } from './openemr-introspection.ts';
import { ownTokenSteps } from './own-token.ts';
import { scopeNames } from './scope.ts';
import { secretHash } from './secret.ts';

/**
 * Introspection: a client learns about its own tokens; anybody else's looks like one that never was. A resource server
 * learns about all access tokens.
 * @see https://www.rfc-editor.org/rfc/rfc7662#section-2
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/token-introspection.html
 */
export const introspect = endpoint('introspect', ownTokenSteps, async (x) => {
  const answer = await introspected(x);
  return privateJson(200, speaksOpenEmr(x) ? await asOpenEmr(x, answer) : answer);
});

async function introspected(x: Exchange): Promise<Introspection> {
  const live = await x.site.token(parameter(x, 'token') ?? '');
  if (live && mayKnow(x, live)) return accessTokenJson(x, live);
  const refresh = live ? undefined : await ownRefreshToken(x);
  return refresh ? refreshTokenJson(x, refresh) : { active: false };
}

function mayKnow(x: Exchange, { clientId }: LiveToken): boolean {
  const client = clientOf(x);
  return clientId === client.clientId || client.isResourceServer === true;
}

function accessTokenJson(x: Exchange, live: LiveToken) {
  return {
    active: true,
    client_id: live.clientId,
    scope: live.scope,
    token_type: 'Bearer',
    iss: x.site.issuer,
    aud: x.site.fhirUrl,
    sub: live.user?.accountId ?? live.clientId,
    iat: Math.floor(live.issuedAt / 1000),
    exp: Math.floor(live.expiresAt / 1000),
    ...(live.user ? contextJson(x, live.scope, live.user) : {}),
  };
}

function contextJson({ site }: Exchange, scope: string, { patient, encounter, fhirUser }: TokenUser) {
  const isNamed = fhirUser !== undefined && scopeNames(scope).has('fhirUser');
  return {
    ...(patient === undefined ? {} : { patient }),
    ...(encounter === undefined ? {} : { encounter }),
    ...(isNamed ? { fhirUser: `${site.fhirUrl}/${fhirUser}` } : {}),
  };
}

/** A refresh token of this client, whatever its state; undefined where it is none. */
export async function ownRefreshToken(x: Exchange): Promise<KnownRefreshToken | undefined> {
  const token = parameter(x, 'token') ?? '';
  if (!/^[\w-]{43}$/.test(token)) return undefined;
  const found = await x.site.store.authorizations.findRefreshToken(secretHash(token), x.now);
  return found?.authorization.clientId === clientOf(x).clientId ? found : undefined;
}

async function refreshTokenJson(
  x: Exchange,
  { authorization: a, expiresAt, state }: KnownRefreshToken,
): Promise<Introspection> {
  const hasSession = a.sessionHash === undefined || (await x.site.store.sessions.find(a.sessionHash, x.now));
  if (state !== 'current' || expiresAt <= x.now || !hasSession) return { active: false };
  return {
    active: true,
    client_id: a.clientId,
    scope: a.scope,
    iss: x.site.issuer,
    sub: a.accountId,
    exp: Math.floor(expiresAt / 1000),
    ...(a.patient === undefined ? {} : { patient: a.patient }),
    ...(a.encounter === undefined ? {} : { encounter: a.encounter }),
  };
}
