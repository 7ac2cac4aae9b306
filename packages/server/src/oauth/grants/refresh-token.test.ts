import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { appOf, testApp } from '../../testing/app.ts';
import { type Answer, newKeyPair, soleGate, testGate } from '../../testing/gate.ts';
import { signedIn, testUser } from '../../testing/user.ts';
import { authenticateBearer } from '../bearer.ts';
import { secretHash } from '../secret.ts';

let now = Date.now();
const { test: database, node, close } = await soleGate({ now: () => now });
after(close);

const app = await testApp(node);
const user = await testUser(node.gate, { charts: ['p'] });
const scope = 'launch/patient patient/Patient.rs patient/Observation.rs offline_access';
/** The clock of these tests moves further than a session lives. */
const userNow = async () => ({ ...user, ...(await signedIn(node.gate, user.account)) });
const tokens = async () => app.tokensFor(await userNow(), { scope });
const site = await node.gate.site('default');
assert.ok(site);

const isAlive = (token: string) =>
  authenticateBearer(node.gate, `Bearer ${token}`, 'default').then(
    () => true,
    () => false,
  );

function isRefused(answer: Answer, error = 'invalid_grant', status = 400): void {
  assert.equal(answer.status, status, JSON.stringify(answer.json));
  assert.equal(answer.json.error, error);
}

async function refusalOf(answer: Answer): Promise<string> {
  return (await node.ticketOf(answer)).refusal;
}

test('a refresh gives a new access token and a new refresh token, with scope and context as before', async () => {
  const first = await tokens();
  const { status, json, headers } = await app.refresh(first.refresh_token);
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers.pragma, 'no-cache');
  assert.notEqual(json.access_token, first.access_token);
  assert.notEqual(json.refresh_token, first.refresh_token);
  const { access_token: _a, refresh_token: _r, ...rest } = json;
  const { access_token: _b, refresh_token: _s, ...before } = first;
  assert.deepEqual(rest, before);
  assert.equal(await isAlive(json.access_token), true);
  assert.equal((await app.refresh(json.refresh_token)).status, 200);
});

for (const method of ['client_secret_post', 'none', 'private_key_jwt'] as const) {
  test(`a client with ${method} refreshes, with and without scope`, async () => {
    const key = method === 'private_key_jwt' ? { key: newKeyPair('ES384') } : {};
    const one = await testApp(node, { ...key, metadata: { token_endpoint_auth_method: method } });
    const first = await one.tokensFor(user, { scope });
    const second = await one.refresh(first.refresh_token);
    assert.equal(second.status, 200);
    const third = await one.refresh(second.json.refresh_token, { scope: first.scope });
    assert.equal(third.json.scope, first.scope);
    isRefused(await one.refresh('3f1c1a2e-8f0f-4b58-9a1e-0d3f7c1b2a4d'));
  });
}

const unnamed = (refresh_token: string) =>
  node.postForm('/oauth2/default/token', { grant_type: 'refresh_token', refresh_token });

test('a public client may leave its name out, as fhirclient does', async () => {
  const one = await testApp(node, { metadata: { token_endpoint_auth_method: 'none' } });
  const first = await one.tokensFor(user, { scope });
  const second = await unnamed(first.refresh_token);
  assert.equal(second.status, 200, JSON.stringify(second.json));
  assert.equal((await unnamed(second.json.refresh_token)).status, 200);
  isRefused(await unnamed(first.refresh_token));
  assert.equal(await isAlive(second.json.access_token), false, 'the replaced token is a copy, named or not');
});

test('attack 38: a client that has something to prove itself by is never named by its token', async () => {
  for (const method of ['client_secret_basic', 'private_key_jwt'] as const) {
    const key = method === 'private_key_jwt' ? { key: newKeyPair('ES384') } : {};
    const one = await testApp(node, { ...key, metadata: { token_endpoint_auth_method: method } });
    const { refresh_token } = await one.tokensFor(user, { scope });
    isRefused(await unnamed(refresh_token), 'invalid_client', 401);
    isRefused(await unnamed('x'.repeat(43)), 'invalid_client', 401);
    assert.equal((await one.refresh(refresh_token)).status, 200, 'it was not used up');
  }
});

