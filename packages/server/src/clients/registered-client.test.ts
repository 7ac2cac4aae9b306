import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { newSecret, secretHash } from '../oauth/secret.ts';
import { clientCalls } from '../testing/client-calls.ts';
import { type Json, type KeyPair, newKeyPair, signAssertion, soleGate } from '../testing/gate.ts';

let now = Date.parse('2026-03-01T12:00:00Z');
const { node, close } = await soleGate({
  now: () => now,
  config: { registrations: { perMinute: 1e6, burst: 1e6 } },
});
after(close);
const { call, read, replace, remove, rotate, decide, admin } = clientCalls(node);
const key = newKeyPair();

const backend = (metadata: object = {}) => ({
  client_name: 'Nightly export',
  token_endpoint_auth_method: 'private_key_jwt',
  scope: 'system/Patient.rs system/Observation.rs',
  contacts: ['dev@vendor.example'],
  jwks: { keys: [key.publicJwk] },
  ...metadata,
});
const patientApp = (metadata: object = {}) => ({
  client_name: 'Symptom diary',
  redirect_uris: ['https://app.example/callback', 'https://app.example/second'],
  token_endpoint_auth_method: 'client_secret_basic',
  scope: 'openid offline_access patient/Observation.rs',
  ...metadata,
});
const tokenFor = (client: Json, by: KeyPair = key) => node.requestToken(signAssertion(client.client_id, by, { now }));
const isAlive = async (token: string) => (await (await node.gate.site('default'))?.token(token)) !== undefined;
const introspect = (client: Json, secret: string) =>
  node.postForm('/oauth2/default/introspect', { token: 'x', client_id: client.client_id, client_secret: secret });

test('a replacement drops what it does not name, and keeps the client approved where nothing material changes', async () => {
  const client = await node.approvedClient([key], backend({ software_version: '1' }));
  const { access_token } = (await tokenFor(client)).json;
  const answer = await replace(client, backend({ contacts: ['new@vendor.example'] }));
  assert.equal(answer.status, 200);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal(answer.json.status, 'approved');
  assert.deepEqual(answer.json.contacts, ['new@vendor.example']);
  assert.equal(answer.json.software_version, undefined);
  assert.deepEqual((await read(client)).json.contacts, ['new@vendor.example']);
  assert.ok(await isAlive(access_token));
});

test('what the registration shows may be sent back as it is', async () => {
  const client = await node.approvedClient([key], backend());
  const shown = (await read(client)).json;
  const answer = await replace(client, shown);
  assert.equal(answer.status, 200, JSON.stringify(answer.json));
  assert.equal(answer.json.status, 'approved');
  assert.deepEqual(answer.json.warnings, []);
});

test('a replacement must name this client, and its secret where it names one', async () => {
  const { json: client } = await node.register(patientApp());
  for (const wrong of [{ client_id: 'other' }, { client_id: undefined }, { client_secret: newSecret() }]) {
    const answer = await replace(client, { ...patientApp(), ...wrong });
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error, 'invalid_client_metadata');
  }
  assert.equal((await replace(client, { ...patientApp(), client_secret: client.client_secret })).status, 200);
  assert.equal((await replace(client, { ...patientApp(), redirect_uris: ['http://app.example/'] })).status, 400);
  assert.equal(
    (await call('PUT', `/oauth2/default/client/${client.client_id}`, client.registration_access_token, [])).status,
    400,
  );
});

