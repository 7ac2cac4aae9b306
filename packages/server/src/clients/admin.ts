import type { z } from 'zod';
import type { GateAnswer, GateRequest } from '../oauth/exchange.ts';
import { privateJson } from '../oauth/exchange.ts';
import type { Gate, GateSite } from '../oauth/gate.ts';
import { readJsonObject } from '../oauth/json.ts';
import { OAuthError, refusalAnswer } from '../oauth/oauth-error.ts';
import { isGateId } from '../oauth/secret.ts';
import { ticketJson } from '../oauth/ticket.ts';
import type { Client } from '../store/gate-ports.ts';
import type { ClientLife } from '../store/registration-ports.ts';
import { adminJson } from './admin-json.ts';
import {
  clientJson,
  clientListJson,
  listClientsQuery,
  listTicketsQuery,
  ticketJsonSchema,
  ticketListJson,
} from './admin-schema.ts';
import { type Administrator, identifyAdmin } from './administrator.ts';

export type AdminCall = {
  readonly gate: Gate;
  readonly site: GateSite;
  readonly request: GateRequest;
  readonly by: Administrator;
};
export type AdminEndpoint = (gate: Gate, request: GateRequest) => Promise<GateAnswer>;

type AdminMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const listLimit = 1000;

/** An endpoint of the admin API: a realm of its own, which no access token opens. */
export function admin(method: AdminMethod, answer: (call: AdminCall) => Promise<unknown>): AdminEndpoint {
  return async (gate, request) => {
    try {
      const { site, by } = await identifyAdmin(gate, request);
      if (request.method !== method) throw new OAuthError('method', { headers: { allow: method } });
      return privateJson(200, await answer({ gate, site, request, by }));
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
  return (await identifyAdmin(gate, request)).site;
}

export const listClients = admin('GET', async ({ site, request }) => {
  const { status } = read(listClientsQuery, Object.fromEntries(new URLSearchParams(request.query)));
  const clients = await site.store.clients.list({ ...(status === undefined ? {} : { status }), limit: listLimit });
  return clientListJson.parse({ clients: clients.map(adminJson) });
});

export const showClient = admin('GET', async (call) => clientJson.parse(adminJson(await requestedClient(call))));

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

/** The client that the path names. @throws {OAuthError} admin-unknown */
export async function requestedClient({ site, request }: AdminCall): Promise<Client & ClientLife> {
  const clientId = request.parameters.client ?? '';
  const client = isGateId(clientId) ? await site.store.registrations.find(clientId) : undefined;
  if (!client) throw new OAuthError('admin-unknown');
  return client;
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
