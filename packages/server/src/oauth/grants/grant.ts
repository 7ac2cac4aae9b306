import { check, type Step } from '../endpoint.ts';
import { clientOf, type Exchange, type GateAnswer, parameter } from '../exchange.ts';
import { OAuthError, shown, shownRedacted } from '../oauth-error.ts';

/** A grant type: the checks that follow those of the token endpoint, and the answer. A new grant is a new file. */
export type Grant = {
  readonly grantType: string;
  readonly steps: readonly Step[];
  readonly answer: (x: Exchange) => GateAnswer | Promise<GateAnswer>;
};

export const requireGrantTypeAllowed = check('client may use the grant type', (x) => {
  const grantType = parameter(x, 'grant_type') ?? '';
  const { grant_types } = clientOf(x).metadata;
  if (!grant_types.includes(grantType)) {
    throw new OAuthError('grant-type-not-allowed', {
      received: shown(grantType),
      expected: shown(grant_types.join(', ')),
    });
  }
});

const longestScope = 32_768;

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3 */
export const requireScope = check('scope is well formed', (x) => {
  const scope = parameter(x, 'scope')?.trim();
  if (!scope) throw new OAuthError('scope-missing', { received: 'no scope' });
  if (scope.length > longestScope || !/^[\x21\x23-\x5b\x5d-\x7e]+( +[\x21\x23-\x5b\x5d-\x7e]+)*$/.test(scope)) {
    throw new OAuthError('scope-malformed', { received: shownRedacted(scope) });
  }
});

/** Names the first of the scopes that were not granted, as OpenEMR does. */
export function scopeHint(scope: string): string {
  return `Check the \`${shownRedacted(scope.trim().split(/ +/)[0])}\` scope`;
}
