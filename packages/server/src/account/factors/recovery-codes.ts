import type { Exchange } from '../../oauth/exchange.ts';
import type { Account } from '../../store/account-ports.ts';
import { notify } from '../mail/notify.ts';
import { newSpokenCode, readSpokenCode, spokenCodeHash } from '../spoken-code.ts';
import { recoveryCodeUsed } from './letters.ts';

const howMany = 8;

/** Makes new recovery codes in place of all there are. They are shown once; hashes of them are kept. */
export async function makeRecoveryCodes(x: Exchange, { accountId }: Account): Promise<readonly string[]> {
  const codes = Array.from({ length: howMany }, newSpokenCode);
  await x.site.store.recoveryCodes.replace(
    accountId,
    codes.map((code) => hashOf(x, accountId, code)),
  );
  return codes;
}

/** The codes that come with the first second factor; none where the account has some already. */
export async function firstRecoveryCodes(x: Exchange, account: Account): Promise<readonly string[]> {
  return (await x.site.store.recoveryCodes.count(account.accountId)) > 0 ? [] : makeRecoveryCodes(x, account);
}

/** Takes the codes away with the last factor that they stood in for. */
export async function dropIdleRecoveryCodes({ site }: Exchange, { accountId }: Account): Promise<void> {
  const [totp, passkeys] = await Promise.all([site.store.totp.find(accountId), site.store.passkeys.list(accountId)]);
  if (totp?.confirmedAt === undefined && passkeys.length === 0) await site.store.recoveryCodes.replace(accountId, []);
}

/** Uses a code up, and tells the owner. False where it is none of the account's. */
export async function useRecoveryCode(x: Exchange, account: Account, typed: string): Promise<boolean> {
  if (readSpokenCode(typed) === undefined) return false;
  const isRight = await x.site.store.recoveryCodes.use(account.accountId, hashOf(x, account.accountId, typed));
  if (isRight) await notify(x, account, recoveryCodeUsed);
  return isRight;
}

const hashOf = ({ gate, site }: Exchange, accountId: string, code: string) =>
  spokenCodeHash(gate, `recovery ${site.name} ${accountId}`, code);
