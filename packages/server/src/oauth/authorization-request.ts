import { signedInOf } from '../account/session.ts';
import { seeOther } from '../pages/page.ts';
import type { AuthorizationRequest, OpenRequest } from '../store/authorization-ports.ts';
import { check } from './endpoint.ts';
import { type Exchange, type GateAnswer, parameter } from './exchange.ts';
import { OAuthError } from './oauth-error.ts';
import { newSecret, secretHash } from './secret.ts';

/** How long a user may take from the authorization endpoint to the app, ms. */
const patience = 30 * 60_000;

/** A request on its way through the pages: what was asked and picked, and the secret that the pages' addresses carry. */
export type PendingRequest = { readonly secret: string; readonly request: OpenRequest };

/** The pages between the authorization endpoint and the app, in the order in which a user may see them. */
export type Station = 'continue' | 'sign-in' | 'patient' | 'consent';

/** Keeps a request that passed its checks, and sends the browser to the first page it needs. */
export async function beginRequest(x: Exchange, request: AuthorizationRequest): Promise<GateAnswer> {
  const secret = newSecret();
  await x.site.store.authorizationRequests.insert(secretHash(secret), request, x.now, x.now + patience);
  return seeOther(stationUrl(x, 'continue', secret));
}

/** The address of a page for this request. */
export function stationUrl({ site }: Pick<Exchange, 'site'>, station: Station, secret: string): string {
  return `${site.issuer}/${station}?request=${secret}`;
}

/** Finds the request that a page is about, by `request` in its address or its form. */
export const findRequest = check('authorization request is known', async (x) => {
  const secret = parameter(x, 'request') ?? new URLSearchParams(x.request.query).get('request') ?? '';
  const isSecret = /^[\w-]{43}$/.test(secret);
  const request = isSecret ? await x.site.store.authorizationRequests.find(secretHash(secret), x.now) : undefined;
  if (!request) throw new OAuthError('request-unknown');
  const client = await x.site.client(request.clientId);
  if (client?.status !== 'approved') throw new OAuthError('request-unknown');
  x.client = client;
  x.pending = { secret, request };
});

/** The request, once a check has found it. */
export function pendingOf(x: Exchange): PendingRequest {
  if (!x.pending) throw new TypeError('No check has found the authorization request yet');
  return x.pending;
}

/** Keeps what the user who is signed in picked (a patient, an encounter) with the request. */
export async function pick(x: Exchange, picked: Pick<AuthorizationRequest, 'patient' | 'encounter'>): Promise<void> {
  const { secret, request: known } = pendingOf(x);
  const { patient: _patient, encounter: _encounter, pickedBy: _pickedBy, ...request } = known;
  const signedIn = await signedInOf(x);
  const replaced = { ...request, ...picked, ...(signedIn ? { pickedBy: signedIn.account.accountId } : {}) };
  await x.site.store.authorizationRequests.replace(secretHash(secret), replaced);
  x.pending = { secret, request: replaced };
}

/** Takes the request away. @throws {OAuthError} where somebody else did before: of many at once, one may go on */
export async function closeRequest(x: Exchange): Promise<void> {
  const isFirst = await x.site.store.authorizationRequests.remove(secretHash(pendingOf(x).secret));
  if (!isFirst) throw new OAuthError('request-unknown');
}

/**
 * Sends the browser back to the app.
 * @param answer `code`, or `error` with its description; `state` and `iss` are added
 * @see https://www.rfc-editor.org/rfc/rfc9207#section-2
 */
export function returnToApp(
  { site }: Pick<Exchange, 'site'>,
  { redirectUri, state }: Pick<AuthorizationRequest, 'redirectUri' | 'state'>,
  answer: Readonly<Record<string, string>>,
): GateAnswer {
  const parameters = new URLSearchParams({ ...answer, ...(state === undefined ? {} : { state }), iss: site.issuer });
  return seeOther(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters}`);
}
