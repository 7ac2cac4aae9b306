import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { SignedIn } from '../../store/account-ports.ts';

/** Signs out everywhere but here, and takes back what apps were allowed. The number of sessions that ended. */
export async function endOthers(x: Exchange, { account, session }: SignedIn): Promise<number> {
  const ended = await x.site.store.accounts.endEverything(account.accountId, session.hash);
  await audit(x, { act: 'account-changed', change: 'ended-sessions' });
  return ended;
}

/** Signs out in one place. @throws {OAuthError} account-unknown */
export async function endOne(x: Exchange, { account }: SignedIn, sessionId: string): Promise<void> {
  const isId = /^[\w-]{1,100}$/.test(sessionId);
  if (!isId || !(await x.site.store.sessions.end(account.accountId, sessionId))) {
    throw new OAuthError('account-unknown');
  }
  await audit(x, { act: 'account-changed', change: 'ended-sessions' });
}
