import { UnexpectedAnswer } from './errors.ts';
import { type CallOptions, longTimeout } from './http.ts';
import { apiRoot, jsonApi, listed } from './json-api.ts';
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
export type Decision = {
  readonly scope?: string;
  readonly reason?: string;
  /** With an approval: then the client goes back to review. */
  readonly valid_for_days?: number;
};

/** @see https://hl7.org/fhir/packages.html */
export type PackageId = { readonly name: string; readonly version: string };

/** A FHIR package that is installed on a site, in the spelling of the wire. */
export type PackageRecord = PackageId & {
  readonly title?: string | null;
  readonly dependencies?: Readonly<Record<string, string>>;
  /** How many canonical resources it brought. */
  readonly resources?: number;
  readonly installed_at?: string;
};

/** `builtin` comes with the server and needs no installing. */
export type PackageList = { readonly packages: readonly PackageRecord[]; readonly builtin: readonly PackageId[] };

/** What became of an installation. */
export type InstalledPackage = PackageId & {
  readonly outcome: string;
  /** Canonical resources by type. */
  readonly resources: Readonly<Record<string, number>>;
  /** Files that the server could not use. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
};

/** What a list of the audit is narrowed to, in the spelling of the wire. Times are dates, or times with an offset. */
export type AuditQuery = {
  readonly patient?: string;
  readonly client?: string;
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly outcome?: string;
  readonly action?: string;
  /** Events on a page. */
  readonly count?: string;
  /** `next` of the page before. */
  readonly cursor?: string;
};

/** An event of the audit: who did what, and whose records were touched. */
export type AuditRecord = {
  readonly id: string;
  readonly time: string;
  /** A FHIR interaction, or an act of the gate. */
  readonly action: string;
  /** As HTTP has it. */
  readonly status: number;
  readonly client_id: string | null;
  readonly account_id: string | null;
  readonly patients: readonly string[];
  readonly details: Readonly<Record<string, unknown>>;
};

/** How far a chain of the audit is. */
export type AuditHead = { readonly chain: number; readonly seq: number; readonly hash: string };

export type AuditVerification = {
  readonly intact: boolean;
  readonly chains: number;
  readonly rows: number;
  readonly heads: readonly AuditHead[];
  readonly first_break: {
    readonly chain: number;
    readonly node: string | null;
    readonly seq: number | null;
    readonly what: string;
  } | null;
};

/** A client that waits for a decision. */
export type InboxEntry = {
  readonly client: ClientRecord;
  readonly since: string;
  /** `registration`, `change` or `expiry`. */
  readonly for: string;
  /** Each scope asked for, in words, and whether it was not granted before. */
  readonly scopes: readonly { readonly scope: string; readonly says: string; readonly is_new: boolean }[];
  /** To what was approved last. */
  readonly differences: readonly { readonly member: string; readonly before: unknown; readonly after: unknown }[];
};

/** One line of a client's history. */
export type ClientDecision = {
  readonly time: string;
  readonly by: string;
  readonly action: string;
  readonly reason?: string | null;
};

/** An admin token, without its secret but when it is made. */
export type AdminTokenRecord = {
  readonly name: string;
  readonly created_at?: string;
  readonly created_by?: string | null;
  readonly admin_token?: string;
};

/** The settings of a site by name. */
export type Settings = Readonly<Record<string, unknown>>;

/** The admin API of one site of a Chartgate. Every call throws {OAuthError} when refused. */
export type AdminApi = {
  readonly listClients: (status?: string) => Promise<readonly ClientRecord[]>;
  readonly readClient: (id: string) => Promise<ClientRecord>;
  readonly decide: (
    id: string,
    verb: 'approve' | 'reject' | 'suspend' | 'revoke',
    decision: Decision,
  ) => Promise<ClientRecord>;
  /** Asks the client's developer a question, by mail and in the registration. */
  readonly ask: (id: string, question: string) => Promise<ClientRecord>;
  /** What waits for a decision, the longest first. */
  readonly inbox: () => Promise<readonly InboxEntry[]>;
  /** Newest first. */
  readonly history: (id: string) => Promise<readonly ClientDecision[]>;
  readonly readSettings: () => Promise<Settings>;
  /** Sets these; null puts a default back. The settings then in force. */
  readonly changeSettings: (change: Settings) => Promise<Settings>;
  readonly listAdminTokens: () => Promise<readonly AdminTokenRecord[]>;
  /** The one answer that holds the secret. */
  readonly createAdminToken: (name: string) => Promise<AdminTokenRecord>;
  readonly revokeAdminToken: (name: string) => Promise<void>;
  readonly readTicket: (id: string) => Promise<Ticket>;
  /** Makes a short-lived access token with these scopes, such as `system/*.cruds`. */
  readonly makeToken: (scope: string) => Promise<Token>;
  readonly listPackages: () => Promise<PackageList>;
  /** Installs a FHIR package. @param archive its `.tgz` @param replace another content of the same name and version */
  readonly installPackage: (archive: Uint8Array<ArrayBuffer>, replace: boolean) => Promise<InstalledPackage>;
  readonly removePackage: (id: PackageId) => Promise<void>;
  /** A page of the audit, newest first. `next` is the cursor of the page after it. */
  readonly listAudit: (query: AuditQuery) => Promise<{ events: readonly AuditRecord[]; next: string | null }>;
  /** Reads the whole audit. @param heads what is known of its chains from elsewhere, at most 500 */
  readonly verifyAudit: (heads: readonly AuditHead[]) => Promise<AuditVerification>;
};

/**
 * @param base public URL of the server @param site such as `default`
 * @param token an administrator's; undefined where `options.fetch` shows who asks, as in the server's own pages
 */
export function adminApi(base: string, site: string, token: string | undefined, options: CallOptions = {}): AdminApi {
  const { root, request, send, remove } = jsonApi(apiRoot(base, site, 'admin'), token, options);
  const call = (path: string, body?: object) => (body ? send(path, body) : request(path));
  const client = (id: string) => `clients/${encodeURIComponent(id)}`;
  return {
    async listClients(status) {
      return listed(await call(status ? `clients?status=${encodeURIComponent(status)}` : 'clients'), 'clients');
    },
    readClient: async (id) => (await call(client(id))) as ClientRecord,
    decide: async (id, verb, decision) => (await call(`${client(id)}/${verb}`, decision)) as ClientRecord,
    ask: async (id, question) => (await call(`${client(id)}/ask`, { question })) as ClientRecord,
    inbox: async () => listed(await call('inbox'), 'waiting'),
    history: async (id) => listed(await call(`${client(id)}/history`), 'decisions'),
    readSettings: () => call('settings'),
    changeSettings: (change) => send('settings', change, 'PATCH'),
    listAdminTokens: async () => listed(await call('admin-tokens'), 'admin_tokens'),
    createAdminToken: async (name) => (await call('admin-tokens', { name })) as AdminTokenRecord,
    revokeAdminToken: (name) => remove(`admin-tokens/${encodeURIComponent(name)}`),
    readTicket: (id) => readTicket(`${root}/tickets/${encodeURIComponent(id)}`, token, options),
    async makeToken(scope) {
      const asked = Date.now();
      const body = await call('tokens', { scope });
      if (typeof body.access_token !== 'string') throw new UnexpectedAnswer(root, 200, 'expected access_token');
      return { accessToken: body.access_token, expiresAt: asked + (Number(body.expires_in) || 60) * 1000, scope };
    },
    async listPackages() {
      const { packages, builtin } = await call('packages');
      return { packages: Array.isArray(packages) ? packages : [], builtin: Array.isArray(builtin) ? builtin : [] };
    },
    async installPackage(archive, replace) {
      const headers = { 'content-type': 'application/gzip' };
      const path = replace ? 'packages?replace=true' : 'packages';
      return (await request(path, { method: 'POST', headers, body: archive })) as InstalledPackage;
    },
    async listAudit(query) {
      const { events, next } = await call(`audit?${new URLSearchParams({ format: 'compact', ...query })}`);
      return { events: Array.isArray(events) ? events : [], next: typeof next === 'string' ? next : null };
    },
    async verifyAudit(heads) {
      const headers = { 'content-type': 'application/json' };
      const asked = { method: 'POST', headers, body: JSON.stringify({ heads }) };
      const body = await request('audit/verify', asked, longTimeout);
      if (typeof body.intact === 'boolean') return body as AuditVerification;
      throw new UnexpectedAnswer(root, 200, 'expected whether the audit is intact');
    },
    removePackage: ({ name, version }) => remove(`packages/${encodeURIComponent(name)}/${encodeURIComponent(version)}`),
  };
}
