import type { Exchange } from '../../oauth/exchange.ts';
import type { Html } from '../../pages/html.ts';
import type { Account } from '../../store/account-ports.ts';
import type { SignInStep } from '../../store/sign-in-ports.ts';

/** Half a sign-in: the password was right, and now this is asked for. */
export type HalfSignedIn = { readonly x: Exchange; readonly account: Account; readonly step: SignInStep };

/** One way to show that it is really the owner of the account, beside the password. */
export type SecondFactor = {
  /** Its name in the API and in the form's field `method`, such as `totp`. */
  readonly method: string;
  /** What the page says of it, such as `Code from your authenticator app`. */
  readonly label: string;
  /** The fields of its form; `form_token`, `method` and the button are there already. */
  fields(half: HalfSignedIn): Html | Promise<Html>;
  /** What an app needs to know to answer, such as a passkey's challenge; as JSON. */
  challenge?(half: HalfSignedIn): Promise<unknown>;
  /**
   * Judges what was sent: the fields of the form, or the strings of the API's body. It is tried five times at most.
   * @returns what the session's amr gains, such as `['otp']`; undefined where it is wrong
   */
  check(half: HalfSignedIn, answer: ReadonlyMap<string, string>): Promise<readonly string[] | undefined>;
};

/** A kind of second factor: what an account has of it. */
export type SecondFactorKind = (x: Exchange, account: Account) => Promise<SecondFactor | undefined>;

/** The kinds there are, in the order in which the page shows them. */
export const secondFactorKinds: SecondFactorKind[] = [];

/** What the account asks for beside the password; empty: nothing. */
export async function secondFactors(x: Exchange, account: Account): Promise<readonly SecondFactor[]> {
  const found = await Promise.all(secondFactorKinds.map((kind) => kind(x, account)));
  return found.filter((factor) => factor !== undefined);
}
