import type { GateAnswer, GateRequest } from './exchange.ts';
import type { Gate, GateSite } from './gate.ts';
import { assertionAlgorithms } from './jwks.ts';
import { OAuthError, refusalAnswer } from './oauth-error.ts';
import { publicKeys } from './signing-key.ts';
import { supportedGrantTypes } from './token.ts';

/** SMART discovery. @see https://hl7.org/fhir/smart-app-launch/conformance.html#using-well-known */
export const smartConfiguration = document((_gate, site) => ({
  ...endpoints(site),
  capabilities,
}));

/** OpenID Connect discovery, and RFC 8414's. @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
export const openidConfiguration = document((_gate, site) => ({
  issuer: site.issuer,
  jwks_uri: `${site.issuer}/jwk`,
  ...endpoints(site),
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
}));

/** The server's public keys. @see https://www.rfc-editor.org/rfc/rfc7517#section-5 */
export const jwk = document(async (gate, site) => ({ keys: await publicKeys(gate, site) }));

/** @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#capabilities */
const capabilities = [
  'launch-ehr',
  'launch-standalone',
  'authorize-post',
  'client-public',
  'client-confidential-symmetric',
  'client-confidential-asymmetric',
  'context-banner',
  'context-style',
  'context-ehr-patient',
  'context-ehr-encounter',
  'context-standalone-patient',
  'permission-offline',
  'permission-online',
  'permission-patient',
  'permission-user',
  'permission-v1',
  'permission-v2',
];

const scopes = [
  'launch',
  'launch/patient',
  'offline_access',
  'online_access',
  ...['patient', 'user', 'system'].flatMap((context) =>
    ['rs', 'cruds', 'read', 'write', '*'].map((verb) => `${context}/*.${verb}`),
  ),
];

/** What works today, by absolute addresses. */
function endpoints(site: GateSite) {
  const algorithms = assertionAlgorithms;
  const methods = ['private_key_jwt', 'client_secret_basic', 'client_secret_post', 'none'];
  return {
    authorization_endpoint: `${site.issuer}/authorize`,
    authorization_response_iss_parameter_supported: true,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint: site.tokenUrl,
    registration_endpoint: `${site.issuer}/registration`,
    introspection_endpoint: `${site.issuer}/introspect`,
    revocation_endpoint: `${site.issuer}/revoke`,
    grant_types_supported: supportedGrantTypes,
    scopes_supported: scopes,
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    introspection_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
  };
}

function document(content: (gate: Gate, site: GateSite) => object | Promise<object>) {
  return async (gate: Gate, request: GateRequest): Promise<GateAnswer> => {
    const site = await gate.site(request.site);
    if (!site) return refusalAnswer(new OAuthError('unknown-site'));
    const headers = { 'cache-control': 'public, max-age=60' };
    return { status: 200, headers, body: await content(gate, site) };
  };
}
