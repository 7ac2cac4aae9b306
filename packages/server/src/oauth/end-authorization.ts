import type { UserAuthorization } from '../store/authorization-ports.ts';
import type { Exchange } from './exchange.ts';

/** Kills what a user gave, with all its tokens: on this node before the answer, on all others within a second. */
export async function endAuthorization(
  { site }: Pick<Exchange, 'site'>,
  { authorizationId }: Pick<UserAuthorization, 'authorizationId'>,
): Promise<void> {
  await site.store.authorizations.revoke(authorizationId);
  site.forget({ users: true });
}
