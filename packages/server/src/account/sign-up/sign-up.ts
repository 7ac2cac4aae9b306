import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { newIdentifier, newSecret, secretHash } from '../../oauth/secret.ts';
import type { Account } from '../../store/account-ports.ts';
import type { SignUp } from '../../store/sign-in-ports.ts';
import { addressIsKnown, confirmAddress } from '../mail/letters.ts';
import { sealMail } from '../mail/outbox.ts';
import { readEmail, readUserName } from '../names.ts';
import { requireGoodPassword } from '../password/password-rules.ts';
import { countAsking, countOwner } from '../throttle.ts';

const day = 24 * 3600_000;

export type Wish = { readonly userName: string; readonly email: string; readonly password: string };

/**
 * Takes a wish for an account, and sends a mail about it. Whether the address has an account already, only the mail
 * says: both ways the same is hashed, written and answered.
 * @throws {OAuthError} sign-up-closed, user-name, user-name-taken, email, password-rules, too-many-requests
 */
export async function signUp(x: Exchange, wish: Wish): Promise<void> {
  const { site, settings, gate, now } = x;
  if (settings.sign_up !== 'open') throw new OAuthError('sign-up-closed');
  const userName = readUserName(wish.userName);
  const email = readEmail(wish.email);
  requireGoodPassword(wish.password, { userName, email });
  countAsking(x, email);
  if ((await site.store.signUps.countSince(now - day)) >= gate.config.accounts.signUpsPerDay) {
    throw new OAuthError('too-many-requests', { headers: { 'retry-after': '3600' } });
  }
  if (await site.store.accounts.findByName(userName)) throw new OAuthError('user-name-taken');
  const passwordHash = await gate.accounts.passwords.hash(wish.password);
  const isKnown = (await site.store.accounts.findByName(email)) !== undefined;
  const token = newSecret();
  const letter = isKnown
    ? addressIsKnown(`${site.issuer}/sign-in`, `${site.issuer}/forgot`)
    : confirmAddress(`${site.issuer}/verify?token=${token}`);
  // for a known address nobody learns the token, and the row dies unused
  const kept: SignUp = { hash: secretHash(token), userName, email, passwordHash, createdAt: now, expiresAt: now + day };
  await site.store.signUps.insert(kept, sealMail(gate, letter(email, site)));
}

/** The sign-up of a mailed token. @throws {OAuthError} mail-token */
export async function findSignUp({ site, now }: Exchange, token: string | undefined): Promise<SignUp> {
  const isToken = token !== undefined && /^[\w-]{43}$/.test(token);
  const found = isToken ? await site.store.signUps.find(secretHash(token), now) : undefined;
  if (!found) throw new OAuthError('mail-token');
  return found;
}

/**
 * Makes the account. The link shows that the address is whose it is, the password that the same person chose it: else
 * one could sign up with another's address and wait for the other to confirm it.
 * @param userName another than was wished, for it may have been taken meanwhile
 * @throws {OAuthError} mail-token, password-wrong, user-name-taken
 */
export async function verify(
  x: Exchange,
  {
    token,
    password,
    userName,
  }: { readonly token?: string | undefined; readonly password: string; readonly userName?: string | undefined },
): Promise<Account> {
  const { store } = x.site;
  const wished = await findSignUp(x, token);
  const done = countOwner(x, wished.hash.toString());
  if (!(await x.gate.accounts.passwords.matches(password, wished.passwordHash))) throw new OAuthError('password-wrong');
  done();
  const name = userName === undefined ? wished.userName : readUserName(userName);
  const account = { accountId: newIdentifier(), userName: name, createdAt: x.now };
  if (!(await store.signUps.complete(wished.hash, account))) {
    const isLeft = (await store.signUps.find(wished.hash, x.now)) !== undefined;
    throw new OAuthError(isLeft && (await store.accounts.findByName(name)) ? 'user-name-taken' : 'mail-token');
  }
  const made = await store.accounts.find(account.accountId);
  if (!made) throw new OAuthError('mail-token');
  await audit(x, { act: 'account-changed', change: 'verified' }, { accountId: made.accountId });
  return made;
}
