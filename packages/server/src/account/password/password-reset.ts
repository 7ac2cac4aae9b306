import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../../oauth/secret.ts';
import type { Account, SignedIn } from '../../store/account-ports.ts';
import { passwordChanged, resetPassword } from '../mail/letters.ts';
import { sealMail } from '../mail/outbox.ts';
import { countAsking } from '../throttle.ts';
import { requireGoodPassword } from './password-rules.ts';
import { activeAccount } from './passwords.ts';

const lifetime = 30 * 60_000;

/**
 * Sends a link by which the owner of the account chooses a new password. Unknown names are answered the same, and the
 * same is written: a link that opens nothing.
 * @throws {OAuthError} too-many-requests
 */
export async function askForReset(x: Exchange, name: string): Promise<void> {
  const { site, gate, now } = x;
  countAsking(x, name);
  const account = await activeAccount(x, name);
  const token = newSecret();
  const link = {
    hash: secretHash(token),
    purpose: 'reset',
    ...(account ? { accountId: account.accountId } : {}),
    epoch: account?.epoch ?? 0,
    createdAt: now,
    expiresAt: now + lifetime,
  } as const;
  const letter = resetPassword(`${site.issuer}/reset?token=${token}`);
  const mail = sealMail(gate, letter(account?.email ?? 'nobody@nowhere.example', site));
  await site.store.accountLinks.insert(link, account ? [mail] : []);
}

/** The account of a mailed token: of a forgotten password, or of an account's first one. @throws {OAuthError} mail-token */
export async function findReset({ site, now }: Exchange, token: string | undefined): Promise<Account> {
  const links = site.store.accountLinks;
  if (token === undefined || !/^[\w-]{43}$/.test(token)) throw new OAuthError('mail-token');
  const hash = secretHash(token);
  const found = (await links.find(hash, 'reset', now)) ?? (await links.find(hash, 'welcome', now));
  if (!found) throw new OAuthError('mail-token');
  return found.account;
}

/**
 * Sets a new password by a mailed token. All that was signed in or allowed before is dead; nobody is signed in by it,
 * and second factors stay.
 * @throws {OAuthError} mail-token, password-rules, account-taken
 */
export async function reset(x: Exchange, token: string | undefined, password: string): Promise<void> {
  const { site, gate, now } = x;
  const account = await findReset(x, token);
  requireGoodPassword(password, account);
  const passwordHash = await gate.accounts.passwords.hash(password);
  const mail = sealMail(gate, passwordChanged(`${site.issuer}/forgot`)(account.email, site));
  const outcome = await site.store.accountLinks.setPassword(secretHash(token ?? ''), { passwordHash, at: now, mail });
  if (outcome === 'gone') throw new OAuthError('mail-token');
  if (outcome === 'taken') throw new OAuthError('account-taken');
  // an account that an administrator made has its first password by a link of the same kind
  const change = account.status === 'unverified' ? 'verified' : 'password';
  await audit(x, { act: 'account-changed', change }, { accountId: account.accountId });
}

/**
 * Sets a new password for somebody who is signed in and has shown the old one. All but this session is dead.
 * @throws {OAuthError} password-rules, sign-in-needed when the account changed meanwhile
 */
export async function changePassword(x: Exchange, signedIn: SignedIn, password: string): Promise<void> {
  const { site, gate, now } = x;
  const { account } = signedIn;
  requireGoodPassword(password, account);
  const passwordHash = await gate.accounts.passwords.hash(password);
  const mail = sealMail(gate, passwordChanged(`${site.issuer}/forgot`)(account.email, site));
  const isDone = await site.store.accountAdministration.changePassword(signedIn, { passwordHash, at: now, mail });
  if (!isDone) throw new OAuthError('sign-in-needed');
  await audit(x, { act: 'account-changed', change: 'password' });
}
