import { endSession, signedInOf, withoutSession } from '../account/session.ts';
import { seeOther } from '../pages/page.ts';
import type { SignedIn } from '../store/account-ports.ts';
import { audit } from './audited.ts';
import { check, endpoint } from './endpoint.ts';
import { type Exchange, type GateAnswer, parameter } from './exchange.ts';
import { limitFailures, rejectRepeatedParameters, requireFormBody, requireGetOrPost } from './form.ts';
import { type IdTokenHint, readIdTokenHint } from './id-token-hint.ts';
import { askPage, signedOutPage, type WayBack } from './logout-pages.ts';
import { OAuthError, shown, shownRedacted } from './oauth-error.ts';
import { readForm, refusalPage } from './page-endpoint.ts';
import { issueTicket } from './ticket.ts';

const parameters = ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state'] as const;

const hints = new WeakMap<Exchange, IdTokenHint>();

/** The parameters of an app's request, in its address or a form; or the form of our own page, which says so by its token. */
const readRequest = check('request can be read', async (x) => {
  const { method, query } = x.request;
  if (method === 'GET') x.form = new Map(new URLSearchParams(query));
  else if (isOwnPage(x)) await readForm.run(x);
  else await requireFormBody.run(x);
});

/** "The OP MUST verify that the Client Identifier matches the one used as the audience", section 2. */
const findClient = check('id_token_hint is for the client', async (x) => {
  const token = parameter(x, 'id_token_hint');
  const hint = token === undefined ? undefined : await readIdTokenHint(x.gate, x.site, token);
  const named = parameter(x, 'client_id');
  const client = await x.site.client(hint?.clientId ?? named ?? '');
  if (client) x.client = client;
  if (!hint) return;
  if (named !== undefined && named !== hint.clientId) throw new OAuthError('logout-client', { received: shown(named) });
  hints.set(x, hint);
});

/**
 * Sign-out that an app asks for. With an id_token of whoever is signed in, the session ends, and all that the user gave
 * the app; else the user is asked first. An id_token of somebody else signs nobody out.
 * @see https://openid.net/specs/openid-connect-rpinitiated-1_0.html
 */
export const logout = endpoint(
  'logout',
  [requireGetOrPost, limitFailures, rejectRepeatedParameters, readRequest, findClient],
  async (x) => {
    const isConfirmed = isOwnPage(x);
    if (x.request.method === 'POST' && !isConfirmed) return again(x);
    const signedIn = await signedInOf(x);
    const hint = hints.get(x);
    const isTheirs = hint !== undefined && (!signedIn || signedIn.account.accountId === hint.accountId);
    const back = await wayBack(x);
    if (signedIn && !isTheirs && !isConfirmed) return askPage(x, signedIn.account, back);
    await signOut(x, signedIn, isTheirs ? hint : undefined);
    const cookies = signedIn ? withoutSession(x) : [];
    // without an id_token or a click anybody's link would lead here, and on to wherever an app of theirs is registered
    if (back.uri !== undefined && (isTheirs || isConfirmed)) return seeOther(back.uri, { 'set-cookie': cookies });
    return signedOutPage(x, back, cookies);
  },
  refusalPage,
);

async function signOut(x: Exchange, signedIn: SignedIn | undefined, hint: IdTokenHint | undefined): Promise<void> {
  if (hint) {
    const { accountId, clientId } = hint;
    await x.site.store.authorizations.revokeAll(accountId, clientId);
    x.site.forget({ users: true });
    await audit(x, { act: 'authorization-ended', by: 'user' }, { accountId, clientId });
  }
  if (signedIn) await endSession(x, signedIn);
}

/**
 * Where the app wants the browser to go: an address that the client has registered, character by character, or nowhere.
 * Whoever is on the way out is not kept here for an app's mistake: its owner finds a ticket.
 */
async function wayBack(x: Exchange): Promise<WayBack> {
  const uri = parameter(x, 'post_logout_redirect_uri');
  if (uri === undefined) return {};
  const state = parameter(x, 'state');
  const registered = x.client?.status === 'approved' ? x.client.metadata.post_logout_redirect_uris : undefined;
  if (Array.isArray(registered) && registered.includes(uri)) {
    if (state === undefined) return { uri };
    return { uri: `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ state })}` };
  }
  if (x.gate.failures.wait(x.request.remoteAddress) > 0) return {};
  x.gate.failures.count(x.request.remoteAddress);
  const trail = [{ check: 'post_logout_redirect_uri is registered', outcome: 'failed' }] as const;
  const refusal = new OAuthError('logout-redirect', { received: shownRedacted(uri) });
  return { ticket: await issueTicket(x, { endpoint: 'logout', refusal, trail }) };
}

/** A form of another origin comes without our cookies; the address it is sent on to is asked for with them. */
function again(x: Exchange): GateAnswer {
  const given = parameters.flatMap((name) => {
    const value = parameter(x, name);
    return value === undefined ? [] : [[name, value] as [string, string]];
  });
  return seeOther(`${x.site.issuer}/logout?${new URLSearchParams(given)}`);
}

function isOwnPage({ request }: Exchange): boolean {
  return request.method === 'POST' && new URLSearchParams(request.body).has('form_token');
}
