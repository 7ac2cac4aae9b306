import { endpoint } from './endpoint.ts';
import { clientOf, parameter, privateJson } from './exchange.ts';
import { ownTokenSteps } from './own-token.ts';

/**
 * Introspection: a client learns about its own tokens; anybody else's looks like one that never was.
 * @see https://www.rfc-editor.org/rfc/rfc7662#section-2
 */
export const introspect = endpoint('introspect', ownTokenSteps, async (x) => {
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
});
