import { narrow, parseScope } from '@chartgate/fhir';
import { check } from './endpoint.ts';
import { clientOf, parameter } from './exchange.ts';
import { OAuthError, shown, shownRedacted } from './oauth-error.ts';
import { isOfSystem, textOfScopes } from './scope.ts';

const longestScope = 20_000;

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
export const requireScopeToAuthorize = check('scope is well formed', (x) => {
  const scope = parameter(x, 'scope')?.trim();
  if (!scope) throw new OAuthError('authorize-scope-missing', { received: 'no scope' });
  if (scope.length > longestScope || !/^[\x21\x23-\x5b\x5d-\x7e]+( +[\x21\x23-\x5b\x5d-\x7e]+)*$/.test(scope)) {
    throw new OAuthError('authorize-scope-malformed', { received: shownRedacted(scope) });
  }
});

/** What a user can give of the requested scopes: those the client is approved for, less what acts without a user. */
export const allowedScope = check('a requested scope is approved', (x) => {
  const requested = parameter(x, 'scope') ?? '';
  const { grantedScope } = clientOf(x);
  const isLaunched = parameter(x, 'launch') !== undefined;
  const asked = parseScope(requested).scopes.filter(
    (scope) => !isOfSystem(scope) && (isLaunched || scope.text !== 'launch'),
  );
  const allowed = narrow(asked, parseScope(grantedScope).scopes);
  if (allowed.length === 0) {
    throw new OAuthError('authorize-scope-none', {
      received: shownRedacted(requested),
      expected: `some of ${shown(grantedScope)}`,
    });
  }
  x.grantedScope = textOfScopes(allowed);
});
