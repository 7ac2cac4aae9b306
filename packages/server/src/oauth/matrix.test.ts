import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { fastify } from 'fastify';
import { openDatabase } from '../store/postgres/database/database.ts';
import { gateStores } from '../store/postgres/gate/gate-store.ts';
import { type Json, newKeyPair, publicUrl, signAssertion, soleGate, testGate } from '../testing/gate.ts';
import { gateRoutes } from '../wire/gate-routes.ts';
import { defaultGateConfig } from './config.ts';
import { openGate } from './gate.ts';

const { test: database, node, close } = await soleGate();
after(close);

const path = '/oauth2/default/token';
const key = newKeyPair();
const client = await node.approvedClient([key]);
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const form = (change: Record<string, string | undefined> = {}, clientId = client.client_id) => {
  const parameters = {
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    client_assertion_type: jwtBearer,
    client_assertion: signAssertion(clientId, key),
    ...change,
  };
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
};

/** How each fault is answered. @see https://hl7.org/fhir/smart-app-launch/backend-services.html */
const matrix: Record<string, readonly [change: Record<string, string | undefined>, status: number, error: string]> = {
  'an unknown grant type': [{ grant_type: 'not_a_grant_type' }, 400, 'unsupported_grant_type'],
  'the password grant': [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
  'no grant type': [{ grant_type: undefined }, 400, 'invalid_request'],
  'another assertion type': [{ client_assertion_type: 'not_an_assertion_type' }, 400, 'invalid_request'],
  'no assertion type': [{ client_assertion_type: undefined }, 400, 'invalid_request'],
  'no assertion': [{ client_assertion: undefined }, 400, 'invalid_request'],
  'neither assertion nor type': [
    { client_assertion: undefined, client_assertion_type: undefined },
    400,
    'invalid_request',
  ],
  'an empty assertion': [{ client_assertion: '' }, 400, 'invalid_request'],
  'an assertion and a secret': [{ client_secret: 'x' }, 400, 'invalid_request'],
  'an assertion that is none': [{ client_assertion: 'not.a.jwt' }, 401, 'invalid_client'],
  'a foreign issuer': [
    { client_assertion: signAssertion(client.client_id, key, { claims: { iss: 'other' } }) },
    401,
    'invalid_client',
  ],
  'no scope': [{ scope: undefined }, 400, 'invalid_scope'],
  'an empty scope': [{ scope: '' }, 400, 'invalid_scope'],
  'a scope that is not approved': [{ scope: 'system/Group.rs' }, 400, 'invalid_scope'],
  'patient/ scopes only': [{ scope: 'openid patient/Patient.rs user/Patient.rs' }, 400, 'invalid_scope'],
  'an unknown scope only': [{ scope: 'nonsense' }, 400, 'invalid_scope'],
  'a scope with a line break': [{ scope: 'system/Patient.rs\nsystem/Group.rs' }, 400, 'invalid_scope'],
  'a scope without end': [{ scope: 'x'.repeat(33_000) }, 400, 'invalid_scope'],
};
for (const [name, [change, status, error]] of Object.entries(matrix)) {
  test(`a token request with ${name} is answered ${status} ${error}`, async () => {
    const answer = await node.postForm(path, form(change));
    assert.equal(answer.status, status);
    assert.equal(answer.json.error, error);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    assert.deepEqual(Object.keys(answer.json), ['error', 'error_description', 'ticket']);
  });
}

test('a client that is not registered for client_credentials is told so', async () => {
  const { client_id } = await node.approvedClient([key], {
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example/cb'],
  });
  const answer = await node.postForm(path, form({}, client_id));
  assert.equal(answer.status, 400);
  assert.equal(answer.json.error, 'unauthorized_client');
});

test('a token request by GET, or as JSON, is refused', async () => {
  const get = await node.get(`${path}?${new URLSearchParams(form())}`);
  assert.equal(get.status, 405);
  assert.equal(get.headers.allow, 'POST');
  const json = await node.postJson(path, form());
  assert.equal(json.status, 400);
  assert.equal(json.json.error, 'invalid_request');
});

test('attack 29: a repeated parameter is refused, in the body, in the URL, or split over both', async () => {
  const body = new URLSearchParams(form()).toString();
  const requests = [
    node.postForm(path, `${body}&scope=system%2FGroup.rs`),
    node.postForm(path, `${body}&client_assertion=x`),
    node.postForm(path, `${body}&anything=1&anything=1`),
    node.postForm(`${path}?scope=system/Group.rs`, body),
    node.postForm(`${path}?a=1&a=2`, body),
  ];
  for (const { status, json } of await Promise.all(requests)) {
    assert.equal(status, 400);
    assert.equal(json.error, 'invalid_request');
  }
});

test('parameters in the URL are not read', async () => {
  const { scope, ...rest } = form();
  const answer = await node.postForm(`${path}?scope=${scope}`, rest);
  assert.equal(answer.json.error, 'invalid_scope');
});

test('the scope is granted as far as it is approved, in the words it was asked in', async () => {
  const scopeOf = async (scope: string) => (await node.postForm(path, form({ scope }))).json.scope;
  assert.equal(await scopeOf('system/Patient.rs system/Group.rs'), 'system/Patient.rs');
  assert.equal(await scopeOf('system/Patient.read openid offline_access api:fhir'), 'system/Patient.read');
  assert.equal(await scopeOf('system/Patient.cruds'), 'system/Patient.rs');
  assert.equal(await scopeOf('system/Patient.r system/Patient.r'), 'system/Patient.r');
});

test('an address that is refused again and again has to wait, and leaves no more tickets', async () => {
  const limited = await testGate(database, { config: { refusals: { perMinute: 1, burst: 5 } } });
  try {
    const answers = [];
    for (let i = 0; i < 8; i++) answers.push(await limited.postForm(path, form({ scope: '' })));
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [400, 400, 400, 400, 400, 429, 429, 429],
    );
    const last = answers[7];
    assert.ok(Number(last?.headers['retry-after']) > 0);
    assert.equal(last?.json.ticket, undefined);
  } finally {
    await limited.close();
  }
});

