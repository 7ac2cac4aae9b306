import { actAs } from '../../oauth/audited.ts';
import { check } from '../../oauth/endpoint.ts';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { bearerToken, secretHash } from '../../oauth/secret.ts';
import { signedInAtApi } from '../session.ts';

const staff = new WeakMap<Exchange, string>();

/** Somebody of the clinic: an administrator by the admin token, or who works here by a session token. */
export const requireStaff = check('somebody of the clinic asks', async (x) => {
  const administrator = await administratorByToken(x);
  if (administrator !== undefined) {
    actAs(x, { administrator });
    return void staff.set(x, 'admin');
  }
  const account = (await signedInAtApi(x))?.account;
  if (account?.role === 'practitioner' || account?.role === 'administrator') {
    actAs(x, { administrator: `account:${account.userName}`, accountId: undefined });
    return void staff.set(x, account.accountId);
  }
  throw new OAuthError('staff-token', { headers: { 'www-authenticate': 'Bearer realm="admin"' } });
});

/** Who of the clinic asks, once the check has found it: an account, or `admin`. */
export function staffOf(x: Exchange): string {
  const by = staff.get(x);
  if (by === undefined) throw new TypeError('No check has found who of the clinic asks');
  return by;
}

/** The holder of an admin token, as the audit names one; undefined where none is shown. */
export async function administratorByToken({
  request,
  site,
}: Pick<Exchange, 'request' | 'site'>): Promise<string | undefined> {
  const token = bearerToken(request.headers.authorization);
  const found = token === undefined ? undefined : await site.store.adminTokens.find(secretHash(token));
  return found && `token:${found.name}`;
}
