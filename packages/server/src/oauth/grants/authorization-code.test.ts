import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { appOf, callback, issuer, testApp } from '../../testing/app.ts';
import { type Answer, newKeyPair, signAssertion, soleGate, testGate, tokenUrl } from '../../testing/gate.ts';
import { testUser } from '../../testing/user.ts';
import { authenticateBearer } from '../bearer.ts';
import type { Gate } from '../gate.ts';

let now = Date.now();
const { test: database, node, close } = await soleGate({ now: () => now });
after(close);

const app = await testApp(node);
const user = await testUser(node.gate, { charts: ['p'] });

const isAlive = (token: string, gate: Gate = node.gate) =>
  authenticateBearer(gate, `Bearer ${token}`, 'default').then(
    () => true,
    () => false,
  );

function isRefused(answer: Answer, error = 'invalid_grant', status = 400): void {
  assert.equal(answer.status, status, JSON.stringify(answer.json));
  assert.equal(answer.json.error, error);
  assert.equal(answer.headers['cache-control'], 'no-store');
}

test('a code is exchanged for tokens and what they were given for', async () => {
  const code = await app.codeFor(user, { scope: 'launch/patient patient/Patient.rs offline_access', state: 's' });
  assert.equal(code.redirect.searchParams.get('state'), 's');
  assert.equal(code.redirect.searchParams.get('iss'), issuer);
  const { status, json, headers } = await app.exchange(code);
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers.pragma, 'no-cache');
  assert.equal(headers['access-control-allow-origin'], '*');
  const { access_token, refresh_token, ...rest } = json;
  assert.match(access_token, /^[\w-]{43}$/);
  assert.match(refresh_token, /^[\w-]{43}$/);
  assert.deepEqual(rest, {
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'launch/patient patient/Patient.rs offline_access',
    patient: 'p',
    need_patient_banner: true,
    smart_style_url: `${issuer}/smart/smart-style`,
  });
  const grant = await authenticateBearer(node.gate, `Bearer ${access_token}`, 'default');
  assert.equal(grant.patient, 'p');
  assert.deepEqual(grant.user, { reference: 'Patient/p', opens: 'patients', patients: ['p'] });
});

test('without offline_access or online_access there is no refresh token', async () => {
  assert.equal((await app.tokensFor(user)).refresh_token, undefined);
});

for (const method of ['client_secret_basic', 'client_secret_post', 'none'] as const) {
  test(`a client with ${method} exchanges its code`, async () => {
    const one = await testApp(node, { metadata: { token_endpoint_auth_method: method } });
    assert.equal((await one.tokensFor(user)).patient, 'p');
  });
}

test('a client with private_key_jwt exchanges its code, and each assertion is good for one request', async () => {
  const key = newKeyPair('ES384');
  const one = await testApp(node, { key });
  assert.equal((await one.tokensFor(user)).patient, 'p');
  const assertion = signAssertion(one.client.client_id, key, { now });
  const first = await one.exchange(await one.codeFor(user), { client_assertion: assertion });
  assert.equal(first.status, 200);
  isRefused(await one.exchange(await one.codeFor(user), { client_assertion: assertion }), 'invalid_client', 401);
});

test('a secret is taken percent-encoded or plain, and in one way at a time', async () => {
  const { client_id, client_secret } = app.client;
  const encode = (text: string) => [...text].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('');
  const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
  for (const authorization of [basic(client_id, client_secret), basic(encode(client_id), encode(client_secret))]) {
    const { code, verifier } = await app.codeFor(user);
    const form = { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier };
    assert.equal((await node.postForm(tokenUrl.slice(22), form, { authorization })).status, 200);
  }
  isRefused(await app.exchange(await app.codeFor(user), { client_id, client_secret }), 'invalid_request');
  isRefused(await app.exchange(await app.codeFor(user), { client_id: 'other' }), 'invalid_client', 401);
});

test('a client that was registered with a secret or keys is not let in by its name', async () => {
  for (const one of [app, await testApp(node, { key: newKeyPair('ES384') })]) {
    const { code, verifier } = await one.codeFor(user);
    const answer = await node.postForm('/oauth2/default/token', {
      grant_type: 'authorization_code',
      client_id: one.client.client_id,
      code,
      redirect_uri: callback,
      code_verifier: verifier,
    });
    isRefused(answer, 'invalid_client', 401);
    assert.equal((await node.ticketOf(answer)).check, 'client is a public one');
  }
});

test('conformance 9.18: each wrong code_verifier is refused', async () => {
  const { code: _, verifier } = await app.codeFor(user);
  assert.ok(verifier);
  for (const code_verifier of [
    undefined,
    '',
    randomBytes(32).toString('base64url'),
    'short',
    'x'.repeat(129),
    'é'.repeat(43),
  ]) {
    isRefused(await app.exchange(await app.codeFor(user), { code_verifier }));
  }
});

test('conformance 9.18: the challenge itself is no verifier', async () => {
  const authorized = await app.codeFor(user);
  const code_verifier = createHash('sha256').update(authorized.verifier).digest('base64url');
  isRefused(await app.exchange(authorized, { code_verifier }));
});

test('attack 24: a wrong verifier burns the code, and so does the verifier of another code', async () => {
  const [first, second] = [await app.codeFor(user), await app.codeFor(user)];
  isRefused(await app.exchange(first, { code_verifier: second.verifier }));
  isRefused(await app.exchange(first));
  isRefused(await app.exchange(second, { code_verifier: undefined }));
  isRefused(await app.exchange(second));
});

