import { OAuthError, UnexpectedAnswer } from './errors.ts';
import { type CallOptions, exchange, isObject } from './http.ts';
import type { Jwks } from './keys.ts';

/** A registered client as the server describes it. `status` is Chartgate's word for where its approval stands. */
export type Registration = {
  readonly clientId: string;
  readonly registrationAccessToken?: string;
  readonly registrationClientUri?: string;
  readonly status?: string;
  readonly scope?: string;
  readonly grantedScope?: string;
  readonly reason?: string;
  readonly warnings: readonly string[];
};

/** What a backend service asks for. */
export type BackendService = {
  readonly name: string;
  readonly scope: string;
  readonly jwks: Jwks;
  readonly contacts?: readonly string[];
};

/**
 * Registers a backend service that signs its assertions.
 * @throws {OAuthError} `invalid_client_metadata`, `invalid_redirect_uri`, …
 * @see https://www.rfc-editor.org/rfc/rfc7591#section-3
 */
export async function register(
  endpoint: string,
  service: BackendService,
  options: CallOptions = {},
): Promise<Registration> {
  const first = await post(endpoint, metadata(service, 'private_key_jwt'), options);
  if (first.ok) return registrationFrom(endpoint, first);
  // OpenEMR up to 7.0.2 does not know private_key_jwt by name, yet takes signed assertions from such a client.
  const again = first.status === 400 && /token_endpoint_auth_method/.test(JSON.stringify(first.body ?? null));
  return registrationFrom(
    endpoint,
    again ? await post(endpoint, metadata(service, 'client_secret_post'), options) : first,
  );
}

/**
 * Reads a registration, to see whether the client has been approved.
 * @throws {OAuthError} 401 when the server no longer knows it
 * @see https://www.rfc-editor.org/rfc/rfc7592#section-2.1
 */
export async function readRegistration(uri: string, token: string, options: CallOptions = {}): Promise<Registration> {
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
  const { response, body } = await exchange(uri, { headers }, options);
  return registrationFrom(uri, { ok: response.ok, status: response.status, body });
}

type Answer = { readonly ok: boolean; readonly status: number; readonly body: unknown };

async function post(endpoint: string, body: object, options: CallOptions): Promise<Answer> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await exchange(endpoint, init, options);
  return { ok: answer.response.ok, status: answer.response.status, body: answer.body };
}

/** Standard members, and the two that OpenEMR cannot do without: `application_type` private and a redirect URI. */
function metadata(service: BackendService, method: string) {
  return {
    application_type: 'private',
    client_name: service.name.slice(0, 80),
    redirect_uris: ['https://localhost/not-used'],
    token_endpoint_auth_method: method,
    grant_types: ['client_credentials'],
    response_types: [],
    scope: service.scope,
    jwks: service.jwks,
    ...(service.contacts ? { contacts: service.contacts } : {}),
  };
}

function registrationFrom(endpoint: string, answer: Answer): Registration {
  const { body } = answer;
  if (!answer.ok) {
    if (isObject(body) && typeof body.error === 'string') throw new OAuthError(endpoint, answer.status, body);
    throw new UnexpectedAnswer(endpoint, answer.status, 'expected a registered client, or an OAuth error in JSON');
  }
  if (!isObject(body) || typeof body.client_id !== 'string') {
    throw new UnexpectedAnswer(endpoint, answer.status, 'expected client_id');
  }
  return {
    clientId: body.client_id,
    ...text('registrationAccessToken', body.registration_access_token),
    ...text('registrationClientUri', body.registration_client_uri),
    ...text('status', body.status),
    ...text('scope', body.scope),
    ...text('grantedScope', body.granted_scope),
    ...text('reason', body.reason),
    warnings: Array.isArray(body.warnings) ? body.warnings.map(String) : [],
  };
}

function text<K extends string>(name: K, value: unknown): { readonly [P in K]?: string } {
  return (typeof value === 'string' && value !== '' ? { [name]: value } : {}) as { readonly [P in K]?: string };
}
