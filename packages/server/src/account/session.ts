import { actAs, audit } from '../oauth/audited.ts';
import type { Exchange } from '../oauth/exchange.ts';
import { placeOf } from '../oauth/page-endpoint.ts';
import { bearerToken, newIdentifier, newSecret, secretHash } from '../oauth/secret.ts';
import { browserOf, cookie, isOwnForm, readCookie } from '../pages/browser.ts';
import type { Account, Session, SignedIn } from '../store/account-ports.ts';

/** A session that is used is prolonged, at most this often, ms. */
const touchInterval = 60_000;

type Asking = Pick<Exchange, 'gate' | 'site' | 'settings' | 'request' | 'now'>;

/** By which a script of the server's own pages shows that it is one: what a form has in its hidden field. */
const ownPageHeader = 'chartgate-form-token';

/** Who is signed in in the browser that asks; undefined where nobody is. */
export async function signedInOf(x: Exchange): Promise<SignedIn | undefined> {
  return liveSession(x, readCookie(x.request.headers, placeOf(x), 'session'));
}

/**
 * Who is signed in where an API is called: in the app that shows `Authorization: Bearer {session_token}`, or in the
 * browser, where one of the server's own pages calls. No access token opens this, and no cookie alone.
 */
export async function signedInAtApi(x: Asking): Promise<SignedIn | undefined> {
  const { headers } = x.request;
  if (headers.authorization !== undefined) return liveSession(x, bearerToken(headers.authorization));
  return isOwnPage(x) ? liveSession(x, readCookie(headers, placeOf(x), 'session')) : undefined;
}

/** Whether a script of a page of ours calls: other origins can neither read what it shows nor send the header along. */
function isOwnPage(x: Asking): boolean {
  const { headers } = x.request;
  const isForeign = headers.origin !== undefined && headers.origin !== new URL(x.gate.config.publicUrl).origin;
  return !isForeign && isOwnForm(browserOf(headers, placeOf(x)), headers[ownPageHeader]);
}

async function liveSession(x: Asking, token: string | undefined): Promise<SignedIn | undefined> {
  const { site, settings, now } = x;
  if (token === undefined || !/^[\w-]{43}$/.test(token)) return undefined;
  const found = await site.store.sessions.find(secretHash(token), now);
  if (found && now - found.session.seenAt > touchInterval) {
    await site.store.sessions.touch(found.session.hash, now, now + settings.session_lifetime * 1000);
  }
  if (found) actAs(x, { accountId: found.account.accountId });
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
  await audit(x, { act: 'signed-in', amr }, { accountId: account.accountId });
  const place = placeOf(x);
  // the browser's own secret changes as well: forms that were shown before are worth nothing now
  return { token, session, cookies: [cookie(place, 'session', token), cookie(place, 'browser', newSecret())] };
}

/** Signs in anew in the session that there is. @returns its new secret; undefined where it died meanwhile */
export async function renewSession(x: Exchange, { session: old, account }: SignedIn, amr: readonly string[]) {
  const { token, session } = newSession(x, account, amr);
  if (!(await renew(x, old.hash, session))) return undefined;
  await audit(x, { act: 'signed-in', amr });
  return { token, session };
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

/** Signs out: the session is dead, and what was to end with it. */
export async function endSession(x: Exchange, { account, session }: SignedIn): Promise<void> {
  await x.site.store.sessions.end(account.accountId, session.sessionId);
  x.site.forget({ users: true });
  await audit(x, { act: 'signed-out' }, { accountId: account.accountId });
}

/** What a session says of how it was proved, with one proof more. @see https://www.rfc-editor.org/rfc/rfc8176#section-2 */
export function amrWith(known: readonly string[], gained: string): readonly string[] {
  const all = new Set([...known, gained]);
  const isSeveral = all.has('pwd') && ['otp', 'hwk', 'swk'].some((factor) => all.has(factor));
  return [...(isSeveral ? all.add('mfa') : all)];
}

/** The cookies that sign a browser out. */
export function withoutSession(x: Exchange): readonly string[] {
  return [cookie(placeOf(x), 'session', undefined), cookie(placeOf(x), 'browser', undefined)];
}
