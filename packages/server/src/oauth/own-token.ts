import { authenticateClient, requireOneAuthentication } from './client-authentication.ts';
import { check, type Step } from './endpoint.ts';
import { parameter } from './exchange.ts';
import { limitFailures, rejectRepeatedParameters, requireFormBody, requirePost } from './form.ts';
import { OAuthError } from './oauth-error.ts';

const requireToken = check('token is there', (x) => {
  if (parameter(x, 'token') === undefined) throw new OAuthError('token-missing', { received: 'no token' });
});

/** What introspection and revocation ask before anything else: a form with a token, from a client that proves who it is. */
export const ownTokenSteps: readonly Step[] = [
  requirePost,
  limitFailures,
  requireFormBody,
  rejectRepeatedParameters,
  requireToken,
  requireOneAuthentication,
  authenticateClient,
];
