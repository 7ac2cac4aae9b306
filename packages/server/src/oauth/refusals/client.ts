import { badRequest, type Refusal, unauthenticated } from './refusal.ts';

/** What is wrong with how a client shows who it is, or with the grant that it asks for. */
export const clientRefusals = {
  'grant-type-missing': badRequest(
    'invalid_request',
    'grant_type is missing.',
    'grant_type=authorization_code, refresh_token or client_credentials',
    'Add grant_type to the form.',
  ),
  'grant-type-unsupported': badRequest(
    'unsupported_grant_type',
    'This grant type is not supported. The discovery document lists the ones that are.',
    'authorization_code, refresh_token or client_credentials',
    'See grant_types_supported in the discovery document.',
  ),
  'grant-type-not-allowed': badRequest(
    'unauthorized_client',
    'The client is not registered for this grant type.',
    'a grant type the client was registered with',
    'Register a client whose grant_types include it. Left out, they follow from the rest: authorization_code with redirect_uris, client_credentials with system/ scopes.',
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
    'the client_id of the assertion or of the Authorization header, or none',
    'Leave client_id out of the form, or send the one that stands in the assertion (or in the Authorization header).',
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
} satisfies Record<string, Refusal>;
