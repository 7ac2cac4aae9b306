import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a second factor, or with the making of one. Most of it is read by people. */
export const secondFactorRefusals = {
  'second-factor-missing': {
    status: 403,
    error: 'invalid_credentials',
    description: 'A second factor is asked for: a code of the authenticator app, a recovery code or a passkey.',
    expected: 'one of totp, recovery_code and passkey',
    advice: 'Send one of the second factors that the account has along.',
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
