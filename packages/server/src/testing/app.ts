import { createHash, randomBytes } from 'node:crypto';
import { findRequest, pendingOf, pick } from '../oauth/authorization-request.ts';
import { clientOf } from '../oauth/exchange.ts';
import { grantableScope } from '../oauth/grantable-scope.ts';
import { type Answer, type Json, type KeyPair, publicUrl, signAssertion, type TestGate } from './gate.ts';
import type { TestUser } from './user.ts';

export const fhirUrl = `${publicUrl}/apis/default/fhir`;
export const issuer = `${publicUrl}/oauth2/default`;
export const callback = 'https://app.example/callback';

/** An answer of the gate to a browser. */
export type Shown = {
  readonly status: number;
  readonly text: string;
  readonly headers: Answer['headers'];
  /** Where it sends the browser. */
  readonly location: URL | undefined;
};

type Parameters = Readonly<Record<string, string | undefined>>;

/** A code, and what the app needs to exchange it. */
export type Authorized = { readonly code: string; readonly verifier: string; readonly redirect: URL };

/** An app that is registered and approved, and the ways of its users through the gate. */
export type TestApp = {
  readonly client: Json;
  readonly redirectUri: string;
  /** A request to the authorization endpoint, correct except for what is given; undefined leaves a parameter out. */
  authorize(parameters?: Parameters, options?: AuthorizeOptions): Promise<Shown & { readonly verifier: string }>;
  /** Goes on to an address of the gate, as a browser in which the user is signed in. */
  visit(url: URL | string, user?: TestUser): Promise<Shown>;
  /** From a page of the gate back to the app, as `codeFor` does it. */
  follow(from: URL, user: TestUser, choices?: Choices): Promise<URL>;
  /** All the way to the code: the patient (where given) is picked, and all that is asked is allowed, but for `refused`. */
  codeFor(user: TestUser, parameters?: Parameters, choices?: Choices): Promise<Authorized>;
  exchange(authorized: Authorized, form?: Parameters): Promise<Answer>;
  tokensFor(user: TestUser, parameters?: Parameters, choices?: Choices): Promise<Json>;
  refresh(refreshToken: string, form?: Parameters): Promise<Answer>;
  /** A form to the token endpoint (or another one), with the client's authentication. */
  post(form: Parameters, path?: string): Promise<Answer>;
};

export type AuthorizeOptions = { readonly method?: 'GET' | 'POST'; readonly headers?: Record<string, string> };
export type Choices = { readonly patient?: string; readonly refused?: string; readonly allowed?: string };
export type TestAppOptions = {
  readonly metadata?: Json;
  /** Registers these keys, and authenticates by them. */
  readonly key?: KeyPair;
};

/** Registers a client and has it approved: a confidential one that uses HTTP Basic, unless the metadata says otherwise. */
export async function testApp(node: TestGate, { metadata = {}, key }: TestAppOptions = {}): Promise<TestApp> {
  const registered = await node.register({
    client_name: 'Health notes',
    redirect_uris: [callback],
    token_endpoint_auth_method: key ? 'private_key_jwt' : 'client_secret_basic',
    scope: 'launch launch/patient openid fhirUser offline_access online_access patient/*.rs',
    ...(key ? { jwks: { keys: [key.publicJwk] } } : {}),
    ...metadata,
  });
  if (registered.status !== 201) throw new Error(JSON.stringify(registered.json));
  const client = registered.json;
  if (client.status === 'pending') {
    await node.postJson(`/apis/default/admin/clients/${client.client_id}/approve`, {}, node.adminToken);
  }
  return appOf(node, client, key);
}