test('attack 25: a code used twice is refused, and the tokens of the first use die', async () => {
  const code = await app.codeFor(user, { scope: 'patient/Patient.rs offline_access' });
  const { json } = await app.exchange(code);
  assert.equal(await isAlive(json.access_token), true);
  const again = await app.exchange(code);
  isRefused(again);
  assert.equal((await node.ticketOf(again)).refusal, 'code-used');
  assert.equal(await isAlive(json.access_token), false);
  isRefused(await app.refresh(json.refresh_token));
});

test('attack 25: of fifty exchanges at once on two nodes no token is left alive', async () => {
  const other = await testGate(database, { now: () => now });
  try {
    const there = appOf(other, app.client);
    const code = await app.codeFor(user, { scope: 'patient/Patient.rs offline_access' });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? app : there).exchange(code)));
    const good = answers.filter(({ status }) => status === 200);
    assert.ok(good.length <= 1, 'at most one exchange succeeds');
    for (const { json } of good) {
      assert.equal(await isAlive(json.access_token), false);
      isRefused(await app.refresh(json.refresh_token));
    }
  } finally {
    await other.close();
  }
});

test('attack 26: a code is bound to its client, its redirect_uri and its site', async () => {
  const stranger = await testApp(node);
  const code = await app.codeFor(user);
  const foreign = await stranger.exchange(code);
  isRefused(foreign);
  assert.equal((await node.ticketOf(foreign)).refusal, 'code-client');
  for (const redirect_uri of [undefined, `${callback}/`, 'https://evil.example/callback']) {
    const answer = await app.exchange(code, { redirect_uri });
    isRefused(answer);
    assert.equal((await node.ticketOf(answer)).expected, callback);
  }
  assert.equal((await app.exchange(code)).status, 200, 'none of these used it up');
});

test('on the wire a foreign code looks like one that never was', async () => {
  const stranger = await testApp(node);
  const { ticket: _foreign, ...foreign } = (await stranger.exchange(await app.codeFor(user))).json;
  const { ticket: _unknown, ...unknown } = (
    await stranger.exchange({ code: 'x'.repeat(43), verifier: 'x'.repeat(43), redirect: new URL(issuer) })
  ).json;
  assert.deepEqual(foreign, unknown);
});

test('an expired code is refused, and the ticket says by how many seconds', async () => {
  const code = await app.codeFor(user);
  now += 67_000;
  const answer = await app.exchange(code);
  isRefused(answer);
  const { received, expected } = await node.ticketOf(answer);
  assert.equal(received, '7 s too late');
  assert.equal(expected, 'within 60 s of the redirect');
});

test('conformance 9.17: a bad code with good authentication is exactly 400, a bad client 401 with a challenge', async () => {
  const code = await app.codeFor(user);
  isRefused(await app.exchange({ ...code, code: 'BAD_CODE' }));
  const authorization = `Basic ${Buffer.from(`BAD_CLIENT_ID:${app.client.client_secret}`).toString('base64')}`;
  const form = {
    grant_type: 'authorization_code',
    code: code.code,
    redirect_uri: callback,
    code_verifier: code.verifier,
  };
  const answer = await node.postForm('/oauth2/default/token', form, { authorization });
  isRefused(answer, 'invalid_client', 401);
  assert.match(String(answer.headers['www-authenticate']), /^Basic realm=/);
});

test('a code of a client that was suspended, or of a user with a new password since, gives nothing', async () => {
  const someone = await testUser(node.gate, { charts: ['s'] });
  const code = await app.codeFor(someone);
  const site = await node.gate.site('default');
  await site?.store.accounts.endEverything(someone.account.accountId);
  isRefused(await app.exchange(code));
  const one = await testApp(node);
  const second = await one.codeFor(user);
  await node.postJson(`/apis/default/admin/clients/${one.client.client_id}/suspend`, {}, node.adminToken);
  isRefused(await one.exchange(second), 'invalid_client', 401);
  await node.postJson(`/apis/default/admin/clients/${one.client.client_id}/approve`, {}, node.adminToken);
  isRefused(await one.exchange(second));
});

test('a missing code is told apart', async () => {
  isRefused(await app.post({ grant_type: 'authorization_code' }), 'invalid_request');
});

test('the lifetimes are those of the site', async () => {
  const site = await node.gate.site('default');
  await site?.store.settings.put({ access_token_lifetime: 120, code_lifetime: 10 }, now);
  site?.forget({ settings: true });
  const code = await app.codeFor(user);
  const { json } = await app.exchange(code);
  assert.equal(json.expires_in, 120);
  now += 119_000;
  assert.equal(await isAlive(json.access_token), true);
  now += 1_000;
  assert.equal(await isAlive(json.access_token), false);
  const late = await app.codeFor(user);
  now += 10_000;
  isRefused(await app.exchange(late));
  await site?.store.settings.put({ access_token_lifetime: null, code_lifetime: null }, now);
  site?.forget({ settings: true });
});

test('attack 43: neither code, token nor verifier is in the database or in a ticket', async () => {
  const code = await app.codeFor(user, { scope: 'patient/Patient.rs offline_access' });
  const { json } = await app.exchange(code);
  await app.exchange(code);
  await app.refresh(json.refresh_token);
  const secrets = [code.code, code.verifier, json.access_token, json.refresh_token, user.session];
  const { schema } = database.site;
  for (const table of [
    'user_authorization',
    'access_token',
    'ticket',
    'authorization_request',
    'spent_refresh_token',
  ]) {
    const rows = await database.database.reads.query<{ text: string }>({
      text: `select t::text as text from "${schema}".${table} t`,
      values: [],
    });
    const all = rows.map((row) => row.text).join('\n');
    for (const secret of secrets) assert.ok(!all.includes(secret), table);
  }
});
