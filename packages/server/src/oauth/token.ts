import { auditGrant } from './audited.ts';
import { type Choice, check, endpoint } from './endpoint.ts';
import { parameter } from './exchange.ts';
import { limitFailures, rejectRepeatedParameters, requireFormBody, requirePost } from './form.ts';
import { authorizationCode } from './grants/authorization-code.ts';
import { clientCredentials } from './grants/client-credentials.ts';
import type { Grant } from './grants/grant.ts';
import { password } from './grants/password.ts';
import { refreshToken } from './grants/refresh-token.ts';
import { rejectProof } from './no-proof.ts';
import { OAuthError, shownRedacted } from './oauth-error.ts';

const standard: readonly Grant[] = [authorizationCode, refreshToken, clientCredentials];

/** The password grant says itself whether it is switched on. */
const grants: readonly Grant[] = [...standard, password];

/** The grant types that work everywhere, for discovery and registration. */
export const supportedGrantTypes: readonly string[] = standard.map((grant) => grant.grantType);

const grantOf = (grantType: string | undefined) => grants.find((grant) => grant.grantType === grantType);

const requireSupportedGrantType = check('grant_type is supported', (x) => {
  const grantType = parameter(x, 'grant_type');
  if (grantType === undefined) throw new OAuthError('grant-type-missing', { received: 'no grant_type' });
  if (!grantOf(grantType)) throw new OAuthError('grant-type-unsupported', { received: shownRedacted(grantType) });
});

const runGrant: Choice = { choose: (x) => grantOf(parameter(x, 'grant_type'))?.steps ?? [] };

/** Token endpoint. @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2 */
export const token = endpoint(
  'token',
  [
    requirePost,
    limitFailures,
    requireFormBody,
    rejectRepeatedParameters,
    rejectProof,
    requireSupportedGrantType,
    runGrant,
  ],
  async (x) => {
    const grant = grantOf(parameter(x, 'grant_type'));
    if (!grant) throw new TypeError('The grant type was not checked');
    await auditGrant(x, grant.grantType);
    return grant.answer(x);
  },
);
