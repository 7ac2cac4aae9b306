import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fhirUrl, issuer, type TestApp, testApp } from '../testing/app.ts';
import { newKeyPair, signAssertion, soleGate } from '../testing/gate.ts';
import { testUser } from '../testing/user.ts';

let now = Math.floor(Date.now() / 1000) * 1000;
const { node, close } = await soleGate({ now: () => now });
after(close);

const app = await testApp(node);
const user = await testUser(node.gate, { charts: ['p'] });
const scope = 'launch/patient openid fhirUser patient/Patient.rs offline_access';
const introspect = (one: TestApp, token: string, more: Record<string, string> = {}) =>
  one.post({ token, ...more }, '/oauth2/default/introspect');
const revoke = (one: TestApp, token: string, more: Record<string, string> = {}) =>
  one.post({ token, ...more }, '/oauth2/default/revoke');
const isActive = async (one: TestApp, token: string): Promise<boolean> => (await introspect(one, token)).json.active;

test('conformance 9.20: introspection tells of a user token what the token response said', async () => {
  const tokens = await app.tokensFor(user, { scope });
  const { status, json } = await introspect(app, tokens.access_token);
  assert.equal(status, 200);
  assert.deepEqual(json, {
    active: true,
    client_id: app.client.client_id,
    scope: tokens.scope,
    token_type: 'Bearer',
    iss: issuer,
    aud: fhirUrl,
    sub: user.account.accountId,
    iat: now / 1000,
    exp: now / 1000 + tokens.expires_in,
    patient: 'p',
    fhirUser: `${fhirUrl}/Patient/p`,
  });
});

test('conformance 9.20: a token that is none is inactive, and nothing else is said', async () => {
  const { status, json } = await introspect(app, 'invalid_token_value');
  assert.equal(status, 200);
  assert.deepEqual(json, { active: false });
});

test('fhirUser is told where the scope says so', async () => {
  const { access_token } = await app.tokensFor(user, { scope: 'patient/Patient.rs' });
  assert.equal((await introspect(app, access_token)).json.fhirUser, undefined);
});

test('a refresh token is introspected as what it stands for, whatever the hint', async () => {
  const { refresh_token } = await app.tokensFor(user, { scope });
  for (const hint of [
    {},
    { token_type_hint: 'refresh_token' },
    { token_type_hint: 'access_token' },
    { token_type_hint: 'x' },
  ]) {
    const { json } = await introspect(app, refresh_token, hint);
    assert.deepEqual(json, {
      active: true,
      client_id: app.client.client_id,
      scope,
      iss: issuer,
      sub: user.account.accountId,
      exp: now / 1000 + 100 * 24 * 3600,
      patient: 'p',
    });
  }
  await app.refresh(refresh_token);
  assert.equal(await isActive(app, refresh_token), false, 'it was replaced');
});

test('a refresh token of a session that ended is inactive', async () => {
  const someone = await testUser(node.gate, { charts: ['o'] });
  const { refresh_token } = await app.tokensFor(someone, { scope: 'patient/Patient.rs online_access' });
  assert.equal(await isActive(app, refresh_token), true);
  now += 8 * 3600_000;
  assert.equal(await isActive(app, refresh_token), false);
  now -= 8 * 3600_000;
});

test('a public client asks about its own tokens and revokes them by its name', async () => {
  const native = await testApp(node, { metadata: { token_endpoint_auth_method: 'none' } });
  const { access_token, refresh_token } = await native.tokensFor(user, { scope });
  assert.equal(await isActive(native, access_token), true);
  assert.equal(await isActive(native, refresh_token), true);
  assert.equal((await revoke(native, refresh_token)).status, 200);
  assert.equal(await isActive(native, access_token), false);
});

test('a client with keys introspects by assertion, and has no need of a client_id', async () => {
  const one = await testApp(node, { key: newKeyPair('ES384') });
  const { access_token } = await one.tokensFor(user, { scope });
  assert.equal(await isActive(one, access_token), true);
});

test("attack 42: another client learns nothing of a user's tokens, and cannot revoke them", async () => {
  const stranger = await testApp(node);
  const native = await testApp(node, { metadata: { token_endpoint_auth_method: 'none' } });
  const { access_token, refresh_token } = await app.tokensFor(user, { scope });
  for (const one of [stranger, native]) {
    for (const token of [access_token, refresh_token]) {
      assert.deepEqual((await introspect(one, token)).json, { active: false });
      assert.equal((await revoke(one, token)).status, 200);
    }
  }
  assert.equal(await isActive(app, access_token), true);
  assert.equal(await isActive(app, refresh_token), true);
});

