import { badRequest, type Refusal } from './refusal.ts';

const failed = 'The user could not be signed in.';

/** What is wrong with a request of the password grant. */
export const passwordRefusals = {
  'password-off': badRequest(
    'unsupported_grant_type',
    'The password grant is switched off here, or off for this user_role.',
    'the setting password_grant of the site: users, patient or both',
    'Use authorization_code with PKCE: the user signs in at this server, and the app never sees a password. An administrator can change the setting.',
  ),
  'password-parameter': badRequest(
    'invalid_request',
    'A parameter of the password grant is missing or cannot be read.',
    'user_role (users or patient), username and password; email as well for user_role=patient',
    'Add to the form of the body what the ticket names.',
  ),
  'password-failed': badRequest(
    'invalid_grant',
    failed,
    'username and password of an active account; for user_role=patient its e-mail address as well',
    'Let the user type them once more. Whether the name, the password or the address is wrong is told to nobody.',
  ),
  'password-role': badRequest(
    'invalid_grant',
    failed,
    'user_role=users for those who work here, user_role=patient for patients',
    'Send the user_role that the account has.',
  ),
  'mfa-missing': {
    status: 401,
    error: 'mfa_token_invalid',
    description: 'The account asks for a second factor: mfa_token is missing.',
    expected: 'mfa_token: the code that the authenticator app shows now',
    advice: "Ask the user for the code of the authenticator app, and send it as mfa_token with the user's password.",
  },
  'mfa-wrong': {
    status: 401,
    error: 'mfa_token_invalid',
    description: 'mfa_token is wrong, or was used before.',
    expected: 'mfa_token: the code that the authenticator app shows now',
    advice: 'Each code is good once: wait for the next one. If none is right, set the clock of the authenticator.',
  },
  'mfa-kind': {
    status: 403,
    error: 'mfa_not_supported',
    description: 'The second factor of this account cannot be shown to the password grant.',
    expected: 'an account with an authenticator app',
    advice: 'Use authorization_code with PKCE: the page of the sign-in takes every second factor.',
  },
  'password-scope': badRequest(
    'invalid_scope',
    'None of the requested scopes can be granted to this user.',
    'at least one scope that the client was approved for and that the user can give',
    'Ask for scopes the client was approved for. patient/ scopes need a patient with a record; system/ scopes are for client_credentials.',
  ),
} satisfies Record<string, Refusal>;
