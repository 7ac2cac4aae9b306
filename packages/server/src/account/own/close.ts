import type { Actor } from '../../audit/event.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { Account } from '../../store/account-ports.ts';
import { accountClosed } from '../mail/letters.ts';
import { notify } from '../mail/notify.ts';

/**
 * Closes an account for good, and tells its owner.
 * @param by who does it, as the audit names it
 * @throws {OAuthError} last-administrator, account-unknown
 */
export async function closeAccount(
  { site, gate }: Pick<Exchange, 'site' | 'gate'>,
  account: Account,
  by: Actor,
): Promise<void> {
  const { accountId, status } = account;
  const outcome = await site.store.accountAdministration.close(accountId);
  if (outcome === 'last-administrator') throw new OAuthError('last-administrator');
  if (outcome === 'unknown') throw new OAuthError('account-unknown');
  await gate.audit.record(site.name, { ...by, accountId, act: 'account-changed', change: 'closed' });
  if (status === 'active') await notify({ site, gate }, account, accountClosed);
}
