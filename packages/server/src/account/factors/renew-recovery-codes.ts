import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { Account } from '../../store/account-ports.ts';
import { notify } from '../mail/notify.ts';
import { recoveryCodesMade } from './letters.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';
import { type FactorAnswer, requireSecondFactor, secondFactorsOf } from './second-factors.ts';

/** New codes in place of the old, for a second factor. @throws {OAuthError} recovery-codes-alone, second-factor-… */
export async function renewRecoveryCodes(x: Exchange, account: Account, answer: FactorAnswer) {
  if ((await secondFactorsOf(x, account)).length === 0) throw new OAuthError('recovery-codes-alone');
  await requireSecondFactor(x, account, answer);
  const codes = await makeRecoveryCodes(x, account);
  await audit(x, { act: 'account-changed', change: 'factor' }, { accountId: account.accountId });
  await notify(x, account, recoveryCodesMade);
  return codes;
}
