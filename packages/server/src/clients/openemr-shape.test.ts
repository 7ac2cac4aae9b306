import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { clientCalls } from '../testing/client-calls.ts';
import { newKeyPair, soleGate } from '../testing/gate.ts';

const { node, close } = await soleGate({ config: { registrations: { perMinute: 1e6, burst: 1e6 } } });
after(close);
const { set } = clientCalls(node);

const app = (metadata: object = {}) => ({
  client_name: 'A test app',
  redirect_uris: ['https://client.example/ui'],
  token_endpoint_auth_method: 'client_secret_post',
  scope: 'openid patient/Patient.read',
  ...metadata,
});

test('a site that is to be like OpenEMR answers a registration with 200 and its members', async () => {
  await set({ compatibility: 'openemr' });
  const confidential = await node.register(app({ application_type: 'private' }));
  assert.equal(confidential.status, 200);
  assert.equal(confidential.json.client_role, 'user');
  assert.ok(confidential.json.client_secret.length >= 43);
  assert.equal(confidential.json.client_secret_expires_at, 0);
  assert.equal(confidential.json.status, 'approved');
  const open = await node.register(app({ application_type: 'public' }));
  assert.equal(open.status, 200);
  assert.equal(open.json.client_role, 'patient');
  assert.equal(open.json.client_secret, '');
  await set({ compatibility: null });
});

test('its refusals say message and hint as well', async () => {
  await set({ compatibility: 'openemr' });
  const { status, json } = await node.register(app({ redirect_uris: ['http://client.example/'] }));
  assert.equal(status, 400);
  assert.equal(json.error, 'invalid_redirect_uri');
  assert.equal(json.message, json.error_description);
  assert.ok(json.hint.length > 10);
  await set({ compatibility: null });
  const standard = await node.register(app({ redirect_uris: ['http://client.example/'] }));
  assert.equal(standard.json.message, undefined);
});

test('conformance 18.01: registration answers 201 with client_id, secret and metadata, or 400 with the error of RFC 7591', async () => {
  const sent = {
    redirect_uris: ['https://client.example/ui'],
    client_name: 'A test app',
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    scope: 'launch/patient openid patient/Patient.rs',
    launch_uri: 'https://client.example/launch',
    jwks: { keys: [newKeyPair().publicJwk] },
  };
  const { status, json } = await node.register(sent);
  assert.equal(status, 201);
  assert.ok(json.client_id && json.client_secret);
  for (const [member, value] of Object.entries(sent)) assert.deepEqual(json[member], value, member);
  for (const token_endpoint_auth_method of ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']) {
    assert.equal((await node.register({ ...sent, token_endpoint_auth_method })).status, 201);
  }
  const both = await node.register({ ...sent, jwks_uri: 'https://client.example/jwks' });
  assert.deepEqual([both.status, both.json.error], [400, 'invalid_client_metadata']);
  const bad = await node.register({ ...sent, redirect_uris: ['https://client.example/ui#x'] });
  assert.deepEqual([bad.status, bad.json.error], [400, 'invalid_redirect_uri']);
});
