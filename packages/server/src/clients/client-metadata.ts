import { parseScope, type Scope } from '@chartgate/fhir';
import { isLoopbackHost } from '../oauth/guarded-fetch.ts';
import { assertionAlgorithms, readJwks } from '../oauth/jwks.ts';
import { OAuthError, shown } from '../oauth/oauth-error.ts';
import type { ClientMetadata } from '../store/gate-ports.ts';
import { clientNameFault } from './client-name.ts';
import { type ReadMetadata, readMetadata } from './read-metadata.ts';
import { redirectUriFault } from './redirect-uri.ts';

/** A registration that can be kept: checked metadata, the scopes asked for, and what the sender should hear. */
export type Registration = {
  readonly metadata: ClientMetadata;
  readonly scopes: readonly Scope[];
  readonly warnings: readonly string[];
};

type AuthMethod = ClientMetadata['token_endpoint_auth_method'];

/** How clients may authenticate at the token endpoint. */
export const authMethods: readonly AuthMethod[] = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
];
const knownGrantTypes = ['authorization_code', 'refresh_token', 'client_credentials'];
const longestName = 200;
const mostKeys = 20;

/**
 * Turns the body of a registration into a client's metadata, in the standard dialect and in OpenEMR's.
 * @param allowLoopback `jwks_uri` may be plain http to this machine
 * @throws {OAuthError} invalid_client_metadata, invalid_redirect_uri: the description names the member
 */
export function readRegistration(body: Readonly<Record<string, unknown>>, allowLoopback: boolean): Registration {
  const read = readMetadata(body);
  requireName(read.metadata);
  requireRedirectUris(read.metadata);
  const keyWarnings = requireKeys(read.metadata, allowLoopback);
  requireSigningAlgorithm(read.metadata);
  const { scopes, warnings: scopeWarnings } = readScopes(read.metadata.scope);
  const { method, warnings: methodWarnings } = authMethodOf(read.metadata);
  requireConfidential(method, scopes);
  const { grantTypes, warnings: grantWarnings } = grantTypesOf(read.metadata, method, scopes);
  return {
    metadata: {
      ...read.metadata,
      scope: scopes.map((scope) => scope.text).join(' '),
      token_endpoint_auth_method: method,
      grant_types: grantTypes,
    },
    scopes,
    warnings: [...read.warnings, ...keyWarnings, ...scopeWarnings, ...methodWarnings, ...grantWarnings],
  };
}

type Metadata = ReadMetadata['metadata'];

function requireName({ client_name }: Metadata): void {
  if (typeof client_name === 'string' && client_name.length > longestName) {
    throw new OAuthError('metadata', {
      description: `client_name is longer than ${longestName} characters.`,
      received: `${client_name.length} characters`,
    });
  }
  const fault = typeof client_name === 'string' ? clientNameFault(client_name) : undefined;
  if (fault !== undefined) {
    throw new OAuthError('metadata', { description: `client_name ${fault}.`, received: shown(client_name) });
  }
}

function requireRedirectUris({ redirect_uris, post_logout_redirect_uris }: Metadata): void {
  for (const [member, uris] of Object.entries({ redirect_uris, post_logout_redirect_uris })) {
    for (const uri of (uris ?? []) as readonly string[]) {
      const fault = redirectUriFault(uri);
      if (fault === undefined) continue;
      throw new OAuthError(member === 'redirect_uris' ? 'redirect-uri' : 'metadata', {
        description: `${member}: a URI ${fault}.`,
        received: shown(uri),
      });
    }
  }
}

function requireKeys({ jwks, jwks_uri }: Metadata, allowLoopback: boolean): readonly string[] {
  if (jwks !== undefined && jwks_uri !== undefined) {
    throw new OAuthError('jwks', { description: 'Send jwks or jwks_uri, not both.', received: 'jwks and jwks_uri' });
  }
  if (jwks_uri !== undefined) {
    const { protocol, hostname } = new URL(String(jwks_uri));
    if (protocol !== 'https:' && !(allowLoopback && isLoopbackHost(hostname.replace(/^\[|\]$/g, '')))) {
      throw new OAuthError('jwks', { description: 'jwks_uri must begin with https://.', received: shown(jwks_uri) });
    }
  }
  if (jwks === undefined) return [];
  const { faults, notes } = readJwks(jwks, mostKeys);
  if (faults.length > 0) {
    throw new OAuthError('jwks', { description: faults.join(' '), received: 'a key set that cannot be used' });
  }
  return notes;
}

