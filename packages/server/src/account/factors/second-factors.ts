import { type Exchange, parameter } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { RefusalCode } from '../../oauth/refusals.ts';
import { unseal } from '../../oauth/sealing.ts';
import type { Account } from '../../store/account-ports.ts';
import { countFactorTry } from '../tries.ts';
import { usePasskey } from './passkey-sign-in.ts';
import { useRecoveryCode } from './recovery-codes.ts';
import { totpStep } from './totp.ts';

/** The kinds of second factors there are. */
export type FactorKind = 'totp' | 'passkey' | 'recovery_code';

/** What somebody shows: one of them. */
export type FactorAnswer = {
  /** The six digits. */
  readonly totp?: string | undefined;
  readonly recovery_code?: string | undefined;
  /** What `navigator.credentials.get` gave, as JSON: an object, or its text. */
  readonly passkey?: unknown;
};

/** @property amr what the session's `amr` gains (RFC 8176): `otp`, `hwk` or `swk` */
export type FactorVerdict =
  | { readonly amr: string }
  | { readonly refused: RefusalCode & ('second-factor-missing' | 'second-factor-wrong'); readonly amr?: undefined };

/**
 * Which second factors the account has; empty: its password alone opens it. Recovery codes stand in for the others, and
 * are listed only beside one of them.
 */
export async function secondFactorsOf(
  { site }: Pick<Exchange, 'site'>,
  { accountId }: Pick<Account, 'accountId'>,
): Promise<readonly FactorKind[]> {
  const { totp, passkeys, recoveryCodes } = site.store;
  const [authenticator, keys, codes] = await Promise.all([
    totp.find(accountId),
    passkeys.list(accountId),
    recoveryCodes.count(accountId),
  ]);
  const own: FactorKind[] = [];
  if (authenticator?.confirmedAt !== undefined) own.push('totp');
  if (keys.length > 0) own.push('passkey');
  return own.length > 0 && codes > 0 ? [...own, 'recovery_code'] : own;
}

/**
 * Judges a second factor, and uses it up. A code is counted before it is judged.
 * @returns what the session gains, or the refusal: nothing was shown, or it was wrong
 * @throws {OAuthError} factor-tries, with the time to wait
 */
export async function verifySecondFactor(x: Exchange, account: Account, answer: FactorAnswer): Promise<FactorVerdict> {
  const { totp, recovery_code, passkey } = answer;
  const shown = [totp, recovery_code, passkey].filter((one) => one !== undefined && one !== '');
  if (shown.length === 0) return { refused: 'second-factor-missing' };
  if (shown.length > 1) return { refused: 'second-factor-wrong' };
  const amr = await amrOf(x, account, answer);
  return amr === undefined ? { refused: 'second-factor-wrong' } : { amr };
}

/** As above, for endpoints. @throws {OAuthError} second-factor-missing, second-factor-wrong, factor-tries */
export async function requireSecondFactor(x: Exchange, account: Account, answer: FactorAnswer): Promise<string> {
  const { amr, ...verdict } = await verifySecondFactor(x, account, answer);
  if (amr === undefined) throw new OAuthError('refused' in verdict ? verdict.refused : 'second-factor-wrong');
  return amr;
}

async function amrOf(x: Exchange, account: Account, answer: FactorAnswer): Promise<string | undefined> {
  if (answer.passkey !== undefined && answer.passkey !== '') {
    return (await usePasskey(x, answer.passkey, account))?.amr;
  }
  const succeeded = await countFactorTry(x, account);
  const isRight = answer.totp
    ? await useTotp(x, account, answer.totp)
    : await useRecoveryCode(x, account, answer.recovery_code ?? '');
  if (!isRight) return undefined;
  await succeeded();
  return 'otp';
}

/** Accepts a code of the authenticator that is in use; each is good once, on all nodes together. */
async function useTotp(x: Exchange, { accountId }: Account, code: string): Promise<boolean> {
  const totp = await x.site.store.totp.find(accountId);
  if (totp?.confirmedAt === undefined) return false;
  const step = totpStep(unseal(totp.sealedSecret, x.gate.sealingKey), code, x.now);
  if (step === undefined) return false;
  return x.site.store.totp.accept(accountId, { sealedSecret: totp.sealedSecret, step, now: x.now });
}

/** The second factor that a form or a body shows, in fields named as the kinds are. */
export function factorIn(x: Exchange): FactorAnswer {
  return {
    totp: parameter(x, 'totp'),
    recovery_code: parameter(x, 'recovery_code'),
    passkey: parameter(x, 'passkey'),
  };
}

/** What was typed into one field for codes of both kinds. */
export function typedCode(code: string | undefined): FactorAnswer {
  if (code === undefined || code === '') return {};
  return /^[\d\s]{6,10}$/.test(code) ? { totp: code } : { recovery_code: code };
}
