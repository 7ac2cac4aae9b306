/** The whole way of an app and its user, with the log at its widest: no secret of it is anywhere but where it belongs. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { easyAccounts, mailedToken, TestBrowser, testPassword } from '../../packages/server/src/testing/accounts.ts';
import { appOf, issuer, testApp } from '../../packages/server/src/testing/app.ts';
import { type Json, newKeyPair, signAssertion, type TestGate } from '../../packages/server/src/testing/gate.ts';
import { patientWithRecord, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { putResources } from '../../packages/server/src/testing/put-resource.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';

const lines: string[] = [];
const write = (line: string) => void lines.push(line);
const {
  test: database,
  node: platform,
  close,
} = await solePlatform({
  write,
  config: { accounts: easyAccounts },
  log: { error: (...entry: readonly unknown[]) => write(entry.map(String).join(' ')) },
});
after(close);

type Heard = { readonly status: number; readonly text: string; readonly headers: Readonly<Record<string, unknown>> };
const heard: Heard[] = [];

/** All goes through the server that writes the log, and what is answered is kept. */
async function send(method: 'GET' | 'POST', url: string, headers: Record<string, string>, payload?: string) {
  const answer = await platform.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  heard.push({ status: answer.statusCode, text: answer.body, headers: answer.headers });
  const json: Json = answer.body.startsWith('{') ? answer.json() : {};
  return { status: answer.statusCode, headers: answer.headers, json };
}
const bearing = (bearer: string | undefined) => (bearer === undefined ? {} : { authorization: `Bearer ${bearer}` });
const formType = { 'content-type': 'application/x-www-form-urlencoded' };
const jsonType = { 'content-type': 'application/json' };
const node: TestGate = {
  ...platform,
  get: (path, bearer, headers = {}) => send('GET', path, { ...bearing(bearer), ...headers }),
  postForm: (path, form, headers = {}) =>
    send(
      'POST',
      path,
      { ...formType, ...headers },
      typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    ),
  postJson: (path, body, bearer, headers = {}) =>
    send('POST', path, { ...jsonType, ...bearing(bearer), ...headers }, JSON.stringify(body)),
  register: (metadata) => node.postJson('/oauth2/default/registration', metadata),
};

const secrets = new Map<string, string>();
function keep(found: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(found)) {
    assert.ok(value !== undefined && value.length >= 8, `${name} is known`);
    secrets.set(name, value);
  }
}

test('the way is gone: registration, sign-up, sign-in, code, tokens, refusals of all kinds, the chart, the end', async () => {
  await putResources(database, ...patientWithRecord('ann'));
  const app = await testApp(node);
  const { client_secret, registration_access_token } = app.client;
  keep({ client_secret, registration_access_token, adminToken: node.adminToken, password: testPassword });
  await signUpAndIn();
  await codeAndTokens();
  await assertions();

  async function codeAndTokens(): Promise<void> {
    const ann = await testUser(node.gate, { charts: ['ann'] });
    const scope = 'launch/patient openid fhirUser offline_access patient/*.rs';
    const nonce = 'a-nonce-to-look-for';
    const code = await app.codeFor(ann, { scope, nonce, state: 'a-state-to-look-for' });
    keep({ code: code.code, verifier: code.verifier, session: ann.session, nonce, state: 'a-state-to-look-for' });
    await app.exchange(code, { code_verifier: 'wrong'.repeat(9) });
    const good = await app.codeFor(ann, { scope, nonce, state: 'a-state-to-look-for' });
    const { json } = await app.exchange(good);
    keep({ second: good.code, access: json.access_token, refresh: json.refresh_token, id: json.id_token });
    await app.visit(`${issuer}/consent?request=${good.code}`, ann);
    await node.get(`/oauth2/default/userinfo?access_token=${json.access_token}`);
    await node.get('/oauth2/default/userinfo', json.access_token);
    await node.get('/apis/default/fhir/Patient/ann', json.access_token);
    await node.get(`/apis/default/fhir/Patient?access_token=${json.access_token}`);
    await node.get('/apis/default/fhir/Patient/ann', json.refresh_token);
    await app.post({ token: json.access_token }, '/oauth2/default/introspect');
    await app.post({ grant_type: json.access_token });
    await app.post({ grant_type: 'refresh_token', refresh_token: json.refresh_token, scope: json.refresh_token });
    const stranger = appOf(node, { ...app.client, client_secret: `${client_secret}x` });
    await stranger.refresh(json.refresh_token);
    const next = await app.refresh(json.refresh_token);
    keep({ nextRefresh: next.json.refresh_token, nextAccess: next.json.access_token });
    await app.post({ token: next.json.refresh_token }, '/oauth2/default/revoke');
    await app.refresh(json.refresh_token);
    await node.get(`/oauth2/default/logout?id_token_hint=${json.id_token}`);
    await app.exchange(good);
  }

  async function assertions(): Promise<void> {
    const key = newKeyPair('ES384');
    const client = await node.register({
      token_endpoint_auth_method: 'private_key_jwt',
      scope: 'system/Patient.rs',
      jwks: { keys: [key.publicJwk] },
    });
    const clientId = client.json.client_id;
    await node.postJson(`/apis/default/admin/clients/${clientId}/approve`, {}, node.adminToken);
    const assertion = signAssertion(clientId, key);
    const form = {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
      scope: 'system/Patient.rs',
    };
    const given = await node.postForm('/oauth2/default/token', form);
    keep({ system: given.json.access_token, signature: assertion.split('.')[2] });
    await node.postForm('/oauth2/default/token', form);
    await node.postForm('/oauth2/default/token', { ...form, client_assertion: `${assertion}x` });
  }

  async function signUpAndIn(): Promise<void> {
    const [email, password] = ['eve@mail.example', 'eleven odd lanterns'];
    await node.postJson('/apis/default/account', { user_name: 'eve', email, password });
    const token = await mailedToken(platform, email);
    await node.postJson('/apis/default/account/verify', { token, password: 'another one altogether' });
    await node.postJson('/apis/default/account/verify', { token, password });
    await node.postJson('/apis/default/account/sessions', { username: 'eve', password: `${password}x` });
    const signedIn = await node.postJson('/apis/default/account/sessions', { username: 'eve', password });
    await node.postJson('/apis/default/account/password-reset', { username: 'eve' });
    const reset = await mailedToken(platform, email);
    await new TestBrowser(platform).open(`/reset?token=${reset}`);
    await new TestBrowser(platform).open(`/reset?token=${reset}x`);
    const browser = new TestBrowser(platform);
    await browser.signIn('eve', password);
    keep({ mailed: token, reset, newPassword: password, sessionToken: signedIn.json.session_token });
    keep({ cookie: browser.cookie('session') });
    await browser.fill('/account/password', { password, new_password: password });
  }
});

