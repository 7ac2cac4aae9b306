import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a second factor, or with the making of one. Most of it is read by people. */
export const secondFactorRefusals = {
  'sign-in-needed': {
    status: 401,
    error: 'login_required',
    description: 'You are not signed in, or were not active for too long.',
    expected: 'the session of somebody who signed in: a session token as Bearer, in a browser its cookie',
    advice: 'Sign in again. An access token of an app opens no account.',
  },
  'step-up-needed': {
    status: 403,
    error: 'login_required',
    description: 'Your sign-in is too old for this: show your password once more.',
    expected: 'a sign-in in the last 10 minutes, or the password',
    advice: 'Send the password along, or sign in again.',
  },
  'account-request': badRequest(
    'invalid_request',
    'The request cannot be understood.',
    'a JSON object with the members that the description names',
    'Send Content-Type: application/json and the members that the endpoint knows, no others.',
  ),
  'too-many-requests': {
    status: 429,
    error: 'temporarily_unavailable',
    description: 'This was asked for too often. Wait as long as the Retry-After header says.',
    expected: 'fewer requests',
    advice: 'Wait, then try again. Mails that were sent already are good for as long as they say.',
  },
  'second-factor-missing': {
    status: 403,
    error: 'invalid_credentials',
    description: 'A second factor is asked for: a code of the authenticator app, a recovery code or a passkey.',
    expected: 'one of totp, recovery_code and passkey',
    advice: 'Send one of the second factors that the account has along.',
  },
  'second-factor-wrong': {
    status: 401,
    error: 'invalid_credentials',
    description: 'This was not right.',
    expected: 'what one of the account’s second factors shows now',
    advice: 'Try again with a new code.',
  },
  'factor-tries': {
    status: 429,
    error: 'temporarily_unavailable',
    description: 'Too many codes were tried. Wait as long as the Retry-After header says.',
    expected: 'fewer wrong codes',
    advice: 'Wait a little, and try the code that the app shows then. Nothing is locked for good.',
  },
  'totp-there': {
    status: 409,
    error: 'invalid_request',
    description: 'There is an authenticator app already. Remove it first.',
    expected: 'an account without an authenticator app',
    advice: 'Remove the old one, with a code of it or a recovery code, then add the new one.',
  },
  'totp-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no authenticator app here, or its set-up took too long.',
    expected: 'an authenticator app, or a set-up of the last 15 minutes',
    advice: 'Begin the set-up again.',
  },
  'passkey-wrong': badRequest(
    'invalid_passkey',
    'The passkey did not work.',
    'an answer of a passkey for this server, to a challenge of the last 5 minutes, with the user verified',
    'Try again. Where it stays so, sign in with the password, and add the passkey anew.',
  ),
  'passkey-limit': {
    status: 409,
    error: 'invalid_request',
    description: 'This passkey is known already, or there are too many.',
    expected: 'a new passkey, and at most 20 an account',
    advice: 'Remove one that is no longer used.',
  },
  'passkey-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no such passkey here.',
    expected: 'a passkey_id that the list shows',
    advice: 'GET the list first.',
  },
  'recovery-codes-alone': {
    status: 409,
    error: 'invalid_request',
    description: 'Recovery codes are for accounts with an authenticator app or a passkey.',
    expected: 'an account with an authenticator app or a passkey',
    advice: 'Add an authenticator app or a passkey: the codes come with it.',
  },
} satisfies Record<string, Refusal>;
