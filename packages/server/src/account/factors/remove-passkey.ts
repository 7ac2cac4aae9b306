import { audit } from '../../oauth/audited.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { notify } from '../mail/notify.ts';
import { ownerOf } from '../signed-in.ts';
import { passkeyRemoved } from './letters.ts';
import { dropIdleRecoveryCodes } from './recovery-codes.ts';
import { type FactorAnswer, requireSecondFactor } from './second-factors.ts';

/** Removes a passkey of whoever shows a second factor now. @throws {OAuthError} passkey-unknown, second-factor-… */
export async function removePasskey(x: Exchange, id: string, answer: FactorAnswer): Promise<void> {
  const account = ownerOf(x);
  const known = await x.site.store.passkeys.list(account.accountId);
  if (!known.some(({ passkeyId }) => passkeyId === id)) throw new OAuthError('passkey-unknown');
  await requireSecondFactor(x, account, answer);
  await x.site.store.passkeys.remove(account.accountId, id);
  await audit(x, { act: 'account-changed', change: 'factor' }, { accountId: account.accountId });
  await dropIdleRecoveryCodes(x, account);
  await notify(x, account, passkeyRemoved);
}
