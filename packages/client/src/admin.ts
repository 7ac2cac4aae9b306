import { OAuthError, UnexpectedAnswer } from './errors.ts';
import { type CallOptions, exchange, isObject } from './http.ts';
import { readTicket, type Ticket } from './ticket.ts';
import type { Token } from './token.ts';

/** A registered client as a Chartgate's administrator sees it, in the spelling of the wire. */
export type ClientRecord = {
  readonly client_id: string;
  readonly client_name?: string;
  readonly status: string;
  readonly scope?: string;
  readonly granted_scope?: string;
  readonly token_endpoint_auth_method?: string;
  readonly contacts?: readonly string[];
  readonly redirect_uris?: readonly string[];
  readonly jwks?: { readonly keys: readonly Record<string, unknown>[] };
  readonly jwks_uri?: string;
  readonly created_at?: string;
  readonly decided_at?: string;
  readonly reason?: string;
  /** How many live tokens a suspension or revocation ended. */
  readonly tokens_revoked?: number;
};

/** What an administrator decides about a client. `scope` grants fewer scopes than were asked for. */
export type Decision = { readonly scope?: string; readonly reason?: string };

/** The admin API of one site of a Chartgate. Every call throws {OAuthError} when refused. */
export type AdminApi = {
  readonly listClients: (status?: string) => Promise<readonly ClientRecord[]>;
  readonly readClient: (id: string) => Promise<ClientRecord>;
  readonly decide: (id: string, verb: 'approve' | 'suspend' | 'revoke', decision: Decision) => Promise<ClientRecord>;
  readonly readTicket: (id: string) => Promise<Ticket>;
  /** Makes a short-lived access token with these scopes, such as `system/*.cruds`. */
  readonly makeToken: (scope: string) => Promise<Token>;
};

/** @param base public URL of the server @param site such as `default` @param token an administrator's */
export function adminApi(base: string, site: string, token: string, options: CallOptions = {}): AdminApi {
  const root = `${base.replace(/\/+$/, '')}/apis/${encodeURIComponent(site)}/admin`;
  const call = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const url = `${root}/${path}`;
    const headers = { accept: 'application/json', authorization: `Bearer ${token}` };
    const json = { ...headers, 'content-type': 'application/json' };
    const init = body ? { method: 'POST', headers: json, body: JSON.stringify(body) } : { headers };
    const answer = await exchange(url, init, options);
    if (!answer.response.ok)
      throw new OAuthError(url, answer.response.status, isObject(answer.body) ? answer.body : {});
    if (isObject(answer.body)) return answer.body;
    throw new UnexpectedAnswer(url, answer.response.status, 'expected JSON from the admin API of a Chartgate');
  };
  const client = (id: string) => `clients/${encodeURIComponent(id)}`;
  return {
    async listClients(status) {
      const { clients } = await call(status ? `clients?status=${encodeURIComponent(status)}` : 'clients');
      return Array.isArray(clients) ? clients : [];
    },
    readClient: async (id) => (await call(client(id))) as ClientRecord,
    decide: async (id, verb, decision) => (await call(`${client(id)}/${verb}`, decision)) as ClientRecord,
    readTicket: (id) => readTicket(`${root}/tickets/${encodeURIComponent(id)}`, token, options),
    async makeToken(scope) {
      const asked = Date.now();
      const body = await call('tokens', { scope });
      if (typeof body.access_token !== 'string') throw new UnexpectedAnswer(root, 200, 'expected access_token');
      return { accessToken: body.access_token, expiresAt: asked + (Number(body.expires_in) || 60) * 1000, scope };
    },
  };
}
