import { badRequest, type Refusal, unauthenticated } from './refusal.ts';

const invalidGrant = (description: string, expected: string, advice: string): Refusal =>
  badRequest('invalid_grant', description, expected, advice);

const noCode = 'The authorization code is unknown, expired or was used before.';
const noRefreshToken = 'The refresh token is unknown, expired or revoked.';

/** What is wrong with an authorization code or a refresh token. On the wire nothing tells whose it is. */
export const grantRefusals = {
  'code-missing': badRequest(
    'invalid_request',
    'code is missing.',
    'the code that came with the redirect',
    'Add code, redirect_uri and code_verifier to the form.',
  ),
  'code-unknown': invalidGrant(
    noCode,
    'a code of this server that is still good',
    'Send the code as it came in the address of the redirect, decoded once and encoded once. The user may also have taken the permission back since.',
  ),
  'code-client': invalidGrant(
    noCode,
    'a code that was given to this client',
    'Use the code with the client_id that asked for it.',
  ),
  'code-used': invalidGrant(
    noCode,
    'a code that was not tried before',
    'A code is good for one try, right or wrong. All tokens that it gave were revoked now: somebody may have copied it. Start a new authorization, and look for code that exchanges twice.',
  ),
  'code-expired': invalidGrant(
    noCode,
    'an exchange right after the redirect',
    'Exchange the code as soon as it arrives. The setting code_lifetime says how long it is good.',
  ),
  'code-redirect': invalidGrant(
    'redirect_uri is not the one of the authorization request.',
    'the redirect_uri of the authorization request, character by character',
    'Send the same redirect_uri in both requests.',
  ),
  'verifier-missing': invalidGrant(
    'code_verifier is missing. The code is used up.',
    'the code_verifier whose hash was the code_challenge',
    'Add the code_verifier that you made for this authorization request, and start a new one.',
  ),
  'verifier-malformed': invalidGrant(
    'code_verifier must be 43 to 128 characters of A-Z, a-z, 0-9, "-", ".", "_", "~". The code is used up.',
    '43 to 128 unreserved characters',
    'Make the code_verifier of 32 random bytes in base64url, and start a new authorization.',
  ),
  'verifier-wrong': invalidGrant(
    'code_verifier does not fit the code_challenge. The code is used up.',
    'a code_verifier with BASE64URL(SHA-256(code_verifier)) = code_challenge',
    'Keep the code_verifier beside state, one for each authorization request, and send it itself, not its hash.',
  ),
  'verifier-unexpected': invalidGrant(
    'code_verifier does not belong to this code, whose request had no code_challenge. The code is used up.',
    'no code_verifier, or a code_challenge in the authorization request',
    'Send code_challenge and code_challenge_method=S256 to the authorization endpoint. If the app did, somebody took them away on the way.',
  ),
  'refresh-missing': badRequest(
    'invalid_request',
    'refresh_token is missing.',
    'refresh_token=… in the form',
    'Add the refresh_token of the last token response.',
  ),
  'refresh-unknown': invalidGrant(
    noRefreshToken,
    'the refresh_token of the last token response',
    'Keep the refresh_token of each response: it takes the place of the one before. If it was the last one, the user or an administrator has revoked it: start a new authorization.',
  ),
  'refresh-client': invalidGrant(
    noRefreshToken,
    'a refresh token that was given to this client',
    'Use the refresh token with the client_id that it was given to.',
  ),
  'refresh-spent': invalidGrant(
    noRefreshToken,
    'a refresh token that was not replaced yet',
    'This token was replaced before, so somebody may have copied it: all tokens of this authorization were revoked now. Store the new refresh_token of each response before you use its access token, and start a new authorization.',
  ),
  'refresh-raced': invalidGrant(
    noRefreshToken,
    'one refresh at a time',
    'Another request with this token was faster. Refresh in one place of the app, and use the refresh_token that it got.',
  ),
  'refresh-expired': invalidGrant(
    noRefreshToken,
    'a use within the lifetime of the refresh token',
    'The token was not used for too long. Start a new authorization; refresh more often to keep it alive.',
  ),
  'refresh-session': invalidGrant(
    noRefreshToken,
    'a user who is still signed in',
    'With online_access, access ends when the user signs out. Ask for offline_access to keep it.',
  ),
  'refresh-unproven': unauthenticated(
    'the client_secret, as in every other request of the client',
    'This refresh was let through all the same, for the site has compatibility: openemr. Send the client_secret with each refresh: without it, whoever copies a refresh token can use it, and a standard server refuses.',
  ),
  'refresh-scope': badRequest(
    'invalid_scope',
    'scope names what was not granted: a refresh can only narrow it.',
    'a part of the scope that was granted',
    'Leave scope out to keep what was granted. For more, start a new authorization.',
  ),
} satisfies Record<string, Refusal>;
