import type { PeerSetting } from './peer.ts';
import { bearer, json, type PeerClient, type PeerGate } from './peer-gate.ts';

const statuses: Record<string, string> = { approve: 'approved', suspend: 'suspended', revoke: 'revoked' };

/** The peer's answers to its administrator, in the manner of a Chartgate. */
export function peerAdmin(setting: PeerSetting, gate: PeerGate) {
  const record = (client: PeerClient) => ({ ...gate.describe(client), registration_access_token: undefined });
  return async (request: Request, path: string): Promise<Response> => {
    if (bearer(request) !== setting.adminToken) return json(401, { error: 'invalid_token' });
    const [noun, id = '', verb] = path.split('/');
    if (noun === 'tokens') {
      const { scope } = (await request.json()) as { readonly scope: string };
      const access_token = `loading-${gate.tokens.size + 1}-of-the-peer`;
      gate.tokens.set(access_token, Date.now() + setting.tokenLife * 1000);
      return json(201, { access_token, expires_in: setting.tokenLife, scope });
    }
    if (noun === 'tickets') {
      const ticket = gate.tickets.get(id);
      return ticket ? json(200, gate.ticketOf(ticket)) : missing('ticket', id);
    }
    if (id === '') {
      const status = new URL(request.url).searchParams.get('status');
      const clients = [...gate.clients.values()].filter((client) => !status || client.status === status);
      return json(200, { clients: clients.map(record) });
    }
    const client = gate.clients.get(id);
    if (!client) return missing('client', id);
    if (!verb) return json(200, record(client));
    const decision = (await request.json()) as { readonly scope?: string; readonly reason?: string };
    client.status = statuses[verb] ?? client.status;
    if (decision.scope) client.granted_scope = decision.scope;
    if (decision.reason) client.reason = decision.reason;
    return json(200, { ...record(client), ...(verb === 'approve' ? {} : { tokens_revoked: gate.tokens.size }) });
  };
}

const missing = (noun: string, id: string) =>
  json(404, { error: 'not_found', error_description: `No ${noun} ${id} is here.` });
