import { check, type Refuse, type Step } from '../oauth/endpoint.ts';
import { type Exchange, type GateAnswer, privateJson } from '../oauth/exchange.ts';
import { limitFailures } from '../oauth/form.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';
import { bearerToken, isGateId, matchesHash } from '../oauth/secret.ts';
import type { Client } from '../store/gate-ports.ts';
import type { ClientChange, ClientDecision, ClientLife } from '../store/registration-ports.ts';
import { clientMetadataJson, messagesOf } from './client-json.ts';

const found = new WeakMap<Exchange, Client & ClientLife>();

/** The client whose owner asks. */
export function ownedClient(x: Exchange): Client & ClientLife {
  const client = found.get(x);
  if (!client) throw new TypeError('No check has found the owner');
  return client;
}

/** A wrong token and an unknown client look the same. @see https://www.rfc-editor.org/rfc/rfc7592#section-2 */
const requireOwner = check('registration access token of this client', async (x) => {
  const token = bearerToken(x.request.headers.authorization);
  const clientId = x.request.parameters.client ?? '';
  const client = isGateId(clientId) ? await x.site.store.registrations.find(clientId) : undefined;
  if (!client?.registrationTokenHash || token === undefined || !matchesHash(token, client.registrationTokenHash)) {
    const headers = { 'www-authenticate': 'Bearer realm="registration", error="invalid_token"' };
    throw new OAuthError('registration-token', { headers });
  }
  x.client = client;
  found.set(x, client);
});

export const requireChangeable = check('client is pending or approved', (x) => {
  const { status } = ownedClient(x);
  if (status === 'suspended' || status === 'revoked') throw new OAuthError('registered-state', { received: status });
});

/** A stranger gets no ticket: its being there would tell of the client. */
export const refuseOwner: Refuse = (_x, refusal, ticket) =>
  refusalAnswer(refusal, refusal.refusal === 'registration-token' ? undefined : ticket);

/** What every request of a client's owner is asked. @param methods those of the path */
export function ownerSteps(methods: string): readonly Step[] {
  const requireMethod = check('method', ({ request }) => {
    if (!methods.split(', ').includes(request.method)) throw new OAuthError('method', { headers: { allow: methods } });
  });
  return [requireMethod, limitFailures, requireOwner];
}

/** The client as its owner sees it, with what administrators wrote. @see https://www.rfc-editor.org/rfc/rfc7592#section-3 */
export async function shownClient(x: Exchange, client: Client, added: object = {}): Promise<GateAnswer> {
  const messages = messagesOf(await x.site.store.registrations.history(client.clientId, 100));
  return privateJson(200, { ...clientMetadataJson(client, x.site), messages, ...added });
}

/** Changes the client as it was found. @throws {OAuthError} registered-meanwhile */
export async function change(
  x: Exchange,
  changed: ClientChange,
  action: ClientDecision['action'],
  content: ClientDecision['content'] = {},
): Promise<Client & ClientLife> {
  const { clientId, version } = ownedClient(x);
  const decision: ClientDecision = { at: x.now, by: 'owner', action, content };
  const done = await x.site.store.registrations.change({ clientId, version }, changed, decision);
  if (!done) throw new OAuthError('registered-meanwhile');
  x.site.forget({ clientId });
  return done.client;
}
