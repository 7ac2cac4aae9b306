import { narrow, parseScope } from '@chartgate/fhir';
import type { z } from 'zod';
import type { GateAnswer, GateRequest } from '../oauth/exchange.ts';
import { privateJson } from '../oauth/exchange.ts';
import type { Gate, GateSite } from '../oauth/gate.ts';
import { readJsonObject } from '../oauth/json.ts';
import { OAuthError, refusalAnswer, shown } from '../oauth/oauth-error.ts';
import { bearerToken, isGateId } from '../oauth/secret.ts';
import { ticketJson } from '../oauth/ticket.ts';
import type { Client, Decision } from '../store/gate-ports.ts';
import {
  approveBody,
  clientJson,
  clientListJson,
  decideBody,
  decidedClientJson,
  listClientsQuery,
  listTicketsQuery,
  ticketJsonSchema,
  ticketListJson,
} from './admin-schema.ts';
import { administratorOf } from './administrator.ts';
import { type ClientAction, transitions } from './states.ts';

export type AdminCall = { readonly gate: Gate; readonly site: GateSite; readonly request: GateRequest };
export type AdminEndpoint = (gate: Gate, request: GateRequest) => Promise<GateAnswer>;

type AdminMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const listLimit = 1000;

/** An endpoint of the admin API: a realm of its own, which no access token opens. */
export function admin(method: AdminMethod, answer: (call: AdminCall) => Promise<unknown>): AdminEndpoint {
  return async (gate, request) => {
    try {
      const site = await requireAdmin(gate, request);
      if (request.method !== method) throw new OAuthError('method', { headers: { allow: method } });
      return privateJson(200, await answer({ gate, site, request }));
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      auditAdminRefusal(gate, request, error);
      return refusalAnswer(error);
    }
  };
}

/** Somebody without an admin token was at the door. */
export function auditAdminRefusal(
  gate: Gate,
  { site, remoteAddress }: Pick<GateRequest, 'site' | 'remoteAddress'>,
  { status, refusal }: OAuthError,
): void {
  if (status !== 401) return;
  gate.audit.recordSoon(site, { act: 'refused', endpoint: 'admin', refusal, status, address: remoteAddress });
}

/** Endpoints of one path, by their methods. */
export function adminMethods(endpoints: Readonly<Partial<Record<AdminMethod, AdminEndpoint>>>): AdminEndpoint {
  const allow = Object.keys(endpoints).join(', ');
  return async (gate, request) => {
    const chosen = endpoints[request.method as AdminMethod];
    return chosen ? chosen(gate, request) : refusalAnswer(new OAuthError('method', { headers: { allow } }));
  };
}

/** The site, for one of its administrators. @throws {OAuthError} 401, 404 */
export async function requireAdmin(gate: Gate, request: Pick<GateRequest, 'site' | 'headers'>): Promise<GateSite> {
  const site = await gate.site(request.site);
  if (!site) throw new OAuthError('unknown-site');
  const token = bearerToken(request.headers.authorization);
  if (token !== undefined && (await site.isAdminToken(token))) return site;
  throw new OAuthError('admin-token', { headers: { 'www-authenticate': 'Bearer realm="admin"' } });
}

export const listClients = admin('GET', async ({ site, request }) => {
  const { status } = read(listClientsQuery, Object.fromEntries(new URLSearchParams(request.query)));
  const clients = await site.store.clients.list({ ...(status === undefined ? {} : { status }), limit: listLimit });
  return clientListJson.parse({ clients: clients.map(adminJson) });
});

export const showClient = admin('GET', async (call) => clientJson.parse(adminJson(await requestedClient(call))));

export const approveClient = admin('POST', async (call) => {
  const { scope, reason } = read(approveBody, bodyOf(call.request));
  const client = await requestedClient(call);
  const grantedScope = scope === undefined ? client.grantedScope || client.scope : partOf(client, scope);
  return decide(call, 'approve', { grantedScope, ...(reason === undefined ? {} : { reason }) });
});

export const suspendClient = admin('POST', (call) => decide(call, 'suspend', read(decideBody, bodyOf(call.request))));

export const revokeClient = admin('POST', (call) => decide(call, 'revoke', read(decideBody, bodyOf(call.request))));

export const listTickets = admin('GET', async ({ site, request }) => {
  const { client_id } = read(listTicketsQuery, Object.fromEntries(new URLSearchParams(request.query)));
  const filter = { ...(client_id === undefined ? {} : { clientId: client_id }), limit: listLimit };
  return ticketListJson.parse({ tickets: (await site.store.tickets.list(filter)).map(ticketJson) });
});