const material = {
  redirect_uris: ['https://app.example/callback', 'https://attacker.example/callback'],
  client_name: 'Another name',
  logo_uri: 'https://app.example/logo.png',
  client_uri: 'https://app.example/',
  launch_uri: 'https://app.example/launch',
  initiate_login_uri: 'https://app.example/launch',
  policy_uri: 'https://app.example/policy',
  jwks_uri: 'https://app.example/jwks.json',
  jwks: { keys: [newKeyPair().publicJwk] },
  scope: 'openid offline_access patient/Observation.rs patient/Condition.rs',
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
  token_endpoint_auth_method: 'client_secret_post',
};
for (const [member, value] of Object.entries(material)) {
  test(`attack 18: an approved client that changes its ${member} goes back to review`, async () => {
    const { json: client } = await node.register(patientApp());
    assert.equal(client.status, 'approved');
    const answer = await replace(client, patientApp({ [member]: value }));
    assert.equal(answer.status, 200, JSON.stringify(answer.json));
    assert.equal(answer.json.status, 'pending');
    assert.equal((await introspect(client, client.client_secret)).json.error, 'invalid_client');
    const { waiting } = (await admin('GET', 'inbox')).json;
    const entry = waiting.find((one: Json) => one.client.client_id === client.client_id);
    assert.equal(entry.for, 'change');
    const differing = entry.differences.filter((one: Json) => one.is_material).map((one: Json) => one.member);
    assert.deepEqual(differing, [member]);
  });
}

test('attack 18: the tokens of a changed client die at once, and stay dead when it is approved again', async () => {
  const client = await node.approvedClient([key], backend());
  const { access_token } = (await tokenFor(client)).json;
  assert.ok(await isAlive(access_token));
  assert.equal((await replace(client, backend({ scope: 'system/*.cruds' }))).json.status, 'pending');
  assert.ok(!(await isAlive(access_token)));
  assert.equal((await tokenFor(client)).status, 401);
  const again = await decide(client, 'approve', { scope: 'system/Patient.rs' });
  assert.equal(again.json.granted_scope, 'system/Patient.rs');
  assert.ok(!(await isAlive(access_token)));
});

test('fewer redirect URIs, fewer scopes and other contacts need no review; a token with a scope that went dies', async () => {
  const { json: client } = await node.register(patientApp());
  const fewer = { redirect_uris: ['https://app.example/callback'], contacts: ['a@app.example'] };
  assert.equal((await replace(client, patientApp(fewer))).json.status, 'approved');
  const narrowed = await replace(client, patientApp({ ...fewer, scope: 'openid patient/Observation.r' }));
  assert.equal(narrowed.json.status, 'approved');
  assert.equal(narrowed.json.granted_scope, 'openid patient/Observation.r');
  const job = await node.approvedClient([key], backend());
  const { access_token } = (await tokenFor(job)).json;
  assert.equal((await replace(job, backend({ scope: 'system/Patient.rs' }))).json.status, 'approved');
  assert.ok(!(await isAlive(access_token)));
  assert.equal((await tokenFor(job)).json.scope, 'system/Patient.rs');
});

test('attack 15: keys rotate with an overlap: old and new kid work in it, and the old one fails after it', async () => {
  const [old, next] = [newKeyPair(), newKeyPair('ES384')];
  const client = await node.approvedClient([old]);
  const metadata = backend({ contacts: undefined, jwks: { keys: [next.publicJwk] } });
  const proof = signAssertion(client.client_id, old, { now });
  const answer = await replace(client, { ...metadata, keys_overlap: 3600, client_assertion: proof });
  assert.equal(answer.json.status, 'approved', JSON.stringify(answer.json));
  assert.equal((await tokenFor(client, old)).status, 200);
  assert.equal((await tokenFor(client, next)).status, 200);
  now += 3600_000;
  const refused = await tokenFor(client, old);
  assert.equal(refused.status, 401);
  assert.equal((await node.ticketOf(refused)).refusal, 'key-unknown');
  assert.equal((await tokenFor(client, next)).status, 200);
});

