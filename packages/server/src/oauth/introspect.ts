import { authenticateClient, requireOneAuthentication } from './client-authentication.ts';
import { check, endpoint } from './endpoint.ts';
import { clientOf, parameter, privateJson } from './exchange.ts';
import { limitFailures, rejectRepeatedParameters, requireFormBody, requirePost } from './form.ts';
import { OAuthError } from './oauth-error.ts';

export const requireToken = check('token is there', (x) => {
  if (parameter(x, 'token') === undefined) throw new OAuthError('token-missing', { received: 'no token' });
});

/**
 * Introspection: a client learns about its own tokens; anybody else's looks like one that never was.
 * @see https://www.rfc-editor.org/rfc/rfc7662#section-2
 */
export const introspect = endpoint(
  'introspect',
  [
    requirePost,
    limitFailures,
    requireFormBody,
    rejectRepeatedParameters,
    requireToken,
    requireOneAuthentication,
    authenticateClient,
  ],
  async (x) => {
    const live = await x.site.token(parameter(x, 'token') ?? '');
    if (!live || live.clientId !== clientOf(x).clientId) return privateJson(200, { active: false });
    return privateJson(200, {
      active: true,
      client_id: live.clientId,
      scope: live.scope,
      token_type: 'Bearer',
      iss: x.site.issuer,
      aud: x.site.fhirUrl,
      sub: live.clientId,
      iat: Math.floor(live.issuedAt / 1000),
      exp: Math.floor(live.expiresAt / 1000),
    });
  },
);