export const showAnyTicket = admin('GET', async ({ site, request }) => {
  const id = request.parameters.ticket ?? '';
  const ticket = isGateId(id) ? await site.store.tickets.find(id) : undefined;
  if (!ticket) throw new OAuthError('ticket-unknown');
  return ticketJsonSchema.parse(ticketJson(ticket));
});

/** The client that the path names. @throws {OAuthError} 404 */
export async function requestedClient({ site, request }: AdminCall): Promise<Client> {
  const clientId = request.parameters.client ?? '';
  const client = isGateId(clientId) ? await site.store.clients.find(clientId) : undefined;
  if (!client) throw new OAuthError('admin-unknown');
  return client;
}

async function decide(
  call: AdminCall,
  action: ClientAction,
  decision: { readonly grantedScope?: string; readonly reason?: string | undefined },
) {
  const { from, to } = transitions[action];
  const { reason, ...rest } = decision;
  const change: Decision = { from, to, at: call.gate.now(), ...rest, ...(reason === undefined ? {} : { reason }) };
  const { clientId, registrationTokenHash } = await requestedClient(call);
  if (registrationTokenHash === undefined && action === 'revoke') {
    throw new OAuthError('client-state', {
      description: 'This client comes with the site and cannot be revoked: suspend it.',
    });
  }
  const decided = await call.site.store.clients.decide(clientId, change);
  if (!decided) {
    const { status } = await requestedClient(call);
    throw new OAuthError('client-state', {
      description: `The client is ${status}: ${action} needs ${from.join(' or ')}.`,
    });
  }
  call.site.forget({ clientId });
  await auditDecision(call, { clientId, decision: action, scope: rest.grantedScope, reason });
  return decidedClientJson.parse({
    ...adminJson(decided.client),
    ...(action === 'approve' ? {} : { tokens_revoked: decided.tokensRevoked }),
  });
}

type Decided = {
  readonly clientId: string;
  readonly decision: ClientAction;
  readonly scope: string | undefined;
  readonly reason: string | undefined;
};

async function auditDecision({ gate, site, request }: AdminCall, decided: Decided): Promise<void> {
  await gate.audit.record(site.name, {
    ...(await administratorOf(site, request)),
    act: 'client-decided',
    ...decided,
  });
}

/** The scopes of `text`, each of which must lie within what the client asked for. */
function partOf(client: Client, text: string): string {
  const { scopes, unknown } = parseScope(text);
  const asked = parseScope(client.scope).scopes;
  const beyond = scopes.filter((scope) => !narrow([scope], asked).some((part) => part.text === scope.text));
  const refused = [...beyond.map((scope) => scope.text), ...unknown.map((scope) => scope.text)];
  if (refused.length > 0 || scopes.length === 0) {
    throw new OAuthError('admin-scope', {
      description:
        scopes.length + refused.length === 0
          ? 'scope is empty: name at least one scope, or revoke the client.'
          : `Not among the scopes the client asked for: ${shown(refused.join(' '))}.`,
    });
  }
  return scopes.map((scope) => scope.text).join(' ');
}

/** @throws {OAuthError} admin-request, naming the member that is wrong */
export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join('.') || 'the request';
  throw new OAuthError('admin-request', { description: `${where}: ${issue?.message ?? 'cannot be understood'}.` });
}

/** The JSON body; an empty one is an empty object. */
export function bodyOf(request: GateRequest): unknown {
  const body = request.body.trim() === '' ? {} : readJsonObject(request.body);
  if (typeof body === 'string') throw new OAuthError('admin-request', { description: body });
  return body;
}

function adminJson(client: Client) {
  const { client_name, token_endpoint_auth_method, grant_types, contacts, redirect_uris, jwks, jwks_uri } =
    client.metadata;
  return {
    client_id: client.clientId,
    client_name: client_name ?? null,
    status: client.status,
    scope: client.scope,
    granted_scope: client.grantedScope,
    token_endpoint_auth_method,
    grant_types,
    contacts: contacts ?? [],
    redirect_uris: redirect_uris ?? [],
    ...(jwks === undefined ? {} : { jwks }),
    ...(jwks_uri === undefined ? {} : { jwks_uri }),
    warnings: client.warnings,
    created_at: new Date(client.createdAt).toISOString(),
    decided_at: client.decidedAt === undefined ? null : new Date(client.decidedAt).toISOString(),
    reason: client.reason ?? null,
  };
}
