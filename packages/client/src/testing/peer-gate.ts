import type { JWK } from 'jose';
import type { PeerSetting } from './peer.ts';

/** A client as the peer keeps it. */
export type PeerClient = {
  readonly client_id: string;
  readonly registration_access_token: string;
  readonly metadata: Record<string, unknown>;
  status: string;
  granted_scope?: string;
  reason?: string;
};

export type PeerTicket = { readonly id: string; readonly client_id: string; readonly check: string };

export type PeerGate = {
  readonly clients: Map<string, PeerClient>;
  readonly tickets: Map<string, PeerTicket>;
  /** Live access tokens and when they end, ms since the epoch. */
  readonly tokens: Map<string, number>;
  /** Claims of every assertion that was accepted. */
  readonly assertions: Record<string, unknown>[];
  readonly holds: (request: Request) => boolean;
  readonly describe: (client: PeerClient) => Record<string, unknown>;
  readonly ticketOf: (ticket: PeerTicket) => Record<string, unknown>;
  readonly answer: (request: Request, path: string) => Promise<Response>;
};

/** The authorization half of the peer. @param setting shared settings */
export function peerGate(setting: PeerSetting): PeerGate {
  const clients = new Map<string, PeerClient>();
  const tickets = new Map<string, PeerTicket>();
  const tokens = new Map<string, number>();
  const assertions: Record<string, unknown>[] = [];
  const spent = new Set<unknown>();

  const describe = (client: PeerClient) => ({
    ...client.metadata,
    client_id: client.client_id,
    registration_access_token: client.registration_access_token,
    registration_client_uri: `${setting.oauth}/client/${client.client_id}`,
    ...(setting.kind === 'chartgate' ? { status: client.status, warnings: [] } : {}),
    ...(client.granted_scope ? { granted_scope: client.granted_scope } : {}),
    ...(client.reason ? { reason: client.reason } : {}),
  });

  const refuse = (client_id: string, check: string) => {
    const id = `T${tickets.size + 1}`;
    tickets.set(id, { id, client_id, check });
    const ticket = setting.kind === 'chartgate' ? { ticket: id } : {};
    return json(401, { error: 'invalid_client', error_description: 'Client authentication failed', ...ticket });
  };

  async function token(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text());
    const [head = '', body = '', signature = ''] = (form.get('client_assertion') ?? '').split('.');
    const header = decode(head);
    const claims = decode(body);
    const client = clients.get(String(claims.sub));
    if (!client) return refuse('', 'client');
    const jwks = client.metadata.jwks as { keys: JWK[] };
    const key = jwks.keys.find(({ kid }) => kid === header.kid);
    if (!key || !(await verify(key, `${head}.${body}`, signature))) return refuse(client.client_id, 'signature');
    if (claims.aud !== `${setting.oauth}/token`) return refuse(client.client_id, 'aud');
    if (Number(claims.exp) > Date.now() / 1000 + 300) return refuse(client.client_id, 'exp');
    if (!claims.jti || spent.has(claims.jti)) return refuse(client.client_id, 'jti');
    spent.add(claims.jti);
    if (client.status !== 'approved') return refuse(client.client_id, 'status');
    assertions.push({ ...claims, header });
    const access_token = `token-${tokens.size + 1}-of-the-peer`;
    tokens.set(access_token, Date.now() + setting.tokenLife * 1000);
    const scope = client.granted_scope ?? form.get('scope');
    return json(200, { access_token, token_type: 'Bearer', expires_in: setting.tokenLife, scope });
  }

  async function registration(request: Request): Promise<Response> {
    const metadata = (await request.json()) as Record<string, unknown>;
    if (!Array.isArray(metadata.redirect_uris)) return json(400, { error: 'invalid_redirect_uri' });
    const client: PeerClient = {
      client_id: `client-${clients.size + 1}`,
      registration_access_token: `registration-token-${clients.size + 1}-of-the-peer`,
      metadata,
      status: setting.approval ? 'pending' : 'approved',
    };
    clients.set(client.client_id, client);
    return json(201, describe(client));
  }

  const ticketOf = (ticket: PeerTicket) => ({
    id: ticket.id,
    time: '2026-01-01T00:00:00Z',
    endpoint: 'token',
    client_id: ticket.client_id,
    error: 'invalid_client',
    check: ticket.check,
    expected: 'what the peer wants',
    received: 'what came',
    advice: 'Do it as the peer wants it.',
    checks: [
      { check: 'assertion', outcome: 'passed' },
      { check: ticket.check, outcome: 'failed' },
      { check: 'scope', outcome: 'skipped' },
    ],
  });

  return {
    clients,
    tickets,
    tokens,
    assertions,
    describe,
    ticketOf,
    holds: (request) => (tokens.get(bearer(request)) ?? 0) > Date.now(),
    async answer(request, path) {
      if (path === 'registration' && request.method === 'POST') return registration(request);
      if (path === 'token' && request.method === 'POST') return token(request);
      const [kind, id = ''] = path.split('/');
      const ticket = tickets.get(id);
      const client = clients.get(ticket?.client_id ?? id);
      if (client?.registration_access_token !== bearer(request)) return json(401, { error: 'invalid_token' });
      if (kind === 'client') return json(200, describe(client));
      return kind === 'ticket' && ticket ? json(200, ticketOf(ticket)) : json(404, { error: 'not_found' });
    },
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
}

export const bearer = (request: Request): string => (request.headers.get('authorization') ?? '').replace('Bearer ', '');

function decode(part: string): Record<string, unknown> {
  try {
    return JSON.parse(new TextDecoder().decode(bytesOf(part)));
  } catch {
    return {};
  }
}

async function verify(key: JWK, signed: string, signature: string): Promise<boolean> {
  const algorithm =
    key.kty === 'EC' ? { name: 'ECDSA', namedCurve: 'P-384' } : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' };
  const imported = await crypto.subtle.importKey('jwk', key, algorithm, false, ['verify']);
  const data = new TextEncoder().encode(signed);
  return crypto.subtle.verify({ ...algorithm, hash: 'SHA-384' }, imported, bytesOf(signature), data);
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64url.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
}