test('a client that named the code grant alone refreshes what offline_access gave it', async () => {
  const one = await testApp(node, { metadata: { grant_types: ['authorization_code'] } });
  const { refresh_token } = await one.tokensFor(user, { scope });
  assert.equal((await one.refresh(refresh_token)).status, 200);
});

test('attack 38: a refresh token that was replaced revokes the family, but for one lost answer within a minute', async () => {
  const first = await tokens();
  const lost = await app.refresh(first.refresh_token);
  now += 59_000;
  const retried = await app.refresh(first.refresh_token);
  assert.equal(retried.status, 200, 'the answer may have been lost once');
  const again = await app.refresh(first.refresh_token);
  isRefused(again);
  assert.equal(await refusalOf(again), 'refresh-spent');
  for (const { json } of [lost, retried]) {
    assert.equal(await isAlive(json.access_token), false);
    isRefused(await app.refresh(json.refresh_token));
  }
});

test('attack 38: after a minute no answer counts as lost', async () => {
  const first = await tokens();
  const second = await app.refresh(first.refresh_token);
  now += 60_000;
  isRefused(await app.refresh(first.refresh_token));
  isRefused(await app.refresh(second.json.refresh_token));
  assert.equal(await isAlive(second.json.access_token), false);
});

test('attack 38: whoever got the lost answer and uses it betrays itself', async () => {
  const first = await tokens();
  const stolen = await app.refresh(first.refresh_token);
  const retried = await app.refresh(first.refresh_token);
  assert.equal(retried.status, 200);
  isRefused(await app.refresh(stolen.json.refresh_token));
  isRefused(await app.refresh(retried.json.refresh_token));
});

test('attack 38: once the new token was used, the old one is no lost answer', async () => {
  const first = await tokens();
  const second = await app.refresh(first.refresh_token);
  const third = await app.refresh(second.json.refresh_token);
  assert.equal(third.status, 200);
  isRefused(await app.refresh(first.refresh_token));
  isRefused(await app.refresh(third.json.refresh_token));
});

test('attack 39: fifty refreshes at once on two nodes leave exactly one live refresh token', async () => {
  const other = await testGate(database, { now: () => now });
  try {
    const there = appOf(other, app.client);
    for (let round = 0; round < 5; round++) {
      const first = await tokens();
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? app : there).refresh(first.refresh_token)),
      );
      const good = answers.filter(({ status }) => status === 200);
      assert.ok(good.length <= 2, `${good.length} succeeded`);
      for (const answer of answers) if (answer.status !== 200) isRefused(answer);
      const states = await Promise.all(
        good.map(({ json }) => site.store.authorizations.findRefreshToken(secretHash(json.refresh_token), now)),
      );
      const live = states.filter((found) => found?.state === 'current');
      const isRevoked = states.every((found) => found === undefined);
      assert.ok(live.length === 1 || isRevoked, `${live.length} live tokens`);
    }
  } finally {
    await other.close();
  }
});

test('attack 40: a refresh narrows the scope and never widens it', async () => {
  const first = await tokens();
  const narrowed = await app.refresh(first.refresh_token, { scope: 'patient/Observation.r' });
  assert.equal(narrowed.json.scope, 'patient/Observation.r');
  const grant = await authenticateBearer(node.gate, `Bearer ${narrowed.json.access_token}`, 'default');
  assert.deepEqual(
    grant.scopes.map(({ text }) => text),
    ['patient/Observation.r'],
  );
  for (const wider of [
    'patient/*.rs',
    'patient/Patient.cruds',
    'user/Patient.rs',
    'openid',
    'system/*.rs',
    'nonsense',
  ]) {
    isRefused(
      await app.refresh(narrowed.json.refresh_token, { scope: `patient/Patient.rs ${wider}` }),
      'invalid_scope',
    );
  }
  const whole = await app.refresh(narrowed.json.refresh_token);
  assert.equal(whole.json.scope, scope, 'the refresh token stands for all that was granted');
});

