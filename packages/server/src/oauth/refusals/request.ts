import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a request before anybody looks at what it asks for. */
export const requestRefusals = {
  'unknown-site': {
    status: 404,
    error: 'not_found',
    description: 'There is no such site here. Check the site name in the path, which is "default" on most servers.',
    expected: 'the name of a site of this server',
    advice: 'Read the addresses from {base}/apis/{site}/fhir/.well-known/smart-configuration instead of building them.',
  },
  'unknown-endpoint': {
    status: 404,
    error: 'not_found',
    description: 'There is no such endpoint here. The discovery document lists the ones that are.',
    expected: 'an address of the discovery document',
    advice: 'Read the addresses from {base}/oauth2/{site}/.well-known/openid-configuration instead of building them.',
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
  'form-token': {
    status: 403,
    error: 'invalid_request',
    description: 'This form was not opened in this browser, or too long ago.',
    expected: 'the form_token of a page that this browser was shown',
    advice: 'Go back, load the page again, and send it once more. Cookies must be allowed.',
  },
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
  dpop: badRequest(
    'invalid_request',
    'DPoP is not offered: tokens of this server are bearer tokens.',
    'no header DPoP',
    'Leave the proof out, as discovery names no dpop_signing_alg_values_supported, and use the token as Bearer.',
  ),
} satisfies Record<string, Refusal>;
