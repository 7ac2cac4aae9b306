import type { NewTokens, UserAuthorization } from '../store/authorization-ports.ts';
import { clientOf, type Exchange } from './exchange.ts';
import { scopeNames } from './scope.ts';
import { newSecret, secretHash } from './secret.ts';

/**
 * Makes an access token and a refresh token of an authorization, to be stored by the one statement of a grant. The
 * exchange keeps them for the answer.
 * @param scope of the access token; the refresh token stands for all that was authorized
 */
export function newTokens(x: Exchange, { authorizationId }: UserAuthorization, scope: string): Required<NewTokens> {
  const { clientId, epoch } = clientOf(x);
  const accessToken = newSecret();
  const refreshToken = newSecret();
  x.grantedScope = scope;
  x.accessToken = accessToken;
  x.issuedRefreshToken = refreshToken;
  return {
    accessToken: {
      hash: secretHash(accessToken),
      clientId,
      epoch,
      authorizationId,
      scope,
      issuedAt: x.now,
      expiresAt: x.now + x.settings.access_token_lifetime * 1000,
    },
    refreshToken: {
      hash: secretHash(refreshToken),
      expiresAt: x.now + x.settings.refresh_token_lifetime * 1000,
    },
  };
}

/** Whether a client gets a refresh token with what the user gave. @see https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#scopes-for-requesting-a-refresh-token */
export function isRefreshable({ scope }: Pick<UserAuthorization, 'scope'>): boolean {
  const names = scopeNames(scope);
  return names.has('offline_access') || names.has('online_access');
}