/** The same app at another node, or with another way to authenticate. */
export function appOf(node: TestGate, client: Json, key?: KeyPair): TestApp {
  const redirectUri: string = client.redirect_uris[0];

  async function send(method: 'GET' | 'POST', url: string, headers: Record<string, string>, body?: string) {
    const path = url.startsWith(publicUrl) ? url.slice(publicUrl.length) : url;
    const answer = await node.app.inject({
      method,
      url: path,
      headers,
      ...(body === undefined ? {} : { payload: body }),
    });
    const { location } = answer.headers;
    return {
      status: answer.statusCode,
      text: answer.body,
      headers: answer.headers,
      location: location === undefined ? undefined : new URL(String(location)),
    };
  }

  const app: TestApp = {
    client,
    redirectUri,
    async authorize(parameters = {}, { method = 'GET', headers = {} } = {}) {
      const verifier = randomBytes(32).toString('base64url');
      const all = form({
        response_type: 'code',
        client_id: client.client_id,
        redirect_uri: redirectUri,
        scope: 'launch/patient patient/Patient.rs',
        state: 'some state',
        aud: fhirUrl,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...parameters,
      });
      const isForm = method === 'POST';
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const path = '/oauth2/default/authorize';
      const shown = await send(
        method,
        isForm ? path : `${path}?${all}`,
        { ...(isForm ? type : {}), ...headers },
        isForm ? all : undefined,
      );
      return { ...shown, verifier };
    },
    visit: (url, user) => send('GET', String(url), user ? { cookie: user.cookie } : {}),
    async follow(from, user, choices = {}) {
      let at = from;
      for (let n = 0; at.href.startsWith(issuer); n++) {
        if (n > 5) throw new Error(`no end: ${at}`);
        if (at.pathname.endsWith('/patient')) await choosePatient(at, user, choices);
        else if (at.pathname.endsWith('/consent')) await decide(at, user, choices);
        else if (!at.pathname.endsWith('/continue')) throw new Error(`stopped at ${at}`);
        const next = await app.visit(`${issuer}/continue${at.search}`, user);
        if (!next.location) throw new Error(next.text);
        at = next.location;
      }
      return at;
    },
    async codeFor(user, parameters = {}, choices = {}) {
      const { verifier, location, text } = await app.authorize(parameters);
      if (!location) throw new Error(text);
      const redirect = await app.follow(location, user, choices);
      const code = redirect.searchParams.get('code');
      if (code === null) throw new Error(`no code: ${redirect.search}`);
      return { code, verifier, redirect };
    },
    exchange: ({ code, verifier }, more = {}) =>
      app.post({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...more,
      }),
    async tokensFor(user, parameters, choices) {
      const answer = await app.exchange(await app.codeFor(user, parameters, choices));
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.json));
      return answer.json;
    },
    refresh: (refreshToken, more = {}) =>
      app.post({ grant_type: 'refresh_token', refresh_token: refreshToken, ...more }),
    post(fields, path = '/oauth2/default/token') {
      const { headers, credentials } = authentication();
      return node.postForm(path, form({ ...credentials, ...fields }), headers);
    },
  };

  function authentication(): { readonly headers: Record<string, string>; readonly credentials: Parameters } {
    const { client_id, client_secret, token_endpoint_auth_method: method } = client;
    if (key) {
      return {
        headers: {},
        credentials: {
          client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
          client_assertion: signAssertion(client_id, key, { now: node.gate.now() }),
        },
      };
    }
    if (method === 'none') return { headers: {}, credentials: { client_id } };
    if (method === 'client_secret_post') return { headers: {}, credentials: { client_id, client_secret } };
    const basic = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
    return { headers: { authorization: `Basic ${basic}` }, credentials: {} };
  }

  /** What the pages' endpoints see of a request, once their first check has found it. */
  async function pendingAt(url: URL, user: TestUser) {
    const site = await node.gate.site('default');
    if (!site) throw new Error('no site');
    const request = {
      method: 'GET',
      headers: { cookie: user.cookie },
      query: url.search.slice(1),
      body: '',
      site: 'default',
      parameters: {},
      remoteAddress: '127.0.0.1',
    };
    const x = { gate: node.gate, site, settings: await site.settings(), request, now: node.gate.now() };
    await findRequest.run(x);
    return x;
  }

  async function choosePatient(url: URL, user: TestUser, { patient }: Choices): Promise<void> {
    if (patient === undefined) throw new Error('the test picks no patient');
    await pick(await pendingAt(url, user), { patient });
  }

  async function decide(url: URL, user: TestUser, { refused = '', allowed }: Choices): Promise<void> {
    const x = await pendingAt(url, user);
    const { request } = pendingOf(x);
    const unticked = new Set(refused.split(' '));
    const ticked = grantableScope(x, user).filter(({ text }) => !unticked.has(text));
    await x.site.store.consents.put({
      accountId: user.account.accountId,
      clientId: clientOf(x).clientId,
      ...(request.patient === undefined ? {} : { patient: request.patient }),
      scope: allowed ?? ticked.map(({ text }) => text).join(' '),
      refused,
      decidedAt: x.now,
    });
  }

  return app;
}

function form(fields: Parameters): string {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given).toString();
}
