import { badRequest, type Refusal } from './refusal.ts';

/** Why a client is not let in, or not changed, as it was asked. */
export const approvalRefusals = {
  'registration-closed': {
    status: 403,
    error: 'access_denied',
    description: 'Nobody can register a client here by this endpoint.',
    expected: 'the setting registration to be open or token',
    advice: "Ask the site's administrators.",
  },
  'initial-access-token': {
    status: 401,
    error: 'invalid_token',
    description: 'An initial access token is needed that is known, not expired and not used up.',
    expected: 'Authorization: Bearer {initial access token}',
    advice: "Ask the site's administrators for an initial access token.",
  },
  'policy-reject': badRequest(
    'invalid_client_metadata',
    'The approval policy of this site refuses such clients.',
    'a registration that the policy does not refuse',
    "Ask the site's administrators what they accept.",
  ),
  'software-statement': badRequest(
    'invalid_software_statement',
    'The software statement is not valid.',
    'a signed JWT (RFC 7591 section 2.3) that has not expired',
    'Get a new software statement from the one who signs yours.',
  ),
  'software-statement-issuer': badRequest(
    'unapproved_software_statement',
    'This site does not trust the issuer of the software statement.',
    'an issuer that an administrator has made a trusted one',
    "Register without the statement, or ask the site's administrators to trust its issuer.",
  ),
  'registered-state': {
    status: 403,
    error: 'access_denied',
    description: 'A suspended or revoked client cannot be changed by its owner.',
    expected: 'a client that is pending or approved',
    advice: 'Ask for the reason, which the registration shows; an administrator can let a suspended client in again.',
  },
  'registered-meanwhile': {
    status: 409,
    error: 'invalid_request',
    description: 'The client was changed by somebody else at the same time.',
    expected: 'one change at a time',
    advice: 'GET it, look again, and repeat the change.',
  },
  'four-eyes': {
    status: 403,
    error: 'access_denied',
    description: 'system/ scopes need two different administrators here, neither of whom registered the client.',
    expected: 'another administrator than the first, and than the one who registered the client',
    advice: 'Let another administrator approve it.',
  },
  'admin-taken': {
    status: 409,
    error: 'invalid_request',
    description: 'There is one of that name already, or there are too many.',
    expected: 'a name that is not taken',
    advice: 'Choose another name, or remove one first.',
  },
  'admin-last': {
    status: 409,
    error: 'invalid_request',
    description: 'The last admin token cannot be revoked: nobody could make another.',
    expected: 'one admin token to stay',
    advice: 'Make a new one first.',
  },
} satisfies Record<string, Refusal>;
