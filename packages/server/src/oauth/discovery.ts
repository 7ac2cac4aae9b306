import type { GateAnswer, GateRequest } from './exchange.ts';
import type { Gate, GateSite } from './gate.ts';
import { hasPasswordGrant, password } from './grants/password.ts';
import { OAuthError, refusalAnswer } from './oauth-error.ts';
import { capabilities, endpointsOf, openid, protocol } from './server-metadata.ts';
import { jwksMaxAge, publicKeys } from './signing-key.ts';

/** SMART discovery. @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#using-well-known */
export const smartConfiguration = document(async (_gate, site) => {
  const { userinfo_endpoint, end_session_endpoint, ...endpoints } = endpointsOf(site);
  return { issuer: site.issuer, ...endpoints, ...(await protocolOf(site)), capabilities };
});

/**
 * OpenID Connect discovery, and RFC 8414's.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-3
 */
export const openidConfiguration = document(async (_gate, site) => {
  const { management_endpoint, ...endpoints } = endpointsOf(site);
  return { issuer: site.issuer, ...endpoints, ...(await protocolOf(site)), ...openid };
});

/** The password grant is named where it is switched on. */
async function protocolOf(site: GateSite) {
  const more = hasPasswordGrant(await site.settings()) ? [password.grantType] : [];
  return { ...protocol, grant_types_supported: [...protocol.grant_types_supported, ...more] };
}

/**
 * The server's public keys, the next one's among them: a copy that is kept as long as it may be holds every key that
 * signs by then. @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
export const jwk = document(async (gate, site) => ({ keys: await publicKeys(gate, site) }), jwksMaxAge);

/**
 * The addresses that the CapabilityStatement names, for apps of SMART's first release; in OpenEMR's order.
 * @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#declaring-support-for-oauth2-endpoints
 */
export function oauthUris(publicUrl: string, site: string): Readonly<Record<string, string>> {
  const issuer = `${publicUrl}/oauth2/${site}`;
  const endpoints = endpointsOf({ issuer, tokenUrl: `${issuer}/token` });
  return {
    token: endpoints.token_endpoint,
    authorize: endpoints.authorization_endpoint,
    register: endpoints.registration_endpoint,
    introspect: endpoints.introspection_endpoint,
    revoke: endpoints.revocation_endpoint,
    manage: endpoints.management_endpoint,
  };
}

/** @param maxAge how long a copy may be kept, seconds */
function document(content: (gate: Gate, site: GateSite) => object | Promise<object>, maxAge = 60) {
  return async (gate: Gate, request: GateRequest): Promise<GateAnswer> => {
    const site = await gate.site(request.site);
    if (!site) return refusalAnswer(new OAuthError('unknown-site'));
    if (request.method !== 'GET') return refusalAnswer(new OAuthError('method', { headers: { allow: 'GET' } }));
    const headers = { 'cache-control': `public, max-age=${maxAge}` };
    return { status: 200, headers, body: await content(gate, site) };
  };
}