const shownIn = (text: string) => [...secrets].filter(([, value]) => text.includes(value)).map(([name]) => name);

test('attack 43: the log, at trace, has none of it', () => {
  assert.ok(secrets.size > 18 && lines.length > 30, `${secrets.size} secrets, ${lines.length} lines`);
  for (const path of ['/oauth2/:site/token', '/oauth2/:site/userinfo', '/apis/:site/account/sessions']) {
    assert.ok(
      lines.some((line) => line.includes(path)),
      path,
    );
  }
  assert.deepEqual(shownIn(lines.join('\n')), []);
});

test('attack 43: no refusal says it back, in its body or its headers', () => {
  const refusals = heard.filter(({ status }) => status >= 400);
  assert.ok(refusals.length > 8);
  for (const { text, headers } of refusals) assert.deepEqual(shownIn(text + JSON.stringify(headers)), []);
});

test('attack 43: what has a secret in its address or its answer gives it to no cache and to no Referer', () => {
  for (const { text, headers } of heard.filter(({ status }) => status === 200)) {
    const isSecret = shownIn(text).length > 0;
    if (isSecret) assert.match(String(headers['cache-control']), /no-store/, text.slice(0, 80));
    assert.ok(!isSecret || headers['referrer-policy'] === 'no-referrer', text.slice(0, 80));
  }
});

test('attack 43: tickets and audit, as administrators read them, have none of it', async () => {
  for (const path of ['tickets', 'audit?count=100']) {
    const { status, json } = await platform.get(`/apis/default/admin/${path}`, node.adminToken);
    assert.equal(status, 200, path);
    const text = JSON.stringify(json);
    assert.ok(text.length > 1000, path);
    assert.deepEqual(shownIn(text), [], path);
  }
});

test('attack 43: no table of the site has any of it, but what an app asked to have back', async () => {
  const { schema } = database.site;
  const reads = database.database.reads;
  const tables = await reads.query<{ name: string }>({
    text: 'select table_name as name from information_schema.tables where table_schema = $1',
    values: [schema],
  });
  assert.ok(tables.length > 20);
  const sentBack = new Set(['state', 'nonce']);
  for (const { name } of tables) {
    const rows = await reads.query<{ text: string }>({
      text: `select t::text as text from "${schema}"."${name}" t`,
      values: [],
    });
    const found = shownIn(rows.map(({ text }) => text).join('\n'));
    assert.deepEqual(
      found.filter((one) => !sentBack.has(one)),
      [],
      name,
    );
  }
});
