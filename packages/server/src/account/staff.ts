import { check } from '../oauth/endpoint.ts';
import type { Exchange } from '../oauth/exchange.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { bearerToken } from '../oauth/secret.ts';
import { signedInByBearer } from './session.ts';

const staff = new WeakMap<Exchange, string>();

/** Somebody of the clinic: an administrator by the admin token, or who works here by a session token. */
export const requireStaff = check('somebody of the clinic asks', async (x) => {
  const token = bearerToken(x.request.headers.authorization);
  if (token !== undefined && (await x.site.isAdminToken(token))) return void staff.set(x, 'admin');
  const account = (await signedInByBearer(x))?.account;
  if (account?.role === 'practitioner' || account?.role === 'administrator')
    return void staff.set(x, account.accountId);
  throw new OAuthError('staff-token', { headers: { 'www-authenticate': 'Bearer realm="admin"' } });
});

/** Who of the clinic asks, once the check has found it: an account, or `admin`. */
export function staffOf(x: Exchange): string {
  const by = staff.get(x);
  if (by === undefined) throw new TypeError('No check has found who of the clinic asks');
  return by;
}
