import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong on an account's way to a chart. What the chart holds never shows in it. */
export const chartClaimRefusals = {
  invitation: badRequest(
    'invalid_invitation',
    'This code and this date of birth do not go together, or the code was used, or is too old.',
    'a code that is still good, the date of birth of the patient it is for, and the account it is for',
    'Look at both again. After five wrong tries a code is dead: ask the clinic for a new one.',
  ),
  'claim-tries': {
    status: 429,
    error: 'temporarily_unavailable',
    description: 'This was tried too often. Wait as long as the Retry-After header says.',
    expected: 'fewer tries',
    advice: 'Wait, or ask the clinic for a code.',
  },
  'claim-incomplete': badRequest(
    'invalid_request',
    'Something is missing: first name, last name and date of birth are needed.',
    'given_name, family_name and birth_date (YYYY-MM-DD)',
    'Fill them in as the clinic knows them.',
  ),
  'claim-waiting': {
    status: 409,
    error: 'invalid_request',
    description: 'Somebody at the clinic looks at what you asked for already.',
    expected: 'at most three open requests an account',
    advice: 'Wait for the mail, or ask the clinic for a code.',
  },
  'claim-role': {
    status: 403,
    error: 'access_denied',
    description: 'Charts are opened by accounts of patients and their guardians.',
    expected: 'an account of role patient',
    advice: 'Who works at the clinic uses another account for the own records.',
  },
  'chart-unlinked': {
    status: 404,
    error: 'not_found',
    description: 'The account does not open this chart.',
    expected: 'a chart that the list shows',
    advice: 'GET the list first.',
  },
  'staff-token': {
    status: 401,
    error: 'invalid_token',
    description: 'This is for people who work at the clinic.',
    expected: 'an admin token, or a session token of an account of role practitioner or administrator',
    advice: 'Sign in, and send the session token. A SMART access token never opens this API.',
  },
  'chart-unknown': {
    status: 422,
    error: 'invalid_request',
    description: 'There is no such patient, or the record has no whole date of birth, by which a code is checked.',
    expected: 'the logical id of a Patient that is in use and has a birthDate of year, month and day',
    advice: 'Look the patient up, and complete the record first.',
  },
  'claim-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no such open request, invitation or account here.',
    expected: 'an id that the lists show, of something that nobody decided or used yet',
    advice: 'GET the list first.',
  },
} satisfies Record<string, Refusal>;
