import { signedInOf } from '../account/session.ts';
import { seeOther } from '../pages/page.ts';
import type { SignedIn } from '../store/account-ports.ts';
import { audit, patientsOf } from './audited.ts';
import { pendingOf, returnToApp, stationUrl } from './authorization-request.ts';
import type { Exchange, GateAnswer } from './exchange.ts';
import { secretHash } from './secret.ts';

/**
 * A page on the way from the authorization endpoint to the app, for whoever is signed in. Where nobody is, or somebody
 * else than launched the app, the way goes back to `continue`, which knows what is missing.
 */
export async function forUser(
  x: Exchange,
  answer: (user: SignedIn) => GateAnswer | Promise<GateAnswer>,
): Promise<GateAnswer> {
  const { request } = pendingOf(x);
  const user = await signedInOf(x);
  const isLaunchers = request.launch === undefined || request.launch.accountId === user?.account.accountId;
  return user && isLaunchers ? answer(user) : goOn(x);
}

/** Back to the station that knows which one is next. */
export function goOn(x: Exchange): GateAnswer {
  return seeOther(stationUrl(x, 'continue', pendingOf(x).secret));
}

/** The user does not want this: the request is over, and the app is told. */
export async function deny(x: Exchange): Promise<GateAnswer> {
  const { secret, request } = pendingOf(x);
  await signedInOf(x); // the audit names who it was
  const isOver = await x.site.store.authorizationRequests.remove(secretHash(secret));
  if (isOver) await audit(x, { act: 'authorization-denied', ...patientsOf(request) });
  return returnToApp(x, request, { error: 'access_denied', error_description: 'The user did not allow this.' });
}
