import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a scope or a token. */
export const scopeRefusals = {
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
} satisfies Record<string, Refusal>;
