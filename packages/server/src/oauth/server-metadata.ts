import { namedScopes } from '@chartgate/fhir';
import { authMethods } from '../clients/client-metadata.ts';
import type { GateSite } from './gate.ts';
import { protocolClaimNames } from './id-token.ts';
import { assertionAlgorithms } from './jwks.ts';
import { supportedGrantTypes } from './token.ts';
import { identityScopes, userClaimNames } from './user-claims.ts';

/** Where the gate's parts of a site are: absolute addresses, by their names in RFC 8414 and SMART. */
export function endpointsOf({ issuer, tokenUrl }: Pick<GateSite, 'issuer' | 'tokenUrl'>) {
  return {
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: tokenUrl,
    registration_endpoint: `${issuer}/registration`,
    introspection_endpoint: `${issuer}/introspect`,
    revocation_endpoint: `${issuer}/revoke`,
    management_endpoint: `${issuer}/account/apps`,
    userinfo_endpoint: `${issuer}/userinfo`,
    end_session_endpoint: `${issuer}/logout`,
    jwks_uri: `${issuer}/jwk`,
  };
}

/** Launch scopes and those about how long access lasts. */
const launchScopes = ['launch', 'launch/patient', 'launch/encounter', 'offline_access', 'online_access', 'api:fhir'];

/** The scopes that do something here: of the named ones those that open or tell anything, and resources by wildcards. */
const scopes: readonly string[] = [
  ...[...identityScopes, ...launchScopes].filter((scope) => namedScopes.has(scope)),
  ...['patient', 'user', 'system'].flatMap((context) =>
    ['rs', 'cruds', 'read', 'write', '*'].map((verb) => `${context}/*.${verb}`),
  ),
];

/** The public clients' way last: some libraries take the first they know. */
const methods = [...authMethods.filter((one) => one !== 'none'), ...authMethods.filter((one) => one === 'none')];

/** What every discovery document says of the protocol, made from the tables that do it. */
export const protocol = {
  scopes_supported: scopes,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  grant_types_supported: supportedGrantTypes,
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: methods,
  token_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  introspection_endpoint_auth_methods_supported: methods,
  introspection_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
  revocation_endpoint_auth_methods_supported: methods,
  revocation_endpoint_auth_signing_alg_values_supported: assertionAlgorithms,
} as const;

/** What OpenID Connect adds. @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
export const openid = {
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  claim_types_supported: ['normal'],
  claims_supported: [...protocolClaimNames, ...userClaimNames],
  prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
  claims_parameter_supported: false,
  request_parameter_supported: false,
  request_uri_parameter_supported: false,
  // RFC 9207: answers of the authorization endpoint say whose they are
  authorization_response_iss_parameter_supported: true,
} as const;

/** What a SMART app may count on. @see https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#capability-sets */
export const capabilities = [
  ...['launch-ehr', 'launch-standalone', 'authorize-post'],
  ...['client-public', 'client-confidential-symmetric', 'client-confidential-asymmetric'],
  'sso-openid-connect',
  ...['context-banner', 'context-style', 'context-ehr-patient', 'context-ehr-encounter', 'context-standalone-patient'],
  ...[
    'permission-offline',
    'permission-online',
    'permission-patient',
    'permission-user',
    'permission-v1',
    'permission-v2',
  ],
] as const;
