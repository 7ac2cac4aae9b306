import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a request for the accesses to one's own record. */
export const accessesRefusals = {
  'accesses-record': {
    status: 404,
    error: 'not_found',
    description: 'This account has no such record.',
    expected: 'the id of a record that the account opens',
    advice: 'Leave patient out to see all records of the account.',
  },
  'accesses-query': badRequest(
    'invalid_request',
    'A parameter cannot be understood.',
    'from and to as dates or times, count as a number, cursor as the page before told it',
    'Correct the parameter, or leave it out.',
  ),
} satisfies Record<string, Refusal>;
