import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Json, newKeyPair, publicUrl, signAssertion, soleGate } from '../testing/gate.ts';

const { node, close } = await soleGate();
after(close);

const key = newKeyPair();
const client = await node.approvedClient([key], { token_endpoint_auth_method: 'client_secret_basic' });
const other = await node.approvedClient([newKeyPair()], { token_endpoint_auth_method: 'client_secret_post' });
const newToken = async (): Promise<string> =>
  (await node.requestToken(signAssertion(client.client_id, key))).json.access_token;
const secretOf = (c: Json) => ({ client_id: c.client_id, client_secret: c.client_secret });
const basic = (c: Json) => ({
  authorization: `Basic ${Buffer.from(`${c.client_id}:${c.client_secret}`).toString('base64')}`,
});
const assertionOf = (c: Json) => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: signAssertion(c.client_id, key),
});
const introspect = '/oauth2/default/introspect';
const revoke = '/oauth2/default/revoke';

test('a client learns about its own token, by secret or by assertion', async () => {
  const token = await newToken();
  const answers = [
    await node.postForm(introspect, { token, ...secretOf(client) }),
    await node.postForm(introspect, { token }, basic(client)),
    await node.postForm(introspect, { token, ...assertionOf(client) }),
  ];
  for (const { status, json, headers } of answers) {
    assert.equal(status, 200);
    assert.equal(headers['cache-control'], 'no-store');
    const { iat, exp, ...rest } = json;
    assert.equal(exp - iat, 300);
    assert.deepEqual(rest, {
      active: true,
      client_id: client.client_id,
      sub: client.client_id,
      scope: 'system/Patient.rs',
      token_type: 'Bearer',
      iss: `${publicUrl}/oauth2/default`,
      aud: `${publicUrl}/apis/default/fhir`,
    });
  }
});

test("attack 42: another client's token looks like one that never was, and cannot be revoked", async () => {
  const token = await newToken();
  const foreign = await node.postForm(introspect, { token, ...secretOf(other) });
  const unknown = await node.postForm(introspect, { token: 'never', ...secretOf(other) });
  assert.deepEqual(foreign.json, { active: false });
  assert.deepEqual(unknown.json, foreign.json);
  assert.equal((await node.postForm(revoke, { token, ...secretOf(other) })).status, 200);
  assert.equal((await node.postForm(introspect, { token, ...secretOf(client) })).json.active, true);
});

for (const path of [introspect, revoke]) {
  test(`attack 42: ${path} needs client authentication`, async () => {
    const token = await newToken();
    const wrong = [
      await node.postForm(path, { token }),
      await node.postForm(path, { token, client_id: client.client_id }),
      await node.postForm(path, { token, ...secretOf(client), client_secret: 'guess' }),
      await node.postForm(path, { token, client_id: client.client_id, client_secret: other.client_secret }),
      await node.postForm(path, { token }, { authorization: `Bearer ${token}` }),
    ];
    for (const { status, json } of wrong) {
      assert.equal(status, 401);
      assert.equal(json.error, 'invalid_client');
    }
    assert.equal((await node.postForm(path, secretOf(client))).json.error, 'invalid_request');
  });
}

test('an assertion is used up by introspection too', async () => {
  const token = await newToken();
  const form = assertionOf(client);
  assert.equal((await node.postForm(introspect, { token, ...form })).status, 200);
  assert.equal((await node.postForm(introspect, { token, ...form })).status, 401);
  assert.equal((await node.requestToken(form.client_assertion)).status, 401);
});

test('a revoked token is inactive, and revoking it again changes nothing', async () => {
  const token = await newToken();
  for (let i = 0; i < 2; i++) {
    const answer = await node.postForm(revoke, { token, token_type_hint: 'refresh_token', ...secretOf(client) });
    assert.equal(answer.status, 200);
  }
  assert.deepEqual((await node.postForm(introspect, { token, ...secretOf(client) })).json, { active: false });
});

test('a suspended client is refused at both', async () => {
  const third = await node.approvedClient([newKeyPair()], { token_endpoint_auth_method: 'client_secret_post' });
  await node.postJson(`/apis/default/admin/clients/${third.client_id}/suspend`, {}, node.adminToken);
  for (const path of [introspect, revoke]) {
    assert.equal((await node.postForm(path, { token: 'x', ...secretOf(third) })).json.error, 'invalid_client');
  }
});

test('a refused Basic authentication is answered with its challenge', async () => {
  const headers = { authorization: `Basic ${Buffer.from(`${client.client_id}:guess`).toString('base64')}` };
  const answer = await node.postForm(introspect, { token: 'x' }, headers);
  assert.equal(answer.status, 401);
  assert.match(String(answer.headers['www-authenticate']), /^Basic realm="https:/);
});
