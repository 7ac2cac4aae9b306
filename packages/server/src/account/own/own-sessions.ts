import type { Exchange } from '../../oauth/exchange.ts';
import type { SignedIn } from '../../store/account-ports.ts';

/** Signs out everywhere but here, and takes back what apps were allowed. The number of sessions that ended. */
export async function endOthers({ site }: Exchange, { account, session }: SignedIn): Promise<number> {
  return site.store.accounts.endEverything(account.accountId, session.hash);
}
