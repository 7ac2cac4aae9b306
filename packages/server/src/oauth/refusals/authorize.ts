import { badRequest, type Refusal } from './refusal.ts';

/** What is wrong with a request of the authorization endpoint, or on the way from there to the app. */
export const authorizeRefusals = {
  'request-unknown': badRequest(
    'invalid_request',
    'This sign-in was finished, or took too long.',
    'an authorization request that is still open',
    'Go back to the app and start again from there.',
  ),
} satisfies Record<string, Refusal>;
