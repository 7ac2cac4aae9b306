import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServeOptions, serve } from '@chartgate/server';
import { testDatabase } from '../../packages/server/src/testing/database.ts';

export type RunningServer = {
  readonly url: string;
  /** `{url}/apis/default/fhir` */
  readonly fhir: string;
  readonly dataDirectory: string;
  /** What the server logged so far. */
  readonly log: readonly string[];
  /** An access token with these scopes, as an administrator makes one. */
  token(scope: string): Promise<string>;
  /** Names and passwords of the demo's accounts, by user name. */
  readonly passwords: Readonly<Record<string, string>>;
  /** What the administrator's API answers, below `{url}/apis/default/admin/`: a POST where there is a body. */
  admin(path: string, body?: object, method?: string): Promise<Response>;
  /** A request to the FHIR API, below its base. */
  ask(path: string, token: string | undefined, init?: RequestInit): Promise<Response>;
  close(): Promise<void>;
};

/** The whole server, listening on a free port, on a database of its own: `after(server.close)`. */
export async function runningServer(options: Partial<ServeOptions> = {}): Promise<RunningServer> {
  const test = await testDatabase();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'chartgate-test-'));
  const log: string[] = [];
  process.env.CHARTGATE_LOG = 'info';
  const serving = await serve({
    port: 0,
    dataDirectory,
    databaseUrl: connectionString(test.address),
    log: (line) => log.push(line),
    ...options,
  });
  const { token: admin } = JSON.parse(await readFile(serving.credentialFile, 'utf8'));
  const fhir = `${serving.url}/apis/default/fhir`;
  const ofAdmin: RunningServer['admin'] = (path, body, method = body === undefined ? 'GET' : 'POST') =>
    fetch(`${serving.url}/apis/default/admin/${path}`, {
      method,
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    url: serving.url,
    fhir,
    dataDirectory,
    log,
    passwords: Object.fromEntries(serving.demoAccounts.map(({ userName, password }) => [userName, password])),
    admin: ofAdmin,
    async token(scope) {
      const answer = await ofAdmin('tokens', { scope });
      if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { access_token: string }).access_token;
    },
    ask(path, token, init = {}) {
      const headers = {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(init.body === undefined ? {} : { 'content-type': 'application/fhir+json' }),
        ...init.headers,
      };
      return fetch(path.startsWith('http') ? path : `${fhir}/${path}`, { ...init, headers });
    },
    async close() {
      await serving.close();
      await test.drop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}

type Address = Awaited<ReturnType<typeof testDatabase>>['address'];

/** The address as a URL. */
export function connectionString(address: Address): string {
  if ('connectionString' in address) return address.connectionString;
  const { host, port, user, database } = address;
  return `postgresql://${user}@/${database}?${new URLSearchParams({ host, port: String(port) })}`;
}

/** A Bundle as tests look at it. */
export type BundleJson = {
  readonly type: string;
  readonly total?: number;
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry: readonly {
    readonly resource: { readonly resourceType: string; readonly id: string; readonly [member: string]: unknown };
    readonly response: { readonly status: string; readonly location?: string };
    readonly search: { readonly mode: string };
  }[];
};

/** The Bundle that a request answered. */
export async function bundleOf(answer: Response): Promise<BundleJson> {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text}`);
  return JSON.parse(text);
}

export function nextLink(bundle: BundleJson): string {
  return bundle.link.find((link) => link.relation === 'next')?.url ?? '';
}
