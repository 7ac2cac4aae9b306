import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { Account } from '../../store/account-ports.ts';
import { accountClosed } from '../mail/letters.ts';
import { notify } from '../mail/notify.ts';

/** Closes an account for good, and tells its owner. @throws {OAuthError} last-administrator, account-unknown */
export async function closeAccount({ site, gate }: Pick<Exchange, 'site' | 'gate'>, account: Account): Promise<void> {
  const outcome = await site.store.accountAdministration.close(account.accountId);
  if (outcome === 'last-administrator') throw new OAuthError('last-administrator');
  if (outcome === 'unknown') throw new OAuthError('account-unknown');
  if (account.status === 'active') await notify({ site, gate }, account, accountClosed);
}
