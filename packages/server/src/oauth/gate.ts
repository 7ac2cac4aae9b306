import { LRUCache } from 'lru-cache';
import { type AccountDesk, accountDesk } from '../account/desk.ts';
import type { Mailer } from '../account/mail/mail.ts';
import { type Audit, openAudit } from '../audit/audit.ts';
import type { HeadsFile } from '../audit/heads-file.ts';
import { type ChartDirectory, emptyDirectory } from '../store/chart-directory.ts';
import type { Client, GateEvent, GateStore, GateStores, LiveToken } from '../store/gate-ports.ts';
import type { GateConfig } from './config.ts';
import { type FetchedDocument, guardedFetch, type Lookup } from './guarded-fetch.ts';
import { readJwks, type VerificationKey } from './jwks.ts';
import { type RateLimiter, rateLimiter } from './rate-limit.ts';
import { remoteJwks } from './remote-jwks.ts';
import { isGateId, secretHash } from './secret.ts';
import { readSettings, type SiteSettings } from './settings.ts';
import { startSweeping } from './sweep.ts';

/** Where the gate writes what only an operator may read; pino's shape. */
export type GateLog = {
  error(cause: unknown, message: string): void;
  warn?(facts: unknown, message: string): void;
};

export type GateOptions = {
  readonly config: GateConfig;
  readonly stores: GateStores;
  /** 32 bytes under which private keys are sealed. */
  readonly sealingKey: Uint8Array;
  readonly log: GateLog;
  readonly mailer: Mailer;
  /** Where it is kept, beside the database, how far the audit is. */
  readonly auditHeads?: HeadsFile;
  /** What the gate knows of the chart of a site; undefined where it has none. (Default: no site has one) */
  readonly directory?: (site: string) => ChartDirectory | undefined;
  /** ms since the epoch. */
  readonly now?: () => number;
  /** Where hosts of `jwks_uri` are looked up. */
  readonly lookup?: Lookup;
};

/** The gate of one site: its addresses, its store, and what this node remembers of it. */
export type GateSite = {
  readonly name: string;
  readonly store: GateStore;
  readonly directory: ChartDirectory;
  /** `{base}/oauth2/{site}` */
  readonly issuer: string;
  readonly tokenUrl: string;
  /** `{base}/apis/{site}/fhir` */
  readonly fhirUrl: string;
  /** As this node knows it, at most 1 s old. */
  client(clientId: string): Promise<Client | undefined>;
  /** The client's keys, inline or by URL; empty where it has none. @throws {JwksUnavailable} */
  keysOf(client: Client, kid: string): Promise<readonly VerificationKey[]>;
  /** As this node knows it, at most 1 s old; undefined where it is dead or unknown. */
  token(token: string): Promise<LiveToken | undefined>;
  isAdminToken(token: string): Promise<boolean>;
  /** GETs a document that a stranger named. @throws {FetchRefused} */
  fetch(url: string): Promise<FetchedDocument>;
  /** As this node knows them, at most 1 s old. */
  settings(): Promise<SiteSettings>;
  /** The same without a wait; undefined where they would have to be looked up. */
  knownSettings(): SiteSettings | undefined;
  /** Drops what this node remembers: of one token (its hash in base64url), of one client, of all users, or all. */
  forget(event: Omit<GateEvent, 'site'>): void;
};

export type Gate = {
  readonly config: GateConfig;
  readonly log: GateLog;
  readonly mailer: Mailer;
  readonly audit: Audit;
  readonly sealingKey: Uint8Array;
  readonly now: () => number;
  readonly failures: RateLimiter;
  readonly registrations: RateLimiter;
  readonly accounts: AccountDesk;
  readonly authorizations: RateLimiter;
  site(name: string): Promise<GateSite | undefined>;
  siteNames(): Promise<readonly string[]>;
  /** Stops cleaning up and hearing of other nodes. */
  close(): Promise<void>;
};

/**
 * What a node remembers of a client or a token, ms. Events of other nodes evict at once; this is the bound that holds
 * even when one is lost.
 */
const memory = 900;

