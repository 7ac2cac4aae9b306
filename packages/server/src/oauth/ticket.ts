import type { Ticket } from '../store/gate-ports.ts';
import type { Exchange, GateAnswer, GateRequest } from './exchange.ts';
import { privateJson } from './exchange.ts';
import type { Gate } from './gate.ts';
import { OAuthError, refusalAnswer } from './oauth-error.ts';
import { bearerToken, isGateId, matchesHash, newIdentifier } from './secret.ts';

type Refused = { readonly endpoint: string; readonly refusal: OAuthError; readonly trail: Ticket['checks'] };

/**
 * Writes down why a request was refused, for the owner of the client it named. The id; undefined where no ticket is
 * kept: over the limit (one address cannot fill the table), or when the database does not take it (the refusal stands).
 */
export async function issueTicket(x: Exchange, { endpoint, refusal, trail }: Refused): Promise<string | undefined> {
  if (refusal.status === 429) return undefined;
  const ticket: Ticket = {
    id: newIdentifier(),
    time: x.now,
    endpoint,
    ...(x.client === undefined ? {} : { clientId: x.client.clientId }),
    error: refusal.error,
    refusal: refusal.refusal,
    check: trail.find((entry) => entry.outcome === 'failed')?.check ?? '',
    expected: refusal.expected,
    received: refusal.received,
    advice: refusal.advice,
    checks: trail,
  };
  try {
    await x.site.store.tickets.insert(ticket);
    return ticket.id;
  } catch (error) {
    x.gate.log.error(error, 'a ticket could not be written');
    return undefined;
  }
}

/** The ticket in the wire's spelling. */
export function ticketJson(ticket: Ticket) {
  return {
    id: ticket.id,
    time: new Date(ticket.time).toISOString(),
    endpoint: ticket.endpoint,
    client_id: ticket.clientId ?? null,
    error: ticket.error,
    refusal: ticket.refusal,
    check: ticket.check,
    expected: ticket.expected,
    received: ticket.received,
    advice: ticket.advice,
    checks: ticket.checks,
  };
}

/**
 * `GET /ticket/{id}`: for the holder of the registration access token of the client it concerns, or an administrator.
 * A wrong token and an unknown ticket look the same.
 */
export async function showTicket(gate: Gate, request: GateRequest): Promise<GateAnswer> {
  const site = await gate.site(request.site);
  if (!site) return refusalAnswer(new OAuthError('unknown-site'));
  const token = bearerToken(request.headers.authorization);
  const id = request.parameters.ticket ?? '';
  const ticket = isGateId(id) ? await site.store.tickets.find(id) : undefined;
  const client = ticket?.clientId === undefined ? undefined : await site.store.clients.find(ticket.clientId);
  const ownersHash = client?.registrationTokenHash;
  const isOwner = token !== undefined && ownersHash !== undefined && matchesHash(token, ownersHash);
  if (!isOwner && (token === undefined || !(await site.isAdminToken(token)))) {
    return refusalAnswer(new OAuthError('ticket-token', { headers: { 'www-authenticate': 'Bearer realm="ticket"' } }));
  }
  return ticket ? privateJson(200, ticketJson(ticket)) : refusalAnswer(new OAuthError('ticket-unknown'));
}
