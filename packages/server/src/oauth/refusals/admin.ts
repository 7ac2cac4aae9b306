import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a request of an administrator. */
export const adminRefusals = {
  'admin-token': {
    status: 401,
    error: 'invalid_token',
    description: 'An admin token is needed. On the same machine it stands in admin.json of the data directory.',
    expected: 'Authorization: Bearer {admin token}',
    advice: 'A SMART access token never opens this API, whatever its scopes.',
  },
  'admin-request': badRequest(
    'invalid_request',
    'The request cannot be understood.',
    'a request as the description says',
    'Correct what the description names.',
  ),
  'admin-unknown': {
    status: 404,
    error: 'not_found',
    description: 'There is no such client, ticket or path here.',
    expected: 'an id that the lists show',
    advice: 'GET the list first.',
  },
  'admin-scope': badRequest(
    'invalid_scope',
    'A scope was to be granted that the client did not ask for.',
    'a part of the scopes that the client asked for',
    'Grant fewer scopes than were asked for, never more.',
  ),
  'client-state': {
    status: 409,
    error: 'invalid_request',
    description: 'The client is in a state that does not allow this.',
    expected: 'pending → approved → suspended → revoked; suspended → approved',
    advice: 'GET the client to see its status. A revoked client stays revoked: register a new one.',
  },
  package: {
    status: 422,
    error: 'invalid_package',
    description: 'The body is no FHIR package that can be installed.',
    expected: 'the .tgz of a FHIR package for R4',
    advice: 'Correct what the description names, or fetch the package again.',
  },
  'package-there': {
    status: 409,
    error: 'invalid_request',
    description: 'A package of this name and version is installed, with another content.',
    expected: 'a package that is not installed yet',
    advice: 'Add replace=true (chartgate ig add --replace) where the other content is meant to go.',
  },
} satisfies Record<string, Refusal>;
