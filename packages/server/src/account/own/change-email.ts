import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../../oauth/secret.ts';
import type { Account } from '../../store/account-ports.ts';
import { addressChangeAsked, addressChanged, confirmNewAddress, newAddressIsTaken } from '../mail/letters.ts';
import { sealMail } from '../mail/outbox.ts';
import { readEmail } from '../names.ts';
import { signedInOf } from '../session.ts';
import { countAsking } from '../throttle.ts';

const lifetime = 24 * 3600_000;

/**
 * Asks for another address: it is told at the old one, and takes effect once the new one is confirmed. Whether the new
 * one has an account, only its owner is told.
 * @throws {OAuthError} email, too-many-requests
 */
export async function askForEmail(x: Exchange, account: Account, text: string): Promise<void> {
  const { site, gate, now } = x;
  const email = readEmail(text);
  countAsking(x, email);
  const isTaken = (await site.store.accounts.findByName(email)) !== undefined;
  const token = newSecret();
  const link = {
    hash: secretHash(token),
    purpose: 'email',
    accountId: account.accountId,
    epoch: account.epoch,
    email,
    createdAt: now,
    expiresAt: now + lifetime,
  } as const;
  const letter = isTaken ? newAddressIsTaken : confirmNewAddress(`${site.issuer}/confirm-email?token=${token}`);
  await site.store.accountLinks.insert(link, [
    sealMail(gate, letter(email, site)),
    sealMail(gate, addressChangeAsked(`${site.issuer}/forgot`)(account.email, site)),
  ]);
}

/** Whose address is to change, and to what. @throws {OAuthError} mail-token */
export async function findEmailChange({ site, now }: Exchange, token: string | undefined) {
  const isToken = token !== undefined && /^[\w-]{43}$/.test(token);
  const found = isToken ? await site.store.accountLinks.find(secretHash(token), 'email', now) : undefined;
  if (!found?.link.email) throw new OAuthError('mail-token');
  return { hash: found.link.hash, email: found.link.email, account: found.account };
}

/** The account has the new address now, and the old one is told. @throws {OAuthError} mail-token */
export async function confirmEmail(x: Exchange, token: string | undefined): Promise<void> {
  const { site, gate, now } = x;
  const { hash, account } = await findEmailChange(x, token);
  const here = await signedInOf(x);
  const keep = here?.account.accountId === account.accountId ? here.session.hash : undefined;
  const mail = sealMail(gate, addressChanged(account.email, site));
  const outcome = await site.store.accountLinks.confirmEmail(hash, { at: now, mail, ...(keep ? { keep } : {}) });
  if (outcome !== 'done') throw new OAuthError('mail-token');
  await audit(x, { act: 'account-changed', change: 'email' }, { accountId: account.accountId });
}
