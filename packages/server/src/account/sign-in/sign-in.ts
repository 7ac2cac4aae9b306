import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { newSecret, secretHash } from '../../oauth/secret.ts';
import type { Account } from '../../store/account-ports.ts';
import type { SignInStep } from '../../store/sign-in-ports.ts';
import { accountByPassword } from '../password/passwords.ts';
import { type HalfSignedIn, type SecondFactor, secondFactors } from './second-factor.ts';

/** How long the second step may take, ms, and how often it may be tried. */
export const stepLifetime = 5 * 60_000;
const mostTries = 5;

/** What a right password leads to: a sign-in, or the secret of half a one. */
export type Outcome =
  | { readonly kind: 'signed-in'; readonly account: Account; readonly amr: readonly string[] }
  | { readonly kind: 'half'; readonly secret: string; readonly half: HalfSignedIn };

/** Signs in by name and password, as far as that goes. @throws {OAuthError} sign-in-failed, too-many-sign-ins */
export async function signInByPassword(x: Exchange, name: string, password: string): Promise<Outcome> {
  const { account, done } = await accountByPassword(x, name, password);
  const factors = await secondFactors(x, account);
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
  return { kind: 'half', secret, half: { x, account, step } };
}

/** Half a sign-in by its secret, and the factors that complete it. @throws {OAuthError} second-step-lost */
export async function findHalf(x: Exchange, secret: string | undefined) {
  const isSecret = secret !== undefined && /^[\w-]{43}$/.test(secret);
  const found = isSecret ? await x.site.store.signInSteps.find(secretHash(secret), x.now) : undefined;
  if (!found) throw new OAuthError('second-step-lost');
  return { half: { x, ...found }, factors: await secondFactors(x, found.account) };
}

/** Completes half a sign-in. @throws {OAuthError} second-factor-wrong, second-step-lost */
export async function signInBySecondFactor(
  { half, factors }: { readonly half: HalfSignedIn; readonly factors: readonly SecondFactor[] },
  method: string | undefined,
  answer: ReadonlyMap<string, string>,
): Promise<{ readonly account: Account; readonly amr: readonly string[] }> {
  const { x, account, step } = half;
  const steps = x.site.store.signInSteps;
  const factor = factors.find((one) => one.method === method);
  if (!factor) throw new OAuthError('second-factor-wrong', { received: 'no such method' });
  if (!(await steps.tryOnce(step.hash, mostTries))) throw new OAuthError('second-step-lost');
  const gained = await factor.check(half, answer);
  if (!gained) throw new OAuthError('second-factor-wrong');
  if (!(await steps.use(step.hash))) throw new OAuthError('second-step-lost');
  return { account, amr: [...new Set([...step.amr, ...gained, 'mfa'])] };
}
