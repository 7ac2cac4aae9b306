import { audit } from './audited.ts';
import { endAuthorization } from './end-authorization.ts';
import { endpoint } from './endpoint.ts';
import { clientOf, parameter, privateJson } from './exchange.ts';
import { ownRefreshToken } from './introspect.ts';
import { ownTokenSteps } from './own-token.ts';
import { secretHash } from './secret.ts';

/**
 * Revocation: dead on this node before the answer, on all others within 1 s. An access token dies alone; a refresh token
 * takes all that was given with it along. A token that is unknown or another client's gives the same answer and has no
 * effect.
 * @see https://www.rfc-editor.org/rfc/rfc7009#section-2
 */
export const revoke = endpoint('revoke', ownTokenSteps, async (x) => {
  const refresh = await ownRefreshToken(x);
  if (refresh) {
    await endAuthorization(x, refresh.authorization, 'client');
    return privateJson(200, {});
  }
  const hash = secretHash(parameter(x, 'token') ?? '');
  await x.site.store.tokens.revoke(hash, clientOf(x).clientId);
  x.site.forget({ token: hash.toString('base64url') });
  await audit(x, { act: 'token-revoked' });
  return privateJson(200, {});
});