test('attack 15: without an overlap the key that left fails at once, and a used, foreign or leaving proof is none', async () => {
  const [old, next, foreign] = [newKeyPair(), newKeyPair(), newKeyPair()];
  const client = await node.approvedClient([old]);
  const to = (pair: KeyPair, client_assertion?: string, keys_overlap?: number) =>
    replace(client, {
      ...backend({ contacts: undefined, jwks: { keys: [pair.publicJwk] } }),
      client_assertion,
      keys_overlap,
    });
  assert.equal((await to(next, signAssertion(client.client_id, foreign, { now }))).status, 401);
  const proof = signAssertion(client.client_id, old, { now });
  assert.equal((await to(next, proof, 600)).json.status, 'approved');
  assert.equal((await to(foreign, proof)).status, 401, 'the same jti again');
  assert.equal((await to(foreign, signAssertion(client.client_id, old, { now }))).status, 401, 'a key on its way out');
  assert.equal((await to(old, signAssertion(client.client_id, next, { now }))).json.status, 'approved');
  assert.equal((await tokenFor(client, next)).status, 401);
  assert.equal((await to(next, undefined, 31 * 24 * 3600)).status, 400);
});

test('attack 18: keys that are replaced without proof of a present one go to review', async () => {
  const client = await node.approvedClient([key]);
  const answer = await replace(client, backend({ contacts: undefined, jwks: { keys: [newKeyPair().publicJwk] } }));
  assert.equal(answer.json.status, 'pending');
});

test('a secret rotates with an overlap, after which the old one is worth nothing', async () => {
  const { json: client } = await node.register(patientApp());
  const rotated = await rotate(client, 'secret', { overlap: 600 });
  assert.equal(rotated.status, 200);
  assert.notEqual(rotated.json.client_secret, client.client_secret);
  assert.equal(rotated.json.previous_secret_expires_at, Math.floor(now / 1000) + 600);
  for (const secret of [client.client_secret, rotated.json.client_secret])
    assert.equal((await introspect(client, secret)).status, 200);
  now += 600_000;
  assert.equal((await introspect(client, client.client_secret)).status, 401);
  assert.equal((await introspect(client, rotated.json.client_secret)).status, 200);
  const third = await rotate(client, 'secret', { overlap: 0 });
  assert.equal((await introspect(client, rotated.json.client_secret)).status, 401);
  assert.equal((await introspect(client, third.json.client_secret)).status, 200);
  assert.equal((await rotate(client, 'secret', { overlap: 31 * 24 * 3600 })).status, 400);
  assert.equal((await rotate(await node.approvedClient([key]), 'secret')).status, 400, 'has none');
});

test('a registration access token rotates, and the old one opens nothing any more', async () => {
  const { json: client } = await node.register(patientApp());
  const { registration_access_token: token } = (await rotate(client, 'registration-token')).json;
  assert.equal((await read(client)).status, 401);
  assert.equal((await read(client, token)).status, 200);
});

test('a deleted client answers 401, its tokens are dead, and its history stays', async () => {
  const client = await node.approvedClient([key]);
  const { access_token } = (await tokenFor(client)).json;
  const answer = await remove(client);
  assert.equal(answer.status, 204);
  assert.deepEqual(answer.json, {});
  assert.ok(!(await isAlive(access_token)));
  assert.equal((await tokenFor(client)).json.error, 'invalid_client');
  assert.equal((await read(client)).status, 401);
  assert.equal((await remove(client)).status, 401);
  const { decisions } = (await admin('GET', `clients/${client.client_id}/history`)).json;
  assert.deepEqual(
    decisions.map((one: Json) => one.action),
    ['delete', 'approve', 'register'],
  );
});

test('attack 19: no request with the registration access token of one client touches another', async () => {
  const [a, b] = [(await node.register(patientApp())).json, (await node.register(patientApp())).json];
  const nobody = { client_id: 'nobody' };
  const token = a.registration_access_token;
  for (const other of [b, nobody]) {
    const refusals = [
      await read(other, token),
      await replace(other, patientApp(), token),
      await remove(other, token),
      await rotate(other, 'secret', {}, token),
      await rotate(other, 'registration-token', {}, token),
    ];
    for (const refusal of refusals) {
      assert.equal(refusal.status, 401);
      assert.deepEqual(refusal.json, refusals[0]?.json);
    }
  }
  assert.equal((await read(b)).json.status, 'approved');
});

