import { signedInOf } from '../account/session.ts';
import { seeOther } from '../pages/page.ts';
import type { SignedIn } from '../store/account-ports.ts';
import type { Exchange, GateAnswer } from './exchange.ts';

/** A page for whoever is signed in. @param place of the page below the issuer, to come back to after the sign-in */
export async function signInFirst(
  x: Exchange,
  place: string,
  answer: (user: SignedIn) => GateAnswer | Promise<GateAnswer>,
): Promise<GateAnswer> {
  const user = await signedInOf(x);
  return user ? answer(user) : seeOther(`${x.site.issuer}/sign-in?${new URLSearchParams({ to: place })}`);
}
