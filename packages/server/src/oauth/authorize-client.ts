import { check } from './endpoint.ts';
import { clientOf, parameter } from './exchange.ts';
import { OAuthError, shown, shownRedacted } from './oauth-error.ts';

export const findClientToAuthorize = check('client is known', async (x) => {
  const clientId = parameter(x, 'client_id');
  const client = clientId === undefined ? undefined : await x.site.client(clientId);
  if (!client) throw new OAuthError('authorize-client', { received: `client_id: ${shownRedacted(clientId)}` });
  x.client = client;
});

export const requireEnabled = check('client is approved', (x) => {
  const { status } = clientOf(x);
  if (status !== 'approved') throw new OAuthError('authorize-disabled', { received: status });
});

const longestState = 2048;

/** Nobody is sent to an address that is not registered, with whatever error. @see https://www.rfc-editor.org/rfc/rfc9700#section-4.11 */
export const requireRegisteredRedirect = check('redirect_uri is registered', (x) => {
  const redirectUri = parameter(x, 'redirect_uri');
  const registered = clientOf(x).metadata.redirect_uris ?? [];
  if (redirectUri === undefined || !registered.some((uri) => isSameRedirect(uri, redirectUri))) {
    const expected = registered.length === 0 ? 'a client with redirect_uris' : `one of ${registered.join(' ')}`;
    throw new OAuthError('authorize-redirect', { received: shown(redirectUri), expected: shown(expected) });
  }
  const state = parameter(x, 'state');
  x.returnTo = { redirectUri, ...(state === undefined || state.length > longestState ? {} : { state }) };
});

const loopback = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(?=[/?]|$)/;

/** Character by character; of an app on the user's own machine the port is whichever was free. @see https://www.rfc-editor.org/rfc/rfc8252#section-7.3 */
function isSameRedirect(registered: string, received: string): boolean {
  if (registered === received) return true;
  if (!loopback.test(registered) || !URL.canParse(received)) return false;
  return registered.replace(loopback, '$1') === received.replace(loopback, '$1');
}
