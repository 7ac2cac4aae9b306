import type { RefusalCode } from '../refusals.ts';

/** How OpenEMR says a refusal. What is absent is said as everywhere. */
export type OpenEmrWording = {
  readonly status?: number;
  readonly error?: string;
  readonly description?: string;
  readonly hint?: string;
};

/** An assertion that can be read, and whose key is known, fails with 400; what comes before that with 401. */
const failedConstraint = { status: 400 } as const;

const refreshToken = (hint: string): OpenEmrWording => ({
  status: 401,
  error: 'invalid_request',
  description: 'The refresh token is invalid.',
  hint,
});

const noGrant: OpenEmrWording = {
  error: 'unsupported_grant_type',
  hint: 'Check that all required parameters have been provided',
};

const parameter = (name: string): OpenEmrWording => ({ hint: `Check the \`${name}\` parameter` });
const noAssertion: OpenEmrWording = { hint: 'assertion type is not supported' };

/** The refusals that a site with `compatibility: openemr` words as OpenEMR does. */
export const openEmrWordings: Readonly<Partial<Record<RefusalCode, OpenEmrWording>>> = {
  'grant-type-missing': noGrant,
  'grant-type-unsupported': noGrant,
  'password-off': noGrant,
  form: { hint: 'Check that all required parameters have been provided' },
  'code-missing': parameter('code'),
  'refresh-missing': parameter('refresh_token'),
  'token-missing': { hint: 'Missing token or unsupported hint.' },
  'scope-missing': { hint: 'Specify a scope in the request or set a default scope' },
  'assertion-missing': noAssertion,
  'assertion-type': noAssertion,

  'key-algorithm': failedConstraint,
  'assertion-alg': failedConstraint,
  signature: failedConstraint,
  'assertion-iss': { ...failedConstraint, hint: 'Invalid issuer claim' },
  'assertion-aud': failedConstraint,
  'exp-missing': failedConstraint,
  'exp-past': failedConstraint,
  'exp-far': { ...failedConstraint, hint: 'Token expiration exceeds maximum allowed time' },
  'assertion-early': failedConstraint,
  'jti-missing': { ...failedConstraint, hint: 'Missing jti claim' },
  'jti-long': failedConstraint,
  'jti-used': failedConstraint,

  'refresh-unknown': refreshToken('Cannot decrypt the refresh token'),
  // as if it was unknown: nobody else's token is told to exist
  'refresh-client': refreshToken('Cannot decrypt the refresh token'),
  'refresh-expired': refreshToken('Token has expired'),
  'refresh-spent': refreshToken('Token has been revoked'),
  'refresh-raced': refreshToken('Token has been revoked'),
  'refresh-session': refreshToken('Token has been revoked'),

  'password-failed': { hint: 'Failed Authentication' },
  'password-role': { hint: 'Failed Authentication' },
};
