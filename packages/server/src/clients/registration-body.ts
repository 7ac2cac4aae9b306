import { check } from '../oauth/endpoint.ts';
import type { Exchange } from '../oauth/exchange.ts';
import { type JsonObject, readJsonObject } from '../oauth/json.ts';
import { OAuthError, shown } from '../oauth/oauth-error.ts';
import { type Registration, readRegistration } from './client-metadata.ts';
import { readSoftwareStatement } from './software-statement.ts';

/** What the body of a registration, or of its replacement, says. */
export type RegistrationBody = {
  /** As it was sent. */
  readonly body: JsonObject;
  readonly statementIssuer?: string;
  /** The members that the software statement names. */
  readonly stated?: readonly string[];
  readonly registration?: Registration;
};

const bodies = new WeakMap<Exchange, RegistrationBody>();

/** What the checks have read of the body. */
export function bodyOf(x: Exchange): RegistrationBody {
  const found = bodies.get(x);
  if (!found) throw new TypeError('No check has read the body yet');
  return found;
}

export function registrationOf(x: Exchange): Registration {
  const { registration } = bodyOf(x);
  if (!registration) throw new TypeError('No check has read the metadata yet');
  return registration;
}

/** What this server says of a client, and what of it is a question and no metadata: read elsewhere, or nowhere. */
const notMetadata: readonly string[] = [
  'software_statement',
  'client_assertion',
  'keys_overlap',
  'client_id',
  'client_secret',
  'client_secret_expires_at',
  'client_id_issued_at',
  'client_role',
  'registration_access_token',
  'registration_client_uri',
  'status',
  'reason',
  'messages',
  'warnings',
  'granted_scope',
  'approval_expires_at',
];

export const limitRegistrations = check('not too many registrations', ({ gate, request }) => {
  const wait = gate.registrations.wait(request.remoteAddress);
  if (wait > 0) throw new OAuthError('too-many-registrations', { headers: { 'retry-after': String(wait) } });
});

export const requireJsonObject = check('body is a JSON object', (x) => {
  const type = x.request.headers['content-type'];
  if (!/^application\/([\w.-]+\+)?json\b/i.test(type ?? '')) {
    throw new OAuthError('json-body', { received: `Content-Type: ${shown(type)}` });
  }
  const body = readJsonObject(x.request.body);
  if (typeof body === 'string')
    throw new OAuthError('json-body', { description: body, received: 'an unreadable body' });
  bodies.set(x, { body });
});

/**
 * Reads the metadata. What the software statement says goes before what the body says (RFC 7591 section 2.3), and the
 * statement is kept with the client, as it must be shown again.
 */
export const requireStatement = check('software statement is signed by a trusted issuer', async (x) => {
  const { body } = bodyOf(x);
  const { software_statement: text } = body;
  if (text === undefined || text === null) return;
  const { issuer, claims } = await readSoftwareStatement(x, text);
  const stated = Object.keys(claims);
  bodies.set(x, { body: { ...body, ...claims, software_statement: text }, statementIssuer: issuer, stated });
});

export const requireMetadata = check('client metadata can be used', (x) => {
  const found = bodyOf(x);
  const { software_statement } = found.body;
  const stated = found.statementIssuer === undefined ? {} : { software_statement };
  const sent = Object.fromEntries(Object.entries(found.body).filter(([name]) => !notMetadata.includes(name)));
  const registration = readRegistration(sent, x.gate.config.allowLoopbackJwks);
  bodies.set(x, { ...found, registration: { ...registration, metadata: { ...registration.metadata, ...stated } } });
});
