import { randomBytes } from 'node:crypto';
import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { seal, unseal } from '../../oauth/sealing.ts';
import type { Account } from '../../store/account-ports.ts';
import type { Totp } from '../../store/factor-ports.ts';
import { notify } from '../mail/notify.ts';
import { countFactorTry } from '../tries.ts';
import { authenticatorAdded, authenticatorRemoved } from './letters.ts';
import { dropIdleRecoveryCodes, firstRecoveryCodes } from './recovery-codes.ts';
import { type FactorAnswer, requireSecondFactor } from './second-factors.ts';
import { base32, totpStep, totpUri } from './totp.ts';

/** How long a set-up may take, ms. */
const patience = 15 * 60_000;

/** What is shown of a new authenticator, once. */
export type NewAuthenticator = { readonly secret: string; readonly uri: string };

/** Begins a set-up in place of an unfinished one. @throws {OAuthError} totp-there */
export async function beginAuthenticator(x: Exchange, account: Account): Promise<NewAuthenticator> {
  // 160 bits: "The length of the shared secret MUST be at least 128 bits. This document RECOMMENDs … 160 bits" (RFC 4226)
  const secret = randomBytes(20);
  const sealedSecret = seal(secret, x.gate.sealingKey);
  if (!(await x.site.store.totp.begin(account.accountId, { sealedSecret, createdAt: x.now }))) {
    throw new OAuthError('totp-there');
  }
  return shownOf(x, account, secret);
}

/** The unfinished set-up once more, for a page that shows what was wrong with the code. */
export async function unfinishedAuthenticator(x: Exchange, account: Account): Promise<NewAuthenticator | undefined> {
  const totp = await x.site.store.totp.find(account.accountId);
  return totp && isUnfinished(x, totp) ? shownOf(x, account, unseal(totp.sealedSecret, x.gate.sealingKey)) : undefined;
}

const isUnfinished = ({ now }: Exchange, { confirmedAt, createdAt }: Totp) =>
  confirmedAt === undefined && now - createdAt <= patience;

function shownOf({ site }: Exchange, { userName }: Account, secret: Buffer): NewAuthenticator {
  return { secret: base32(secret), uri: totpUri(secret, { issuer: new URL(site.issuer).host, account: userName }) };
}

/**
 * Takes the authenticator into use by a first right code.
 * @returns recovery codes, where the account had none
 * @throws {OAuthError} totp-unknown, second-factor-wrong, factor-tries
 */
export async function confirmAuthenticator(x: Exchange, account: Account, code: string): Promise<readonly string[]> {
  const totp = await x.site.store.totp.find(account.accountId);
  if (!totp || !isUnfinished(x, totp)) throw new OAuthError('totp-unknown');
  const succeeded = await countFactorTry(x, account);
  const { sealedSecret } = totp;
  const step = totpStep(unseal(sealedSecret, x.gate.sealingKey), code, x.now);
  const isAccepted =
    step !== undefined && (await x.site.store.totp.accept(account.accountId, { sealedSecret, step, now: x.now }));
  if (!isAccepted) throw new OAuthError('second-factor-wrong');
  await succeeded();
  await audit(x, { act: 'account-changed', change: 'factor' }, { accountId: account.accountId });
  await notify(x, account, authenticatorAdded);
  return firstRecoveryCodes(x, account);
}

/** Removes the authenticator, for whoever shows a second factor now. @throws {OAuthError} totp-unknown, and as above */
export async function removeAuthenticator(x: Exchange, account: Account, answer: FactorAnswer): Promise<void> {
  const totp = await x.site.store.totp.find(account.accountId);
  if (totp?.confirmedAt === undefined) throw new OAuthError('totp-unknown');
  await requireSecondFactor(x, account, answer);
  await x.site.store.totp.remove(account.accountId);
  await audit(x, { act: 'account-changed', change: 'factor' }, { accountId: account.accountId });
  await dropIdleRecoveryCodes(x, account);
  await notify(x, account, authenticatorRemoved);
}
