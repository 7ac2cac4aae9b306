import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a launch from the record system, or with a page or an API for people who are signed in. */
export const launchRefusals = {
  'launch-request': badRequest(
    'invalid_request',
    'The request cannot be understood.',
    'client_id, and patient, encounter, intent, need_patient_banner or fhirContext',
    'Correct what the description names.',
  ),
  'launch-client': badRequest(
    'invalid_request',
    'This app cannot be opened from here.',
    'an approved client with the scope launch and a launch_uri or initiate_login_uri (https, or this machine)',
    'Register launch_uri and the scope launch, and have the client approved.',
  ),
  'patient-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no such patient that you may see.',
    expected: 'a patient whose record the account opens',
    advice: 'Look for the patient again.',
  },
  'encounter-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no such visit of this patient.',
    expected: 'an Encounter whose subject is the patient',
    advice: 'Look for the visit again, or leave it out.',
  },
  'launch-user-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no such active account.',
    expected: 'account: the account_id or user name of an active account',
    advice: 'Name the account that will sign in when the app opens.',
  },
  'too-many-launches': {
    status: 429,
    error: 'temporarily_unavailable',
    description: 'Too many apps were opened at once. Wait as long as the Retry-After header says.',
    expected: 'fewer launches of one account a minute',
    advice: 'Make a launch when the user opens the app, not ahead of time.',
  },
  'staff-only': {
    status: 403,
    error: 'access_denied',
    description: 'This page is for people who work here.',
    expected: 'an account of a practitioner or an administrator',
    advice: 'Sign in with the account that you use for work.',
  },
  'app-unknown': {
    status: 404,
    error: 'not_found',
    description: 'You did not let in an app of this name.',
    expected: 'the client_id of an app in the list',
    advice: 'GET the list first.',
  },
} satisfies Record<string, Refusal>;