/** Opens the gate of all sites on this node: listens to the other nodes and cleans up in the background. */
export async function openGate(options: GateOptions): Promise<Gate> {
  const now = options.now ?? Date.now;
  const sites = new Map<string, GateSite>();
  const events = await options.stores.listen(
    (event) => sites.get(event.site)?.forget(event),
    () => {
      for (const site of sites.values()) site.forget({});
    },
  );
  const gate: Gate = {
    config: options.config,
    log: options.log,
    mailer: options.mailer,
    audit: openAudit({
      store: async (name) => (await gate.site(name))?.store.audit,
      sealingKey: options.sealingKey,
      log: options.log,
      now,
      heads: options.auditHeads,
    }),
    sealingKey: options.sealingKey,
    now,
    failures: rateLimiter(options.config.refusals, now),
    registrations: rateLimiter(options.config.registrations, now),
    accounts: accountDesk(options.config.accounts, now),
    authorizations: rateLimiter(options.config.authorizations, now),
    async site(name) {
      const known = sites.get(name);
      if (known) return known;
      const store = await options.stores.site(name);
      if (!store) return undefined;
      const site = sites.get(name) ?? gateSite(name, store, { ...options, now });
      sites.set(name, site);
      return site;
    },
    siteNames: () => options.stores.siteNames(),
    async close() {
      await stopSweeping();
      await gate.audit.close();
      await events.close();
    },
  };
  const stopSweeping = startSweeping(gate);
  return gate;
}

function gateSite(name: string, store: GateStore, options: GateOptions & { readonly now: () => number }): GateSite {
  const { config, now, lookup } = options;
  const issuer = `${config.publicUrl}/oauth2/${name}`;
  const clients = new LRUCache<string, { readonly client: Client | undefined }>({
    max: 1000,
    ttl: memory,
    ignoreFetchAbort: true, // an eviction during the fetch: this caller is answered, nothing is kept
    fetchMethod: async (clientId) => ({ client: await store.clients.find(clientId) }),
  });
  const tokens = new LRUCache<string, { readonly live: LiveToken | undefined }>({
    max: 20_000,
    ttl: memory,
    ignoreFetchAbort: true, // an eviction during the fetch: this caller is answered, nothing is kept
    fetchMethod: async (hash) => ({ live: await store.tokens.find(Buffer.from(hash, 'base64url'), now()) }),
  });
  const settings = new LRUCache<string, SiteSettings>({
    max: 1,
    ttl: memory,
    ignoreFetchAbort: true,
    fetchMethod: async () => readSettings(await store.settings.all(), config.settings),
  });
  const fetch = (url: string) =>
    guardedFetch(url, {
      allowLoopback: config.allowLoopbackJwks,
      maxBytes: 65_536,
      timeout: config.jwksTimeout,
      ...(lookup === undefined ? {} : { lookup }),
    });
  const remote = remoteJwks(fetch, now);
  const inline = new WeakMap<object, readonly VerificationKey[]>();
  const inlineKeys = (jwks: Client['metadata']['jwks']) => {
    if (jwks === undefined) return [];
    const keys = inline.get(jwks) ?? readJwks(jwks, 100).keys;
    inline.set(jwks, keys);
    return keys;
  };

  return {
    name,
    store,
    directory: options.directory?.(name) ?? emptyDirectory,
    issuer,
    tokenUrl: `${issuer}/token`,
    fhirUrl: `${config.publicUrl}/apis/${name}/fhir`,

    async client(clientId: string) {
      const found = isGateId(clientId) ? (await clients.fetch(clientId))?.client : undefined;
      // the clean-up sends it back to review a little later
      const isOver = found?.approvalExpiresAt !== undefined && found.approvalExpiresAt <= now();
      return found && isOver && found.status === 'approved' ? { ...found, status: 'pending' } : found;
    },

    async keysOf({ clientId, metadata, retiredKeys = [] }: Client, kid: string) {
      const keys =
        metadata.jwks_uri === undefined
          ? inlineKeys(metadata.jwks)
          : await remote.keys(clientId, metadata.jwks_uri, kid);
      const retired = retiredKeys.filter(({ until }) => until > now()).map(({ jwk }) => jwk);
      if (retired.length === 0) return keys;
      const isNew = (key: VerificationKey) => !keys.some((k) => k.kid === key.kid && k.algorithm === key.algorithm);
      return [...keys, ...readJwks({ keys: retired }, 100).keys.filter(isNew)];
    },

    async token(token: string) {
      const found = (await tokens.fetch(secretHash(token).toString('base64url')))?.live;
      return found !== undefined && found.expiresAt > now() ? found : undefined;
    },

    fetch,

    async isAdminToken(token: string) {
      return (await store.adminTokens.find(secretHash(token))) !== undefined;
    },

    async settings() {
      const found = await settings.fetch('all');
      if (!found) throw new TypeError('The settings are always there');
      return found;
    },

    knownSettings: () => settings.get('all'),

    forget({ clientId, token, users, settings: areSettingsChanged }) {
      if (token !== undefined) return void tokens.delete(token);
      if (areSettingsChanged) return settings.clear();
      if (clientId !== undefined) clients.delete(clientId);
      else if (!users) {
        clients.clear();
        settings.clear();
      }
      // all of them: one that is being fetched now cannot be told apart yet
      tokens.clear();
    },
  };
}
