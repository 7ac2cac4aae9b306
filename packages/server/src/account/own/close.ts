import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { Account } from '../../store/account-ports.ts';
import { accountClosed } from '../mail/letters.ts';

/** Closes an account for good, and tells its owner. @throws {OAuthError} last-administrator, account-unknown */
export async function closeAccount({ site, gate }: Pick<Exchange, 'site' | 'gate'>, account: Account): Promise<void> {
  const outcome = await site.store.accountAdministration.close(account.accountId);
  if (outcome === 'last-administrator') throw new OAuthError('last-administrator');
  if (outcome === 'unknown') throw new OAuthError('account-unknown');
  if (account.status === 'active') await gate.mailer.send(site.name, accountClosed(account.email, site));
}
