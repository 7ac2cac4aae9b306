import type { Actor, GateAct } from '../audit/event.ts';
import type { UserAuthorization } from '../store/authorization-ports.ts';
import type { Exchange } from './exchange.ts';
import type { OAuthError } from './oauth-error.ts';

const actors = new WeakMap<object, Actor>();

/** Says who acts in this exchange, once that is known; what was said before stays. */
export function actAs(x: Pick<Exchange, 'request'>, who: Actor): void {
  actors.set(x, { ...actors.get(x), ...who });
}

/** Who asks, as far as the checks have found: the client that the request names, the user, and from where. */
export function actorOf(x: Exchange): Actor {
  const { client, request } = x;
  const named = client === undefined ? {} : { clientId: client.clientId };
  return { address: request.remoteAddress, ...named, ...actors.get(x) };
}

type Act = GateAct & { readonly patients?: readonly string[] };

/**
 * Writes down what was done, before anybody is told.
 * @param about whom it is about, where that is somebody else than who asks, or more than is known of who asks
 * @throws {DatabaseUnavailable}
 */
export async function audit(x: Exchange, act: Act, about: Actor = {}): Promise<void> {
  await x.gate.audit.record(x.site.name, { ...actorOf(x), ...about, ...act });
}

type Refused = { readonly endpoint: string; readonly refusal: OAuthError; readonly ticket: string | undefined };

const signInEndpoints: ReadonlySet<string> = new Set([
  'sign-in',
  'second-step',
  'passkey',
  'account/sessions',
  'account/sessions/second-step',
  'account/passkeys/sessions',
]);

/** Refusals of these endpoints that mean: somebody could not prove who it is. */
const failures: ReadonlySet<string> = new Set(['sign-in-failed', 'second-factor-wrong', 'passkey-wrong']);

/** Writes down a refusal, under the ticket that tells its owner why. One for asking too often is not worth a row. */
export function auditRefusal(x: Exchange, { endpoint, refusal, ticket }: Refused): void {
  if (refusal.status === 429) return;
  const isSignIn = signInEndpoints.has(endpoint) && failures.has(refusal.refusal);
  const act = isSignIn
    ? ({ act: 'sign-in-refused', why: refusal.refusal } as const)
    : ({ act: 'refused', endpoint, refusal: refusal.refusal, status: refusal.status, ticket } as const);
  x.gate.audit.recordSoon(x.site.name, { ...actorOf(x), ...act });
}

/**
 * Writes down that an access token was issued, and for whose record. What a client got for itself need not wait: the
 * token is a committed row already, which says as much as long as it lives.
 * @throws {DatabaseUnavailable} then nobody may be told the token
 */
export async function auditGrant(x: Exchange, grantType: string): Promise<void> {
  const authorization = x.authorization ?? x.code?.authorization ?? x.refreshToken?.authorization;
  const act = { act: 'token-granted', grantType, scope: x.grantedScope ?? authorization?.scope ?? '' } as const;
  if (authorization) await audit(x, { ...act, ...patientsOf(authorization) }, partiesOf(authorization));
  else x.gate.audit.recordSoon(x.site.name, { ...actorOf(x), ...act });
}

/** The parties of what a user gave a client, as the audit names them. */
export function partiesOf({
  authorizationId,
  accountId,
  clientId,
}: Pick<UserAuthorization, 'authorizationId' | 'accountId' | 'clientId'>): Actor {
  return { authorizationId, accountId, clientId };
}

/** Whose record it is about, where it is about one. */
export function patientsOf({ patient }: { readonly patient?: string | undefined }) {
  return patient === undefined ? {} : { patients: [patient] };
}
