/** A row of the table of refusals: what the wire says, and what a ticket adds for the client's owner. */
export type Refusal = {
  readonly status: number;
  /** The `error` member. */
  readonly error: string;
  /** The `error_description` member; of a failed authentication always the same. */
  readonly description: string;
  readonly expected: string;
  readonly advice: string;
};

const failedAuthentication =
  'Client authentication failed. The ticket tells the owner of the client which check failed and what to do.';

const unauthenticated = (expected: string, advice: string): Refusal => ({
  status: 401,
  error: 'invalid_client',
  description: failedAuthentication,
  expected,
  advice,
});

const badRequest = (error: string, description: string, expected: string, advice: string): Refusal => ({
  status: 400,
  error,
  description,
  expected,
  advice,
});

const badMetadata = (description: string, expected: string, advice: string): Refusal =>
  badRequest('invalid_client_metadata', description, expected, advice);

/**
 * Every refusal of the gate, in one place: `docs/errors.md` is made from this table. Nothing here depends on the
 * request, so nothing of the request can leak through it.
 */
export const refusals = {
  'unknown-site': {
    status: 404,
    error: 'not_found',
    description: 'There is no such site here. Check the site name in the path, which is "default" on most servers.',
    expected: 'the name of a site of this server',
    advice: 'Read the addresses from {base}/apis/{site}/fhir/.well-known/smart-configuration instead of building them.',
  },
  method: {
    status: 405,
    error: 'invalid_request',
    description: 'This endpoint does not answer to this HTTP method. See the Allow header.',
    expected: 'the method that the Allow header names',
    advice: 'Token, introspection, revocation and registration requests are sent by POST.',
  },
  form: badRequest(
    'invalid_request',
    'The body must be a form: Content-Type: application/x-www-form-urlencoded.',
    'Content-Type: application/x-www-form-urlencoded',
    'Send the parameters as a form in the body, not as JSON and not in the URL.',
  ),
  'repeated-parameter': badRequest(
    'invalid_request',
    'A parameter was sent more than once.',
    'each parameter once, in the body only',
    'Look for a library that adds client_id or scope a second time, or for parameters in the URL as well as in the body.',
  ),
  'too-large': {
    status: 413,
    error: 'invalid_request',
    description: 'The body is larger than 64 kB.',
    expected: 'at most 64 kB',
    advice: 'Register keys by jwks_uri if the key set is what makes the body large.',
  },
  unreadable: badRequest(
    'invalid_request',
    'The request cannot be read.',
    'an HTTP request whose body is as long as its Content-Length says',
    'Look at what really goes over the wire, for instance with curl -v.',
  ),
  unavailable: {
    status: 503,
    error: 'temporarily_unavailable',
    description: 'The database does not answer at the moment. Try again in a few seconds.',
    expected: 'a database that answers',
    advice: 'Try again in a few seconds. If it stays so, the server log says why.',
  },
  failure: {
    status: 500,
    error: 'server_error',
    description: 'Something failed on the server. Its log has the cause.',
    expected: 'a server without this fault',
    advice: 'Tell the administrator the time of the request: the log has the cause.',
  },
  'too-many-refusals': {
    status: 429,
    error: 'temporarily_unavailable',
    description: 'Too many refused requests from this address. Wait as long as the Retry-After header says.',
    expected: 'fewer refused requests a minute',
    advice: 'Open a ticket of an earlier refusal: it says what to change. Repeating the same request does not help.',
  },
  'grant-type-missing': badRequest(
    'invalid_request',
    'grant_type is missing.',
    'grant_type=client_credentials',
    'Add grant_type=client_credentials to the form.',
  ),
  'grant-type-unsupported': badRequest(
    'unsupported_grant_type',
    'This grant type is not supported. The discovery document lists the ones that are.',
    'client_credentials',
    'See grant_types_supported in the discovery document.',
  ),
  'grant-type-not-allowed': badRequest(
    'unauthorized_client',
    'The client is not registered for this grant type.',
    'a grant type the client was registered with',
    'Register a client whose grant_types include client_credentials; a client with system/ scopes gets it by default.',
  ),
  'several-authentications': badRequest(
    'invalid_request',
    'The client authenticates in more than one way at once.',
    'one of: client_assertion, client_secret, Authorization: Basic',
    'Leave out the client secret (or the Authorization header) when you send a client_assertion.',
  ),
  'assertion-missing': badRequest(
    'invalid_request',
    'client_assertion is missing: this grant takes a signed assertion (private_key_jwt).',
    'client_assertion and client_assertion_type in the form',
    'Sign a JWT with the private half of a registered key and send it as client_assertion. A client secret does not open records without a user.',
  ),
  'assertion-type': badRequest(
    'invalid_request',
    'client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer.',
    'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    'Send exactly this value, form-encoded once.',
  ),
  'authentication-missing': unauthenticated(
    'client_assertion, or client_id and client_secret in the form or by HTTP Basic',
    'Add the client authentication to the request.',
  ),
  'client-unknown': unauthenticated(
    'the client_id that the registration returned',
    'Compare sub (or client_id) with the client_id of your registration, and the server you registered at with this one.',
  ),
  'client-pending': unauthenticated(
    'approved',
    'The client waits for an administrator. Ask for approval; registration_client_uri tells the status.',
  ),
  'client-suspended': unauthenticated(
    'approved',
    'An administrator suspended this client. Ask the administrator; nothing in the request can change it.',
  ),
  'client-revoked': unauthenticated(
    'approved',
    'An administrator revoked this client for good. Register a new one if it should go on.',
  ),
  'client-id': unauthenticated(
    'the client_id of the assertion, or none',
    'Leave client_id out of the form, or send the one that stands in the assertion.',
  ),
  'secret-none': unauthenticated(
    'a client with a secret',
    'The client was registered without a secret: authenticate with a client_assertion.',
  ),
  'secret-wrong': unauthenticated(
    'the client_secret that the registration returned',
    'Send the secret as it was returned. A lost secret cannot be shown again: register anew.',
  ),
  'assertion-malformed': unauthenticated(
    'a JWT: header.payload.signature, each in base64url without padding',
    'Check that nothing cut the assertion, and that it is sent once, form-encoded, without quotes or line breaks.',
  ),
  'assertion-typ': unauthenticated('"typ": "JWT"', 'Set typ to JWT in the header of the assertion, or leave it out.'),
  'assertion-alg': unauthenticated(
    'RS384 or ES384',
    'Sign with RS384 (RSA key) or ES384 (EC key on P-384). RS256, HS256 and "none" are never taken.',
  ),
  'assertion-kid': unauthenticated(
    'the kid of a registered key',
    'Put the kid of the key into the header of the assertion, just as it stands in the registered JWKS.',
  ),
  'assertion-jku': unauthenticated(
    'no jku, or the registered jwks_uri; no x5u, jwk or crit',
    'Leave these members out of the header: keys come from the registration only, and are never fetched from elsewhere.',
  ),
  'keys-none': unauthenticated(
    'a client with registered keys',
    'The client has no keys. Register with jwks (or jwks_uri); the public half of your key is what belongs there.',
  ),
  'keys-unavailable': unauthenticated(
    'a JWKS at the registered jwks_uri',
    'Open jwks_uri from outside of your network: it must answer 200 with JSON over https, without redirect, within 5 s.',
  ),
  'key-unknown': unauthenticated(
    'the kid of a registered key',
    'Send the kid of a registered key. After a rotation, publish the new key before you sign with it.',
  ),
  'key-algorithm': unauthenticated(
    'an alg that fits the key: RS384 for RSA, ES384 for EC on P-384',
    'Use the algorithm of the key that kid names.',
  ),
  signature: unauthenticated(
    'a signature by the private half of the key that kid names',
    'The key pair does not match: the registered public key and the signing key are two different ones, or the assertion was changed after signing.',
  ),
  'assertion-iss': unauthenticated(
    'the client_id in both',
    'Set both iss and sub to the client_id. iss is not a URL here.',
  ),
  'assertion-aud': unauthenticated(
    'the token URL',
    'Set aud to the token URL, character by character: not the FHIR base, not the redirect URI, and no second audience.',
  ),
  'exp-missing': unauthenticated('seconds since 1970, a number', 'Set exp to now plus at most 300, in seconds.'),
  'exp-past': unauthenticated(
    'a time to come',
    'Make a new assertion for each request. If it was new, your clock is behind: set it by NTP.',
  ),
  'exp-far': unauthenticated(
    'at most 300 s ahead',
    'Set exp to now plus at most 300 seconds: seconds, not milliseconds. If it was so, your clock is ahead: set it by NTP.',
  ),
  'assertion-early': unauthenticated(
    'a time not in the future',
    "nbf or iat is still to come by this server's clock: set your clock by NTP, or leave them out.",
  ),
  'jti-missing': unauthenticated(
    'a text nobody used before',
    'Set jti to a new random value for each assertion, such as a UUID. It is yours to invent.',
  ),
  'jti-long': unauthenticated('at most 256 characters', 'A UUID is enough for a jti.'),
  'jti-used': unauthenticated(
    'a jti that was not used before',
    'Each assertion is good for one request: make a new one, with a new jti, for every token. If you made none twice, somebody else has seen one of yours.',
  ),
  'scope-missing': badRequest(
    'invalid_scope',
    'scope is missing: say what the token is for, such as scope=system/Patient.rs.',
    'scopes separated by spaces',
    'Add scope to the form, with scopes the client was approved for.',
  ),
  'scope-malformed': badRequest(
    'invalid_scope',
    'scope holds characters that no scope has, or is too long.',
    'scopes of printable ASCII, separated by single spaces',
    'Separate scopes by spaces (encoded as + or %20), not by commas or line breaks.',
  ),
  'scope-none': badRequest(
    'invalid_scope',
    'None of the requested scopes can be granted. Only approved system/ scopes can, without a user.',
    'at least one approved system/ scope',
    'Ask for scopes the client was approved for; patient/, user/ and identity scopes need a user and are left out here.',
  ),
  'token-missing': badRequest(
    'invalid_request',
    'token is missing.',
    'token=… in the form',
    'Add the token to the form of the body.',
  ),
  'bearer-missing': {
    status: 401,
    error: 'invalid_request',
    description: 'An access token is needed: Authorization: Bearer {access_token}.',
    expected: 'Authorization: Bearer {access_token}',
    advice: 'Get an access token from the token endpoint first.',
  },
  'bearer-invalid': {
    status: 401,
    error: 'invalid_token',
    description: 'The access token is unknown here, expired or revoked. Get a new one from the token endpoint.',
    expected: 'a live access token of this site',
    advice:
      'Access tokens live for 300 s unless the site says otherwise: get a new one. An id_token is no access token.',
  },
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
    'system/ and user/ scopes are for clients that can keep a secret: register keys or a token_endpoint_auth_method with a secret.',
    'jwks, jwks_uri or a client secret',
    'Add jwks with the public half of a key, or ask for patient/ scopes only.',
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
  'admin-token': {
    status: 401,
    error: 'invalid_token',
    description: 'An admin token is needed. On the same machine it stands in admin.json of the data directory.',
    expected: 'Authorization: Bearer {admin token}',
    advice: 'A SMART access token never opens this API, whatever its scopes.',
  },
  'admin-request': badRequest(
    'invalid_request',
    'The request cannot be understood.',
    'a request as the description says',
    'Correct what the description names.',
  ),
  'admin-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no such client, ticket or path here.',
    expected: 'an id that the lists show',
    advice: 'GET the list first.',
  },
  'admin-scope': badRequest(
    'invalid_scope',
    'A scope was to be granted that the client did not ask for.',
    'a part of the scopes that the client asked for',
    'Grant fewer scopes than were asked for, never more.',
  ),
  'client-state': {
    status: 409,
    error: 'invalid_request',
    description: 'The client is in a state that does not allow this.',
    expected: 'pending → approved → suspended → revoked; suspended → approved',
    advice: 'GET the client to see its status. A revoked client stays revoked: register a new one.',
  },
  package: {
    status: 422,
    error: 'invalid_package',
    description: 'The body is no FHIR package that can be installed.',
    expected: 'the .tgz of a FHIR package for R4',
    advice: 'Correct what the description names, or fetch the package again.',
  },
  'package-there': {
    status: 409,
    error: 'invalid_request',
    description: 'A package of this name and version is installed, with another content.',
    expected: 'a package that is not installed yet',
    advice: 'Add replace=true (chartgate ig add --replace) where the other content is meant to go.',
  },
} satisfies Record<string, Refusal>;

export type RefusalCode = keyof typeof refusals;
