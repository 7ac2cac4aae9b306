import type { Exchange } from '../oauth/exchange.ts';
import { placeOf } from '../oauth/page-endpoint.ts';
import { bearerToken, newIdentifier, newSecret, secretHash } from '../oauth/secret.ts';
import { cookie, readCookie } from '../pages/browser.ts';
import type { Account, Session, SignedIn } from '../store/account-ports.ts';

/** A session that is used is prolonged, at most this often, ms. */
const touchInterval = 60_000;

type Asking = Pick<Exchange, 'site' | 'settings' | 'request' | 'now'>;

/** Who is signed in in the browser that asks; undefined where nobody is. */
export async function signedInOf(x: Exchange): Promise<SignedIn | undefined> {
  return liveSession(x, readCookie(x.request.headers, placeOf(x), 'session'));
}

/** Who is signed in in the app that asks with `Authorization: Bearer {session_token}`. No access token opens this. */
export async function signedInByBearer(x: Asking): Promise<SignedIn | undefined> {
  return liveSession(x, bearerToken(x.request.headers.authorization));
}

async function liveSession({ site, settings, now }: Asking, token: string | undefined): Promise<SignedIn | undefined> {
  if (token === undefined || !/^[\w-]{43}$/.test(token)) return undefined;
  const found = await site.store.sessions.find(secretHash(token), now);
  if (found && now - found.session.seenAt > touchInterval) {
    await site.store.sessions.touch(found.session.hash, now, now + settings.session_lifetime * 1000);
  }
  return found;
}

/**
 * Signs somebody in, with a secret that was never seen before, so that nobody can plant a session that another signs in
 * to. Who is signed in in this browser already goes on with the session under its new secret and name; another user's
 * ends.
 * @param amr how the user proved who it is
 * @returns the session's secret, and the cookies that hold it
 */
export async function startSession(x: Exchange, account: Account, amr: readonly string[]) {
  const { token, session } = newSession(x, account, amr);
  const old = await signedInOf(x);
  const isRenewed = old?.account.accountId === account.accountId && (await renew(x, old.session.hash, session));
  if (!isRenewed) {
    if (old) await x.site.store.sessions.end(old.account.accountId, old.session.sessionId);
    await x.site.store.sessions.insert(session);
  }
  const place = placeOf(x);
  // the browser's own secret changes as well: forms that were shown before are worth nothing now
  return { token, session, cookies: [cookie(place, 'session', token), cookie(place, 'browser', newSecret())] };
}

/** Signs in anew in the session that there is. @returns its new secret; undefined where it died meanwhile */
export async function renewSession(x: Exchange, { session: old, account }: SignedIn, amr: readonly string[]) {
  const { token, session } = newSession(x, account, amr);
  return (await renew(x, old.hash, session)) ? { token, session } : undefined;
}

const renew = ({ site }: Exchange, old: Uint8Array, session: Session) =>
  site.store.accountAdministration.renewSession(old, session);

function newSession(x: Exchange, { accountId, epoch }: Account, amr: readonly string[]) {
  const token = newSecret();
  const session: Session = {
    hash: secretHash(token),
    sessionId: newIdentifier(),
    accountId,
    epoch,
    amr,
    authTime: x.now,
    seenAt: x.now,
    expiresAt: x.now + x.settings.session_lifetime * 1000,
    userAgent: (x.request.headers['user-agent'] ?? '').slice(0, 200),
  };
  return { token, session };
}

/** The cookies that sign a browser out. */
export function withoutSession(x: Exchange): readonly string[] {
  return [cookie(placeOf(x), 'session', undefined), cookie(placeOf(x), 'browser', undefined)];
}