test('attack 40: patient and site cannot be changed by a parameter', async () => {
  const first = await tokens();
  const { json } = await app.refresh(first.refresh_token, { patient: 'other', aud: 'https://elsewhere.example' });
  assert.equal(json.patient, 'p');
  const elsewhere = await app.post(
    { grant_type: 'refresh_token', refresh_token: json.refresh_token },
    '/oauth2/other/token',
  );
  assert.equal(elsewhere.status, 404);
});

test("another client's refresh token looks like one that never was, and stays good", async () => {
  const stranger = await testApp(node);
  const first = await tokens();
  const { ticket, ...foreign } = (await stranger.refresh(first.refresh_token)).json;
  assert.ok(ticket);
  const { ticket: _, ...unknown } = (await stranger.refresh('x'.repeat(43))).json;
  assert.deepEqual(foreign, unknown);
  assert.equal((await app.refresh(first.refresh_token)).status, 200);
});

test('a refresh token lives from one use to the next, and its end has a refusal of its own', async () => {
  const first = await tokens();
  const lifetime = 100 * 24 * 3600_000;
  now += lifetime - 1000;
  const second = await app.refresh(first.refresh_token);
  assert.equal(second.status, 200);
  now += lifetime;
  const late = await app.refresh(second.json.refresh_token);
  isRefused(late);
  assert.equal(await refusalOf(late), 'refresh-expired');
});

test('online_access ends with the session: when it is ended, and when it runs out', async () => {
  const online = { scope: 'patient/Patient.rs online_access' };
  const someone = await testUser(node.gate, { charts: ['o'] });
  const first = await app.tokensFor(someone, online);
  const second = await app.refresh(first.refresh_token);
  assert.equal(second.status, 200);
  const [session] = await site.store.sessions.list(someone.account.accountId, now);
  await site.store.sessions.end(someone.account.accountId, session?.sessionId ?? '');
  site.forget({ users: true });
  assert.equal(await isAlive(second.json.access_token), false);
  isRefused(await app.refresh(second.json.refresh_token));

  const again = { ...someone, ...(await signedIn(node.gate, someone.account)) };
  const third = await app.tokensFor(again, online);
  now += 8 * 3600_000 + 1000;
  const late = await app.refresh(third.refresh_token);
  isRefused(late);
  assert.equal(await refusalOf(late), 'refresh-session');
});

test('offline_access outlives the session', async () => {
  const someone = await testUser(node.gate, { charts: ['o'] });
  const first = await app.tokensFor(someone, { scope: 'patient/Patient.rs online_access offline_access' });
  const [session] = await site.store.sessions.list(someone.account.accountId, now);
  await site.store.sessions.end(someone.account.accountId, session?.sessionId ?? '');
  assert.equal((await app.refresh(first.refresh_token)).status, 200);
});

test('a refresh token dies with what the user gave: a new password, a taken back consent, a suspended client', async () => {
  const someone = await testUser(node.gate, { charts: ['o'] });
  const first = await app.tokensFor(someone, { scope });
  await site.store.accounts.endEverything(someone.account.accountId);
  isRefused(await app.refresh(first.refresh_token));

  const other = await testUser(node.gate, { charts: ['o'] });
  const second = await app.tokensFor(other, { scope });
  await site.store.consents.remove(other.account.accountId, app.client.client_id);
  isRefused(await app.refresh(second.refresh_token));

  const one = await testApp(node);
  const third = await one.tokensFor(await userNow(), { scope });
  for (const action of ['suspend', 'approve']) {
    await node.postJson(`/apis/default/admin/clients/${one.client.client_id}/${action}`, {}, node.adminToken);
  }
  isRefused(await one.refresh(third.refresh_token));
});

test('a missing refresh token is told apart', async () => {
  isRefused(await app.post({ grant_type: 'refresh_token' }), 'invalid_request');
});

test('attack 35: a refresh token, a code or a session is no access token', async () => {
  const first = await tokens();
  const someone = await userNow();
  const { code } = await app.codeFor(someone);
  for (const token of [first.refresh_token, code, someone.session]) assert.equal(await isAlive(token), false);
  assert.equal(await isAlive(first.access_token), true);
});
