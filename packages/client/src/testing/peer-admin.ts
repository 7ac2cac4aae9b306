import type { PeerSetting } from './peer.ts';
import { bearer, json, type PeerClient, type PeerGate } from './peer-gate.ts';

const statuses: Record<string, string> = {
  approve: 'approved',
  reject: 'revoked',
  suspend: 'suspended',
  revoke: 'revoked',
};

/** The peer's answers to its administrator, in the manner of a Chartgate. */
export function peerAdmin(setting: PeerSetting, gate: PeerGate) {
  const record = (client: PeerClient) => ({ ...gate.describe(client), registration_access_token: undefined });
  const settings: Record<string, unknown> = { registration: 'open', four_eyes: 'off' };
  const adminTokens = new Map([['laptop', { name: 'laptop', created_at: '2026-01-01T00:00:00Z', created_by: null }]]);
  const decisions: { time: string; by: string; action: string; reason: string | null; client: string }[] = [];
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
    if (noun === 'settings') {
      if (request.method === 'PATCH') Object.assign(settings, await request.json());
      return json(200, settings);
    }
    if (noun === 'admin-tokens') {
      const name = id === '' ? '' : decodeURIComponent(id);
      if (request.method === 'GET') return json(200, { admin_tokens: [...adminTokens.values()] });
      if (request.method === 'DELETE') {
        if (adminTokens.size === 1) return json(409, { error: 'invalid_request', error_description: 'The last one.' });
        return adminTokens.delete(name) ? json(200, {}) : missing('admin token', name);
      }
      const made = (await request.json()) as { readonly name: string };
      const row = { name: made.name, created_at: '2026-01-02T00:00:00Z', created_by: null };
      adminTokens.set(made.name, row);
      return json(200, { ...row, admin_token: 'new-admin-token-of-the-peer' });
    }
    if (noun === 'inbox') {
      const pending = [...gate.clients.values()].filter(({ status }) => status === 'pending');
      const scopes = [{ scope: 'system/*.rs', says: 'Read and search all records of everyone.', is_new: true }];
      const since = '2026-01-01T00:00:00Z';
      const entries = pending.map((one) => ({
        client: record(one),
        since,
        for: 'registration',
        scopes,
        differences: [],
      }));
      return json(200, { waiting: entries });
    }
    if (id === '') {
      const status = new URL(request.url).searchParams.get('status');
      const clients = [...gate.clients.values()].filter((client) => !status || client.status === status);
      return json(200, { clients: clients.map(record) });
    }
    const client = gate.clients.get(id);
    if (!client) return missing('client', id);
    if (!verb) return json(200, record(client));
    if (verb === 'history') return json(200, { decisions: decisions.filter((one) => one.client === id).reverse() });
    const decision = (await request.json()) as {
      readonly scope?: string;
      readonly reason?: string;
      readonly question?: string;
    };
    const reason = decision.reason ?? decision.question ?? null;
    decisions.push({ time: '2026-01-02T00:00:00Z', by: 'token:laptop', action: verb, reason, client: id });
    client.status = statuses[verb] ?? client.status;
    if (decision.scope) client.granted_scope = decision.scope;
    if (decision.reason) client.reason = decision.reason;
    return json(200, { ...record(client), ...(verb === 'approve' ? {} : { tokens_revoked: gate.tokens.size }) });
  };
}

const missing = (noun: string, id: string) =>
  json(404, { error: 'not_found', error_description: `No ${noun} ${id} is here.` });