test("a ticket is shown to its client's owner and to an administrator, to nobody else", async () => {
  const refused = await node.postForm(
    path,
    form({
      client_assertion: signAssertion(client.client_id, key, { claims: { aud: 'https://clinic.example/fhir' } }),
    }),
  );
  const url = `/oauth2/default/ticket/${refused.json.ticket}`;
  const shown = await node.get(url, client.registration_access_token);
  assert.equal(shown.status, 200);
  const { time, checks, ...rest } = shown.json;
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000);
  assert.deepEqual(rest, {
    id: refused.json.ticket,
    endpoint: 'token',
    client_id: client.client_id,
    error: 'invalid_client',
    refusal: 'assertion-aud',
    check: 'aud is the token URL',
    expected: 'https://clinic.example/oauth2/default/token',
    received: 'https://clinic.example/fhir',
    advice: rest.advice,
  });
  const outcomes = checks.map((entry: Json) => `${entry.check}: ${entry.outcome}`);
  assert.ok(outcomes.includes('signature: passed') && outcomes.includes('aud is the token URL: failed'));
  assert.ok(outcomes.includes('exp: skipped') && outcomes.includes('jti is unused: skipped'));
  assert.deepEqual((await node.get(url, node.adminToken)).json, shown.json);
  const other = await node.approvedClient([newKeyPair()]);
  const refusals = [
    await node.get(url),
    await node.get(url, other.registration_access_token),
    await node.get('/oauth2/default/ticket/unknown', other.registration_access_token),
  ];
  for (const { status, json } of refusals) {
    assert.equal(status, 401);
    assert.deepEqual(json, refusals[0]?.json);
  }
  const { tickets } = (await node.get(`/apis/default/admin/tickets?client_id=${client.client_id}`, node.adminToken))
    .json;
  assert.ok(tickets.some((ticket: Json) => ticket.id === refused.json.ticket));
});

