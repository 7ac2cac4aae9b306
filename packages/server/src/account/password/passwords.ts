import { actAs } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { Account } from '../../store/account-ports.ts';
import { countOwner, countSignIn } from '../throttle.ts';

/** The active account of a user name or an e-mail address; undefined where there is none. */
export async function activeAccount({ site }: Exchange, name: string): Promise<Account | undefined> {
  // what no name is like is not looked up: the store takes no NUL
  if (name.length > 254 || name.includes('\0')) return undefined;
  const found = await site.store.accounts.findByName(name.trim());
  return found?.status === 'active' ? found : undefined;
}

/**
 * The account whose name and password these are. Unknown names cost the same, and are refused in the same words.
 * @returns with `done`, to be called once the sign-in is complete: it was not one that failed
 * @throws {OAuthError} sign-in-failed, too-many-sign-ins, password-queue
 */
export async function accountByPassword(x: Exchange, name: string, password: string) {
  const account = await activeAccount(x, name);
  const done = await countSignIn(x, name, account);
  if (account) actAs(x, { accountId: account.accountId });
  const { passwords } = x.gate.accounts;
  const isRight = await passwords.matches(password, account?.passwordHash);
  if (!isRight || !account?.passwordHash) throw new OAuthError('sign-in-failed');
  await strengthen(x, account, password);
  return { account, done };
}

/** Hashes the password at the cost of today. */
async function strengthen({ gate, site }: Exchange, { accountId, passwordHash = '' }: Account, password: string) {
  const { passwords } = gate.accounts;
  if (!passwords.isOutdated(passwordHash)) return;
  const stronger = await passwords.hash(password);
  await site.store.accountAdministration.strengthen(accountId, passwordHash, stronger);
}

/** The password of somebody who is signed in already. @throws {OAuthError} password-wrong, too-many-sign-ins */
export async function requireOwnPassword(x: Exchange, account: Account, password: string): Promise<void> {
  const done = countOwner(x, account.accountId);
  if (!(await x.gate.accounts.passwords.matches(password, account.passwordHash))) {
    throw new OAuthError('password-wrong');
  }
  done();
}