function requireSigningAlgorithm({ token_endpoint_auth_signing_alg: algorithm }: Metadata): void {
  if (algorithm === undefined || assertionAlgorithms.some((known) => known === algorithm)) return;
  throw new OAuthError('metadata', {
    description: `token_endpoint_auth_signing_alg must be ${assertionAlgorithms.join(' or ')}.`,
    received: shown(algorithm),
  });
}

function readScopes(scope: unknown): { readonly scopes: readonly Scope[]; readonly warnings: readonly string[] } {
  if (scope === undefined)
    return { scopes: [], warnings: ['No scope was asked for: register with the scopes you need.'] };
  const { scopes, unknown } = parseScope(String(scope));
  return { scopes, warnings: unknown.map(({ text, reason }) => `Scope ${shown(text)} was left out: ${reason}`) };
}

/** OpenEMR's `application_type` says whether a client can keep a secret; the standard says it by the method. */
function authMethodOf({ token_endpoint_auth_method, application_type, jwks, jwks_uri }: Metadata): {
  readonly method: AuthMethod;
  readonly warnings: readonly string[];
} {
  const method = authMethods.find((known) => known === token_endpoint_auth_method);
  if (token_endpoint_auth_method !== undefined && !method) {
    throw new OAuthError('metadata', {
      description: `token_endpoint_auth_method must be one of ${authMethods.join(', ')}.`,
      received: shown(token_endpoint_auth_method),
    });
  }
  const hasKeys = jwks !== undefined || jwks_uri !== undefined;
  if (method === 'private_key_jwt' && !hasKeys) {
    throw new OAuthError('jwks', {
      description: 'private_key_jwt needs keys: add jwks with the public half of your key, or jwks_uri.',
      received: 'neither jwks nor jwks_uri',
    });
  }
  if (application_type === 'public' && method !== undefined && method !== 'none') {
    const text = `application_type "public" means no secret: token_endpoint_auth_method is "none", not "${method}".`;
    return { method: 'none', warnings: [text] };
  }
  if (method === undefined && application_type === 'public') return { method: 'none', warnings: [] };
  return { method: method ?? 'client_secret_basic', warnings: [] };
}

/** Keys alone prove nothing: with the method `none` nobody asks for them. */
function requireConfidential(method: AuthMethod, scopes: readonly Scope[]): void {
  const sensitive = scopes.find((scope) => scope.kind === 'resource' && scope.context !== 'patient');
  if (sensitive && method === 'none') {
    throw new OAuthError('confidential-scope', { received: `${shown(sensitive.text)} for a public client` });
  }
}

/** Where none are named: those that the rest of the registration makes sense with. */
function grantTypesOf(
  { grant_types, redirect_uris }: Metadata,
  method: AuthMethod,
  scopes: readonly Scope[],
): { readonly grantTypes: readonly string[]; readonly warnings: readonly string[] } {
  const hasRedirect = ((redirect_uris ?? []) as readonly string[]).length > 0;
  const named = grant_types as readonly string[] | undefined;
  const implied = [
    ...(hasRedirect ? ['authorization_code'] : []),
    ...(hasRedirect && scopes.some((scope) => scope.text === 'offline_access') ? ['refresh_token'] : []),
    ...(scopes.some((scope) => scope.kind === 'resource' && scope.context === 'system') ? ['client_credentials'] : []),
  ];
  const grantTypes = named ? named.filter((grantType) => knownGrantTypes.includes(grantType)) : implied;
  const warnings = (named ?? [])
    .filter((grantType) => !grantTypes.includes(grantType))
    .map((grantType) => `Grant type ${shown(grantType)} was left out: this server does not have it.`);
  if (grantTypes.length === 0 || (grantTypes.includes('authorization_code') && !hasRedirect)) {
    throw new OAuthError('redirect-uri', {
      description:
        'redirect_uris is needed, unless the client asks for system/ scopes or for grant_types ["client_credentials"].',
      received: 'no redirect_uris',
    });
  }
  if (grantTypes.includes('client_credentials') && method === 'none') {
    throw new OAuthError('confidential-scope', { received: 'client_credentials for a public client' });
  }
  return { grantTypes, warnings };
}
