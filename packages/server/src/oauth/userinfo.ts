import type { LiveToken } from '../store/gate-ports.ts';
import { check, endpoint } from './endpoint.ts';
import { type Exchange, privateJson } from './exchange.ts';
import { limitFailures, rejectRepeatedParameters, requireGetOrPost } from './form.ts';
import { OAuthError, type RefusalFacts } from './oauth-error.ts';
import type { RefusalCode } from './refusals.ts';
import { bearerToken } from './secret.ts';
import { userClaims } from './user-claims.ts';

const tokens = new WeakMap<Exchange, LiveToken>();

/** In the header or in a form, never in the URL. @see https://www.rfc-editor.org/rfc/rfc6750#section-2 */
const requireLiveToken = check('access token is live', async (x) => {
  const shown = [bearerToken(x.request.headers.authorization), formToken(x)].filter((one) => one !== undefined);
  if (shown.length > 1) throw challenge(x, 'bearer-twice', 'invalid_request');
  const [token] = shown;
  if (token === undefined) throw challenge(x, 'bearer-missing');
  const live = /^[\w-]{43}$/.test(token) ? await x.site.token(token) : undefined;
  if (!live) throw challenge(x, 'bearer-invalid', 'invalid_token');
  tokens.set(x, live);
  const client = await x.site.client(live.clientId);
  if (client) x.client = client;
});

/** @see https://openid.net/specs/openid-connect-core-1_0.html#UserInfo */
const requireOpenid = check('access token has the scope openid', (x) => {
  const { scope, user } = tokenOf(x);
  if (!user || !scope.split(' ').includes('openid')) throw challenge(x, 'openid-scope', 'insufficient_scope');
});

/** What the user let the client know: who it is, and the claims of the token's scopes. */
export const userinfo = endpoint(
  'userinfo',
  [requireGetOrPost, limitFailures, rejectRepeatedParameters, requireLiveToken, requireOpenid],
  async (x) => {
    const { scope, user } = tokenOf(x);
    const account = user && (await x.site.store.accounts.find(user.accountId));
    if (account?.status !== 'active') throw challenge(x, 'bearer-invalid', 'invalid_token');
    return privateJson(200, { sub: account.accountId, ...userClaims(account, scope, x.site) });
  },
);

function formToken({ request: { method, headers, body } }: Exchange): string | undefined {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (method !== 'POST' || type !== 'application/x-www-form-urlencoded') return undefined;
  return new URLSearchParams(body).get('access_token') || undefined;
}

/** A refusal that names the scheme. @see https://www.rfc-editor.org/rfc/rfc6750#section-3 */
function challenge({ site }: Exchange, code: RefusalCode, error?: string): OAuthError {
  const said = error === undefined ? '' : `, error="${error}"`;
  const needed = error === 'insufficient_scope' ? ', scope="openid"' : '';
  const headers: RefusalFacts['headers'] = { 'www-authenticate': `Bearer realm="${site.issuer}"${said}${needed}` };
  return new OAuthError(code, { headers });
}

function tokenOf(x: Exchange): LiveToken {
  const live = tokens.get(x);
  if (!live) throw new TypeError('No check has found the access token yet');
  return live;
}