test('a suspended client cannot be changed by its owner, but read and deleted', async () => {
  const { json: client } = await node.register(patientApp());
  await decide(client, 'suspend', { reason: 'Audit' });
  assert.equal((await replace(client, patientApp())).status, 403);
  assert.equal((await rotate(client, 'secret')).status, 403);
  assert.equal((await read(client)).json.reason, 'Audit');
  assert.equal((await remove(client)).status, 204);
});

test('attack 14: a pending, suspended, revoked and deleted client look the same on the wire', async () => {
  const answers = [];
  for (const act of ['', 'suspend', 'revoke', 'delete']) {
    const { json: client } = await node.register(backend());
    if (act === 'suspend') await decide(client, 'approve');
    if (act === 'delete') await remove(client);
    else if (act !== '') await decide(client, act);
    const refused = await tokenFor(client);
    assert.match((await node.ticketOf(refused)).refusal, /^client-(pending|suspended|revoked)$/);
    answers.push({ ...refused.json, ticket: undefined, status: refused.status });
  }
  for (const answer of answers) assert.deepEqual(answer, answers[0]);
  assert.equal(answers[0]?.status, 401);
});

test('pages of other origins may change and delete a client', async () => {
  const answer = await node.app.inject({ method: 'OPTIONS', url: '/oauth2/default/client/x' });
  for (const method of ['GET', 'PUT', 'DELETE'])
    assert.match(String(answer.headers['access-control-allow-methods']), new RegExp(method));
  assert.equal((await call('PATCH', '/oauth2/default/client/x')).headers.allow, 'GET, PUT, DELETE');
});

test('a suspension ends what users gave the client, and their codes and refresh tokens with it', async () => {
  const site = await node.gate.site('default');
  assert.ok(site);
  const { json: client } = await node.register(patientApp());
  const accountId = 'a-patient';
  await site.store.accounts.insert({
    accountId,
    userName: 'pat',
    email: 'pat@mail.example',
    status: 'active',
    role: 'patient',
    epoch: 0,
    createdAt: now,
  });
  const [code, refresh, access] = [newSecret(), newSecret(), newSecret()];
  const authorize = async (secret: string) => {
    const authorization = {
      authorizationId: newSecret(),
      clientId: client.client_id,
      clientEpoch: 0,
      accountId,
      accountEpoch: 0,
      scope: client.scope,
      context: {},
      authTime: now,
      amr: ['pwd'],
      createdAt: now,
    };
    const issued = {
      hash: secretHash(secret),
      expiresAt: now + 60_000,
      redirectUri: 'https://app.example/callback',
      codeChallenge: 'x',
    };
    await site.store.authorizations.insert(authorization, issued);
    return authorization;
  };
  const tokens = (authorizationId: string) => ({
    accessToken: {
      hash: secretHash(access),
      clientId: client.client_id,
      epoch: 0,
      authorizationId,
      scope: client.scope,
      issuedAt: now,
      expiresAt: now + 3600_000,
    },
    refreshToken: { hash: secretHash(refresh), expiresAt: now + 3600_000 },
  });
  const used = await authorize(code);
  assert.ok(await site.store.authorizations.exchangeCode(secretHash(code), tokens(used.authorizationId)));
  const unused = newSecret();
  await authorize(unused);
  assert.ok(await isAlive(access));
  assert.equal((await decide(client, 'suspend')).json.tokens_revoked, 1);
  assert.ok(!(await isAlive(access)));
  await decide(client, 'approve');
  assert.ok(!(await isAlive(access)));
  assert.equal(await site.store.authorizations.findRefreshToken(secretHash(refresh), now), undefined);
  assert.equal(await site.store.authorizations.findCode(secretHash(unused)), undefined);
});
