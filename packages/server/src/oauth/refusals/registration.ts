import { badRequest, type Refusal } from './refusal.ts';

const badMetadata = (description: string, expected: string, advice: string): Refusal =>
  badRequest('invalid_client_metadata', description, expected, advice);

/** What is wrong with the registration of a client, or with what its owner asks later. */
export const registrationRefusals = {
  'json-body': badMetadata(
    'The body must be a JSON object: Content-Type: application/json.',
    'Content-Type: application/json and a JSON object',
    'Send the client metadata of RFC 7591 as JSON.',
  ),
  metadata: badMetadata(
    'A member of the client metadata cannot be used.',
    'client metadata as RFC 7591 describes it',
    'Correct the member that the description names.',
  ),
  'redirect-uri': badRequest(
    'invalid_redirect_uri',
    'A redirect URI cannot be used.',
    'https URIs without fragment, wildcard or user name; http only for localhost',
    'Register each redirect URI exactly as the app will send it.',
  ),
  jwks: badMetadata(
    'The key set cannot be used.',
    'public keys: RSA of at least 2048 bits, or EC on P-384',
    'Make a key pair with `chartgate keys new` and register what it prints.',
  ),
  'confidential-scope': badMetadata(
    'system/ and user/ scopes are for clients that prove who they are: token_endpoint_auth_method must be private_key_jwt or one with a secret, not none.',
    'private_key_jwt with jwks or jwks_uri, or a client secret',
    'Register with private_key_jwt and the public half of a key, or ask for patient/ scopes only.',
  ),
  'too-many-registrations': {
    status: 429,
    error: 'temporarily_unavailable',
    description: 'Too many registrations. Wait as long as the Retry-After header says.',
    expected: 'fewer registrations a minute',
    advice: 'Register a client once and keep its client_id: it does not expire.',
  },
  'registration-token': {
    status: 401,
    error: 'invalid_token',
    description: 'The registration access token does not fit this client, or there is no such client.',
    expected: 'the registration_access_token of this client',
    advice: 'Send the registration_access_token that came with the registration, as a Bearer token.',
  },
  'ticket-token': {
    status: 401,
    error: 'invalid_token',
    description:
      'A ticket is for the owner of the client (Bearer registration_access_token) or an administrator. This token is neither, or there is no such ticket.',
    expected: 'the registration_access_token of the client, or an admin token',
    advice: 'Send the registration_access_token that came with the registration, as a Bearer token.',
  },
  'ticket-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no such ticket. Tickets are kept for some days, and the latest ones of each client only.',
    expected: 'the id of a ticket that is still kept',
    advice: 'Repeat the refused request: it makes a new ticket.',
  },
} satisfies Record<string, Refusal>;