test('an unknown site is a 404 in JSON, everywhere', async () => {
  for (const url of [
    '/apis/nowhere/fhir/.well-known/smart-configuration',
    '/oauth2/nowhere/.well-known/openid-configuration',
    '/oauth2/nowhere/jwk',
    '/oauth2/nowhere/client/x',
    '/oauth2/nowhere/ticket/x',
    '/apis/nowhere/admin/clients',
  ]) {
    const answer = await node.get(url, 'token');
    assert.equal(answer.status, 404, url);
    assert.equal(answer.json.error, 'not_found');
  }
  for (const endpoint of ['token', 'introspect', 'revoke', 'registration']) {
    assert.equal((await node.postForm(`/oauth2/nowhere/${endpoint}`, form())).status, 404);
  }
});

test('attack 43: no token, secret or assertion is in a log, an error or a ticket', async () => {
  const logged: unknown[] = [];
  const watched = await testGate(database, { log: { error: (...entry: unknown[]) => logged.push(entry) } });
  const secret = (await node.register({ redirect_uris: ['https://app.example/cb'], scope: 'patient/Patient.rs' })).json;
  const assertion = signAssertion(client.client_id, key);
  const token = (await watched.requestToken(assertion)).json.access_token;
  const answers = [
    await watched.requestToken(assertion),
    await watched.requestToken(`${assertion}x`),
    await watched.requestToken(assertion, { scope: token }),
    await watched.postForm('/oauth2/default/introspect', {
      token,
      client_id: secret.client_id,
      client_secret: `${secret.client_secret}x`,
    }),
    await watched.postForm('/oauth2/default/revoke', {
      token,
      client_id: client.client_id,
      client_secret: secret.client_secret,
    }),
    await watched.get(`/oauth2/default/token?access_token=${token}`),
  ];
  // the database goes away in the middle
  const site = await watched.gate.site('default');
  assert.ok(site);
  Object.assign(site.store, {
    tokens: { ...site.store.tokens, grant: () => Promise.reject(new Error('the database is away')) },
  });
  answers.push(await watched.requestToken(signAssertion(client.client_id, key)));
  assert.equal(answers.at(-1)?.status, 500);
  assert.equal(logged.length, 1);
  const { tickets } = (await node.get('/apis/default/admin/tickets', node.adminToken)).json;
  const written = JSON.stringify([answers.map(({ json, headers }) => [json, headers]), tickets, String(logged)]);
  for (const value of [token, assertion, assertion.split('.')[2] as string, secret.client_secret]) {
    assert.ok(!written.includes(value));
  }
  await watched.close();
});

test('the token endpoint answers pages of any origin, and their preflight', async () => {
  const preflight = await node.app.inject({ method: 'OPTIONS', url: path, headers: { origin: 'https://app.example' } });
  assert.equal(preflight.statusCode, 204);
  assert.match(String(preflight.headers['access-control-allow-headers']), /authorization/);
  assert.equal((await node.postForm(path, form())).headers['access-control-allow-origin'], '*');
});

test('without its database the gate answers 503', async () => {
  const away = openDatabase({ host: '/nowhere', port: 5432, user: 'nobody', database: 'none' });
  const gate = await openGate({
    mailer: { send: async () => {} },
    config: { publicUrl, ...defaultGateConfig },
    stores: { ...gateStores(away, database.address), listen: async () => ({ close: async () => {} }) },
    sealingKey: randomBytes(32),
    log: { error: () => {} },
  });
  const app = fastify();
  await app.register(gateRoutes(gate));
  for (const [method, url] of [
    ['POST', path],
    ['POST', '/oauth2/default/registration'],
    ['GET', '/oauth2/default/jwk'],
    ['GET', '/apis/default/admin/clients'],
  ] as const) {
    const answer = await app.inject({ method, url });
    assert.equal(answer.statusCode, 503, url);
    assert.equal(answer.json().error, 'temporarily_unavailable');
    assert.equal(answer.headers['retry-after'], '1');
  }
  await gate.close();
  await away.close();
});
