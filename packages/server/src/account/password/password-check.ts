import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { type Account, folded } from '../../store/account-ports.ts';
import { secondFactorsOf, verifySecondFactor } from '../factors/second-factors.ts';
import { accountByPassword } from './passwords.ts';

/** What an app shows of its user, all of it in one request. */
export type Shown = {
  readonly userName: string;
  readonly password: string;
  /** Must be the account's where it is given. */
  readonly email?: string;
  /** The code of the authenticator app. */
  readonly secondFactor?: string;
};

/** Whose password it is, and how that was shown (RFC 8176). */
export type PasswordCheck = (
  x: Exchange,
  shown: Shown,
) => Promise<{ readonly account: Account; readonly amr: readonly string[] }>;

/**
 * The account of a name and a password, with the second factor where it has one: no grant is a way around that. What
 * fails is counted as any sign-in that does.
 * @throws {OAuthError} password-failed, mfa-missing, mfa-wrong, mfa-kind; too-many-sign-ins, factor-tries, password-queue
 */
export const checkPassword: PasswordCheck = async (x, { userName, password, email, secondFactor }) => {
  const { account, done } = await accountByPassword(x, userName, password).catch(asPasswordFailed);
  if (email !== undefined && folded(email.trim()) !== folded(account.email)) throw new OAuthError('password-failed');
  const gained = await secondFactorOf(x, account, secondFactor);
  done();
  return { account, amr: ['pwd', ...gained] };
};

function asPasswordFailed(error: unknown): never {
  if (error instanceof OAuthError && error.refusal === 'sign-in-failed') throw new OAuthError('password-failed');
  throw error;
}

/** What `amr` gains by the second factor; nothing where the account asks for none. */
async function secondFactorOf(x: Exchange, account: Account, code: string | undefined): Promise<readonly string[]> {
  const factors = await secondFactorsOf(x, account);
  if (factors.length === 0) return [];
  if (!factors.includes('totp')) throw new OAuthError('mfa-kind', { received: factors.join(', ') });
  if (code === undefined) throw new OAuthError('mfa-missing', { received: 'no mfa_token' });
  const { amr } = await verifySecondFactor(x, account, { totp: code });
  if (amr === undefined) throw new OAuthError('mfa-wrong', { received: `${code.length} characters` });
  return [amr, 'mfa'];
}
