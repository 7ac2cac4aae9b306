import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { type FastifyInstance, fastify } from 'fastify';
import { outboxMailer } from '../account/mail/outbox.ts';
import { chartDirectory } from '../chart-directory.ts';
import { ensureAdminCredential } from '../clients/admin-credential.ts';
import { defaultGateConfig, type GateConfig } from '../oauth/config.ts';
import { type Gate, type GateOptions, openGate } from '../oauth/gate.ts';
import { jwkThumbprint } from '../oauth/jwks.ts';
import { gateStores } from '../store/postgres/gate/gate-store.ts';
import { resourceStore } from '../store/postgres/resource-store.ts';
import { gateRoutes } from '../wire/gate-routes.ts';
import { type TestDatabase, testDatabase } from './database.ts';

export const publicUrl = 'https://clinic.example';
export const tokenUrl = `${publicUrl}/oauth2/default/token`;

export type KeyPair = {
  readonly alg: 'RS384' | 'ES384';
  readonly kid: string;
  readonly publicJwk: Record<string, unknown>;
  readonly privateKey: KeyObject;
};

/** A client's key pair with its public half as a JWK. */
export function newKeyPair(alg: 'RS384' | 'ES384' = 'RS384'): KeyPair {
  const { publicKey, privateKey } =
    alg === 'RS384'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const kid = jwkThumbprint(publicKey);
  return { alg, kid, privateKey, publicJwk: { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg, kid } };
}

export type AssertionParts = {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  /** ms since the epoch. */
  readonly now?: number;
};

/** A client assertion as it should be, except for the header members and claims given; undefined removes one. */
export function signAssertion(
  clientId: string,
  key: KeyPair,
  { header, claims, now = Date.now() }: AssertionParts = {},
) {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = [
    encode({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header }),
    encode({
      iss: clientId,
      sub: clientId,
      aud: tokenUrl,
      exp: Math.floor(now / 1000) + 300,
      jti: randomUUID(),
      ...claims,
    }),
  ].join('.');
  const signature = sign('sha384', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
export type Json = Record<string, any>;

export type Answer = {
  readonly status: number;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly json: Json;
};

/** A node of the gate on a test database, called in-process. */
export type TestGate = {
  readonly gate: Gate;
  readonly app: FastifyInstance;
  readonly adminToken: string;
  get(path: string, bearer?: string, headers?: Record<string, string>): Promise<Answer>;
  postForm(path: string, form: Record<string, string> | string, headers?: Record<string, string>): Promise<Answer>;
  postJson(path: string, body: unknown, bearer?: string, headers?: Record<string, string>): Promise<Answer>;
  register(metadata: Record<string, unknown>): Promise<Answer>;
  /** Registers a client with these keys and approves it. */
  approvedClient(keys: readonly KeyPair[], metadata?: Record<string, unknown>): Promise<Json>;
  requestToken(assertion: string, form?: Record<string, string>): Promise<Answer>;
  /** The ticket of a refusal, as an administrator sees it. */
  ticketOf(refused: Answer): Promise<Json>;
  close(): Promise<void>;
};

export type TestGateOptions = {
  readonly config?: Partial<GateConfig>;
  readonly log?: GateOptions['log'];
} & Partial<Pick<GateOptions, 'now' | 'lookup' | 'sealingKey' | 'mailer'>>;

const sealingKey = randomBytes(32);
const plenty = { perMinute: 1e6, burst: 1e6 };

/** Opens one more node on the database. */
export async function testGate(test: TestDatabase, options: TestGateOptions = {}): Promise<TestGate> {
  const { config, ...rest } = options;
  const stores = gateStores(test.database, test.address);
  const { site } = test;
  const store = resourceStore(test.database, site);
  const { conformance, hashKey: cursorKey } = site;
  const directory = chartDirectory({ site: site.name, store, conformance, cursorKey });
  const gate = await openGate({
    config: { publicUrl, ...defaultGateConfig, refusals: plenty, authorizations: plenty, ...config },
    stores,
    sealingKey,
    log: { error: (cause) => console.error(cause) },
    mailer: outboxMailer(stores, { sealingKey: rest.sealingKey ?? sealingKey, now: rest.now ?? Date.now }),
    directory: (name) => (name === 'default' ? directory : undefined),
    ...rest,
  });
  const app = fastify();
  await app.register(gateRoutes(gate));
  const adminToken = await ensureAdminCredential(gate, 'default', `test ${randomUUID()}`);

  async function inject(
    method: 'GET' | 'POST',
    url: string,
    headers: Record<string, string>,
    payload?: string,
  ): Promise<Answer> {
    const answer = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    return {
      status: answer.statusCode,
      headers: answer.headers,
      json: answer.body.startsWith('{') ? answer.json() : {},
    };
  }
  const authorization = (bearer: string | undefined) =>
    bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };

  const node: TestGate = {
    gate,
    app,
    adminToken,
    get: (path, bearer, headers = {}) => inject('GET', path, { ...authorization(bearer), ...headers }),
    postForm: (path, form, headers = {}) =>
      inject(
        'POST',
        path,
        { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        typeof form === 'string' ? form : new URLSearchParams(form).toString(),
      ),
    postJson: (path, body, bearer, headers = {}) =>
      inject(
        'POST',
        path,
        { 'content-type': 'application/json', ...authorization(bearer), ...headers },
        JSON.stringify(body),
      ),
    register: (metadata) => node.postJson('/oauth2/default/registration', metadata),
    async approvedClient(keys, metadata = {}) {
      const { json } = await node.register({
        client_name: 'Nightly export',
        token_endpoint_auth_method: 'private_key_jwt',
        scope: 'system/Patient.rs system/Observation.rs',
        ...('jwks_uri' in metadata ? {} : { jwks: { keys: keys.map((key) => key.publicJwk) } }),
        ...metadata,
      });
      const approved = await node.postJson(`/apis/default/admin/clients/${json.client_id}/approve`, {}, adminToken);
      if (approved.status !== 200) throw new Error(JSON.stringify([json, approved.json]));
      return json;
    },
    requestToken: (assertion, form = {}) =>
      node.postForm('/oauth2/default/token', {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
        scope: 'system/Patient.rs',
        ...form,
      }),
    ticketOf: async (refused) =>
      (await node.get(`/apis/default/admin/tickets/${refused.json.ticket}`, adminToken)).json,
    async close() {
      await app.close();
      await gate.close();
    },
  };
  return node;
}

/** A gate on a database of its own: `const { node, close } = await soleGate(); after(close)`. */
export async function soleGate(options: TestGateOptions = {}) {
  const test = await testDatabase();
  const node = await testGate(test, options);
  return {
    test,
    node,
    close: async () => {
      await node.close();
      await test.drop();
    },
  };
}