test('attack 42: the name of a client with a secret is not enough', async () => {
  const { access_token } = await app.tokensFor(user, { scope });
  for (const path of ['introspect', 'revoke']) {
    const form = { token: access_token, client_id: app.client.client_id };
    assert.equal((await node.postForm(`/oauth2/default/${path}`, form)).status, 401);
    assert.equal((await node.postForm(`/oauth2/default/${path}`, { token: access_token })).status, 401);
  }
});

test('conformance 9.3: a revoked access token dies alone', async () => {
  const { access_token, refresh_token } = await app.tokensFor(user, { scope });
  assert.equal((await revoke(app, access_token)).status, 200);
  assert.equal(await isActive(app, access_token), false);
  assert.equal((await app.refresh(refresh_token)).status, 200);
});

test('conformance 9.3: a revoked refresh token takes all that was given with it along', async () => {
  const { access_token, refresh_token } = await app.tokensFor(user, { scope });
  const { json: second } = await app.refresh(refresh_token);
  assert.equal((await revoke(app, second.refresh_token, { token_type_hint: 'refresh_token' })).status, 200);
  for (const token of [access_token, second.access_token, second.refresh_token]) {
    assert.equal(await isActive(app, token), false);
  }
  const answer = await app.refresh(second.refresh_token);
  assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_grant']);
});

test('a refresh token that was replaced can still be revoked, by whoever holds it', async () => {
  const { refresh_token } = await app.tokensFor(user, { scope });
  const { json } = await app.refresh(refresh_token);
  assert.equal((await revoke(app, refresh_token)).status, 200);
  assert.equal((await app.refresh(json.refresh_token)).status, 400);
});

test('a resource server, which an administrator makes one, asks about access tokens of all clients', async () => {
  const server = await testApp(node, {
    metadata: { client_name: 'Imaging archive', resource_server: true, is_resource_server: true },
  });
  const { access_token, refresh_token } = await app.tokensFor(user, { scope });
  assert.deepEqual((await introspect(server, access_token)).json, { active: false });
  const path = `/apis/default/admin/clients/${server.client.client_id}/resource-server`;
  const put = (body: object, token?: string) =>
    node.app.inject({
      method: 'PUT',
      url: path,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      payload: JSON.stringify(body),
    });
  assert.equal((await put({ resource_server: true })).statusCode, 401);
  assert.equal((await put({ resource_server: true }, server.client.registration_access_token)).statusCode, 401);
  assert.equal((await put({ resource_server: 'yes' }, node.adminToken)).statusCode, 400);
  assert.deepEqual((await put({ resource_server: true }, node.adminToken)).json(), { resource_server: true });
  const { json } = await introspect(server, access_token);
  assert.deepEqual([json.active, json.client_id, json.patient], [true, app.client.client_id, 'p']);
  assert.deepEqual((await introspect(server, refresh_token)).json, { active: false });
  assert.equal((await revoke(server, access_token)).status, 200);
  assert.equal(await isActive(app, access_token), true, 'asking is all it may');
  await put({ resource_server: false }, node.adminToken);
  assert.deepEqual((await introspect(server, access_token)).json, { active: false });
});

test('the ticket of an assertion whose clock is wrong says by how many seconds', async () => {
  const key = newKeyPair('ES384');
  const one = await testApp(node, { key });
  const receivedOf = async (claims: Record<string, number>) => {
    const client_assertion = signAssertion(one.client.client_id, key, { claims, now });
    const answer = await one.post({ token: 'x', client_assertion }, '/oauth2/default/introspect');
    assert.equal(answer.status, 401);
    return (await node.ticketOf(answer)).received;
  };
  const seconds = now / 1000;
  assert.match(await receivedOf({ exp: seconds - 90 }), /90 s ago by this server's clock; .* at least 90 s behind$/);
  assert.match(
    await receivedOf({ exp: seconds + 400 }),
    /400 s ahead by this server's clock; .* at least 100 s ahead$/,
  );
  assert.match(await receivedOf({ iat: seconds + 45 }), /45 s ahead by this server's clock; .* at least 45 s ahead$/);
  assert.doesNotMatch(await receivedOf({ exp: now + 300_000 }), /clock that made it/, 'milliseconds are no clock');
});
