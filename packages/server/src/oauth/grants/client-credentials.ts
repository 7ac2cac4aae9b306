import { assertionChecks, assertionUse } from '../assertion-checks.ts';
import { requireAssertion, requireOneAuthentication } from '../client-authentication.ts';
import { check } from '../endpoint.ts';
import { clientOf, parameter, privateJson } from '../exchange.ts';
import { OAuthError, shown, shownRedacted } from '../oauth-error.ts';
import { narrowToSystem } from '../scope.ts';
import { newSecret, secretHash } from '../secret.ts';
import { type Grant, requireGrantTypeAllowed, requireScope, scopeHint } from './grant.ts';

/**
 * What can be granted without a user: requested and approved `system/` scopes. Identity scopes and those that need a
 * user or a patient are left out, not refused: clients repeat the scope of their registration here.
 */
const narrowScope = check('a requested scope is approved', (x) => {
  const requested = parameter(x, 'scope') ?? '';
  const { grantedScope } = clientOf(x);
  const scope = narrowToSystem(requested, grantedScope);
  if (scope === '') {
    throw new OAuthError('scope-none', {
      received: shownRedacted(requested),
      expected: shown(grantedScope),
      hint: scopeHint(requested),
    });
  }
  x.grantedScope = scope;
});

/** Assertion and token are stored together or not at all, so that of many uses of one `jti` exactly one succeeds. */
const storeToken = check('jti is unused', async (x) => {
  const accessToken = newSecret();
  const { clientId, epoch } = clientOf(x);
  const isFirst = await x.site.store.tokens.grant(
    {
      hash: secretHash(accessToken),
      clientId,
      epoch,
      scope: x.grantedScope ?? '',
      issuedAt: x.now,
      expiresAt: x.now + x.settings.backend_token_lifetime * 1000,
    },
    assertionUse(x),
  );
  if (!isFirst) throw new OAuthError('jti-used');
  x.accessToken = accessToken;
});

/** SMART Backend Services. @see https://hl7.org/fhir/smart-app-launch/backend-services.html */
export const clientCredentials: Grant = {
  grantType: 'client_credentials',
  steps: [
    requireOneAuthentication,
    requireAssertion,
    ...assertionChecks,
    requireGrantTypeAllowed,
    requireScope,
    narrowScope,
    storeToken,
  ],
  answer: (x) =>
    privateJson(200, {
      access_token: x.accessToken,
      token_type: 'Bearer',
      expires_in: x.settings.backend_token_lifetime,
      scope: x.grantedScope,
    }),
};
