/** A row of the table of refusals: what the wire says, and what a ticket adds for the client's owner. */
export type Refusal = {
  readonly status: number;
  /** The `error` member. */
  readonly error: string;
  /** The `error_description` member, and what a page says; of a failed authentication always the same. */
  readonly description: string;
  readonly expected: string;
  readonly advice: string;
};

const failedAuthentication =
  'Client authentication failed. The ticket tells the owner of the client which check failed and what to do.';

export const unauthenticated = (expected: string, advice: string): Refusal => ({
  status: 401,
  error: 'invalid_client',
  description: failedAuthentication,
  expected,
  advice,
});

export const badRequest = (error: string, description: string, expected: string, advice: string): Refusal => ({
  status: 400,
  error,
  description,
  expected,
  advice,
});
