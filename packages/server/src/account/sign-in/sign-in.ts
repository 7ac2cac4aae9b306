import { actAs } from '../../oauth/audited.ts';
import { type Exchange, parameter } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../../oauth/secret.ts';
import type { Account } from '../../store/account-ports.ts';
import type { SignInStep } from '../../store/sign-in-ports.ts';
import { requireSecondFactor, secondFactorsOf } from '../factors/second-factors.ts';
import { accountByPassword } from '../password/passwords.ts';
import { amrWith } from '../session.ts';

/** How long the second step may take, ms, and how often it may be tried. */
export const stepLifetime = 5 * 60_000;
const mostTries = 5;

/** Who signed in, and how (RFC 8176). */
export type Proven = { readonly account: Account; readonly amr: readonly string[] };

/** What a right password leads to: a sign-in, or the secret of half a one, which a second factor completes. */
export type Outcome =
  | ({ readonly kind: 'signed-in' } & Proven)
  | { readonly kind: 'half'; readonly secret: string; readonly account: Account };

/** Signs in by name and password, as far as that goes. @throws {OAuthError} sign-in-failed, too-many-sign-ins */
export async function signInByPassword(x: Exchange, name: string, password: string): Promise<Outcome> {
  const { account, done } = await accountByPassword(x, name, password);
  const factors = await secondFactorsOf(x, account);
  if (factors.length === 0) {
    done();
    return { kind: 'signed-in', account, amr: ['pwd'] };
  }
  // it stays counted: whoever knows the password must not be able to try second factors without end
  const secret = newSecret();
  const { accountId, epoch } = account;
  const step: SignInStep = {
    hash: secretHash(secret),
    accountId,
    epoch,
    amr: ['pwd'],
    expiresAt: x.now + stepLifetime,
  };
  await x.site.store.signInSteps.insert(step);
  return { kind: 'half', secret, account };
}

/** Half a sign-in by its secret. @throws {OAuthError} second-step-lost */
export async function findHalf(x: Exchange, secret: string | undefined) {
  const isSecret = secret !== undefined && /^[\w-]{43}$/.test(secret);
  const found = isSecret ? await x.site.store.signInSteps.find(secretHash(secret), x.now) : undefined;
  if (!found) throw new OAuthError('second-step-lost');
  actAs(x, { accountId: found.account.accountId });
  return found;
}

/**
 * Completes half a sign-in by one of the account's second factors.
 * The field `method` says which one, and the field of that name what it shows.
 * @throws {OAuthError} second-factor-missing, second-factor-wrong, second-step-lost, factor-tries
 */
export async function signInBySecondFactor(x: Exchange, secret: string | undefined): Promise<Proven> {
  const { account, step } = await findHalf(x, secret);
  const { signInSteps } = x.site.store;
  const kind = (await secondFactorsOf(x, account)).find((one) => one === parameter(x, 'method'));
  if (!kind) throw new OAuthError('second-factor-wrong', { received: 'no such method' });
  if (!(await signInSteps.tryOnce(step.hash, mostTries))) throw new OAuthError('second-step-lost');
  const gained = await requireSecondFactor(x, account, { [kind]: parameter(x, kind) });
  if (!(await signInSteps.use(step.hash))) throw new OAuthError('second-step-lost');
  return { account, amr: amrWith(step.amr, gained) };
}
