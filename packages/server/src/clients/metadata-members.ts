/** How a member of the client metadata is read. */
export type MemberKind = 'text' | 'uri' | 'uris' | 'texts' | 'number' | 'boolean' | 'object';

/**
 * The members that registration keeps, in the wire's spelling: RFC 7591, OpenID Connect registration, SMART, and the
 * ones OpenEMR adds.
 */
export const members: Readonly<Record<string, MemberKind>> = {
  application_type: 'text',
  client_name: 'text',
  client_uri: 'uri',
  contacts: 'texts',
  default_acr_values: 'texts',
  default_max_age: 'number',
  dsi_source_attributes: 'object',
  dsi_type: 'text',
  grant_types: 'texts',
  id_token_signed_response_alg: 'text',
  initiate_login_uri: 'uri',
  jwks: 'object',
  jwks_uri: 'uri',
  launch_uri: 'uri',
  logo_uri: 'uri',
  policy_uri: 'uri',
  post_logout_redirect_uris: 'uris',
  redirect_uris: 'uris',
  request_uris: 'uris',
  require_auth_time: 'boolean',
  response_types: 'texts',
  scope: 'text',
  sector_identifier_uri: 'uri',
  software_id: 'text',
  software_version: 'text',
  subject_type: 'text',
  token_endpoint_auth_method: 'text',
  token_endpoint_auth_signing_alg: 'text',
  tos_uri: 'uri',
};

/** Spellings that are really sent, and the member that was meant. */
const meant: Readonly<Record<string, string>> = {
  app_name: 'client_name',
  auth_method: 'token_endpoint_auth_method',
  contact: 'contacts',
  grant_type: 'grant_types',
  initiate_login_url: 'initiate_login_uri',
  jwk: 'jwks',
  jwk_set: 'jwks',
  jwks_url: 'jwks_uri',
  jku: 'jwks_uri',
  keys: 'jwks',
  launch_url: 'launch_uri',
  logo_url: 'logo_uri',
  name: 'client_name',
  policy_url: 'policy_uri',
  post_logout_redirect_uri: 'post_logout_redirect_uris',
  post_logout_redirect_urls: 'post_logout_redirect_uris',
  redirect_uri: 'redirect_uris',
  redirect_url: 'redirect_uris',
  redirect_urls: 'redirect_uris',
  response_type: 'response_types',
  scopes: 'scope',
  token_endpoint_method: 'token_endpoint_auth_method',
  tos_url: 'tos_uri',
};

/** The known member that a misspelt one stands for; undefined where there is no telling. */
export function meantMember(name: string): string | undefined {
  const plain = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replaceAll('-', '_');
  if (Object.hasOwn(members, plain)) return plain;
  return Object.hasOwn(meant, plain) ? meant[plain] : undefined;
}
