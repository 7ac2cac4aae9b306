import { check } from './endpoint.ts';
import { OAuthError } from './oauth-error.ts';

/**
 * Tokens here are bearer tokens. A client that proves a key would get one that is not bound to it, and might not notice.
 * @see https://www.rfc-editor.org/rfc/rfc9449#section-5
 */
export const rejectProof = check('no DPoP proof', ({ request }) => {
  if (request.headers.dpop !== undefined) throw new OAuthError('dpop', { received: 'the header DPoP' });
});
