import { badRequest, type Refusal } from './refusal.ts';

const invalid = (description: string, expected: string, advice: string): Refusal =>
  badRequest('invalid_request', description, expected, advice);

/** For a person: what happened on the page. What the app has to mend stands in the ticket. */
const askTheApp = 'Tell those who make the app; the reference number leads them to the cause.';

/**
 * What is wrong with a request of the authorization endpoint. Before the client and its redirect URI are known to be
 * good, these are pages; afterwards the app is told.
 */
export const authorizationRefusals = {
  'authorize-client': invalid('This app is not known here.', 'the client_id that the registration returned', askTheApp),
  'authorize-disabled': {
    status: 403,
    error: 'unauthorized_client',
    description: 'The administrator of this site has not enabled the app.',
    expected: 'approved',
    advice: 'Ask the administrator of this site to enable the app, then start again from the app.',
  },
  'authorize-redirect': invalid(
    'The app wants to be called back at an address that it is not registered with.',
    'one of the registered redirect_uris, character by character',
    askTheApp,
  ),
  'authorize-grant': badRequest(
    'unauthorized_client',
    'The client is not registered for the authorization code grant.',
    'authorization_code among the grant_types of the client',
    'Register a client with redirect_uris and with authorization_code among its grant_types.',
  ),
  'authorize-response-type': badRequest(
    'unsupported_response_type',
    'response_type must be code.',
    'response_type=code',
    'Use the authorization code grant with PKCE. Tokens are not given in addresses.',
  ),
  'authorize-response-mode': invalid(
    'response_mode must be query.',
    'response_mode=query, or none',
    'Leave response_mode out.',
  ),
  'authorize-object': badRequest(
    'request_not_supported',
    'Request objects are not supported: send the parameters themselves.',
    'no request and no request_uri',
    'Leave out request and request_uri, and send each parameter by itself.',
  ),
  'authorize-parameter': invalid(
    'A parameter is too long, or holds characters that it must not hold.',
    'state of at most 2048 printable characters; nonce, login_hint of at most 512',
    'Send a random text of some 32 characters; keep in the app what belongs to it.',
  ),
  'pkce-missing': invalid(
    'code_challenge is missing: PKCE is needed.',
    'code_challenge (43 characters of base64url) and code_challenge_method=S256',
    'Make a new code_verifier for each request and send BASE64URL(SHA-256(code_verifier)) as code_challenge.',
  ),
  'pkce-method': invalid(
    'code_challenge_method must be S256.',
    'code_challenge_method=S256',
    'Send code_challenge_method=S256; plain is never taken, and it is what a missing method means.',
  ),
  'pkce-malformed': invalid(
    'code_challenge must be 43 characters of base64url.',
    'BASE64URL(SHA-256(code_verifier)), 43 characters without padding',
    'Hash the code_verifier to bytes, not to hex, and encode them in base64url without "=".',
  ),
  'aud-missing': invalid(
    'aud is missing: name the FHIR server that the token is for.',
    'aud, the base URL of the FHIR server',
    'Add aud with the base URL of the FHIR API, the one that you call; not the token URL, not the issuer.',
  ),
  'aud-wrong': invalid(
    'aud is not the FHIR server of this site.',
    'the base URL of the FHIR server of this site',
    'Send the base URL of the FHIR API of this site as aud. Whoever sent the app here may have meant another server.',
  ),
  'authorize-scope-missing': badRequest(
    'invalid_scope',
    'scope is missing.',
    'scopes separated by spaces',
    'Add scope, such as launch/patient patient/Patient.rs, with scopes the client was approved for.',
  ),
  'authorize-scope-malformed': badRequest(
    'invalid_scope',
    'scope holds characters that no scope has, or is too long.',
    'scopes of printable ASCII, separated by single spaces, at most 20000 characters',
    'Separate scopes by spaces (encoded as + or %20), not by commas or line breaks.',
  ),
  'authorize-scope-none': badRequest(
    'invalid_scope',
    'None of the requested scopes can be granted.',
    'at least one scope that the client was approved for and that a user can give',
    'Ask for scopes the client was approved for; system/ scopes are for client_credentials.',
  ),
  'authorize-prompt': invalid(
    'prompt or max_age cannot be understood.',
    'prompt: none alone, or of login, consent, select_account; max_age: seconds',
    'Leave prompt and max_age out unless you need them.',
  ),
  'launch-scope': badRequest(
    'invalid_scope',
    'A launch value needs the scope launch.',
    'launch among the scopes that are asked for and approved',
    'Register and ask for the scope launch, or leave the launch value out.',
  ),
  'launch-unknown': invalid(
    'This launch is unknown here, was used before, took too long, or is of another app.',
    'a launch value that this server gave for this client and that is still good',
    'Pass on the launch value as it came, once, to the server that iss names. Start again from the record system.',
  ),
  'launch-account': badRequest(
    'access_denied',
    'This launch was made by another user than the one who is signed in.',
    'the user who launched the app',
    'Sign out, sign in as the user who works in the record system, and launch the app again from there.',
  ),
  'launch-patient': badRequest(
    'access_denied',
    'The record that is open in the record system is not one of this user.',
    'a patient whose record the user may see',
    'Open a record of your own and launch the app again.',
  ),
  'login-required': badRequest(
    'login_required',
    'The user must sign in, and prompt=none forbids to ask.',
    'a user who is signed in',
    'Send the request again without prompt=none.',
  ),
  'consent-required': badRequest(
    'consent_required',
    'The user must decide about the app, and prompt=none forbids to ask.',
    'a user who allowed these scopes before',
    'Send the request again without prompt=none.',
  ),
  'interaction-required': badRequest(
    'interaction_required',
    'The user must pick a patient, and prompt=none forbids to ask.',
    'a launch with a patient, or a user with a single record',
    'Send the request again without prompt=none.',
  ),
  'consent-refused': badRequest(
    'access_denied',
    'The user did not allow the app to go on.',
    'at least one scope that the user allows',
    'Nothing is wrong with the request. Tell the user what the app needs, and why, before asking again.',
  ),
  'too-many-authorizations': {
    status: 429,
    error: 'temporarily_unavailable',
    description: 'Too many sign-ins were begun from this network.',
    expected: 'fewer requests a minute',
    advice: 'Wait a minute and start again from the app.',
  },
} satisfies Record<string, Refusal>;
