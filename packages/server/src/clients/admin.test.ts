import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { newKeyPair, signAssertion, soleGate, testGate } from '../testing/gate.ts';
import { ensureAdminCredential } from './admin-credential.ts';

const { test: database, node, close } = await soleGate({ config: { registrations: { perMinute: 1e6, burst: 1e6 } } });
after(close);

const clients = '/apis/default/admin/clients';
const key = newKeyPair();

async function pendingClient(scope = 'system/Patient.rs system/Observation.rs') {
  const jwks = { keys: [key.publicJwk] };
  return (await node.register({ token_endpoint_auth_method: 'private_key_jwt', scope, jwks })).json;
}
const act = (id: string, action: string, body: object = {}) =>
  node.postJson(`${clients}/${id}/${action}`, body, node.adminToken);

test('an administrator sees who waits, and what for', async () => {
  const { client_id } = await pendingClient();
  const { json } = await node.get(`${clients}?status=pending`, node.adminToken);
  const found = json.clients.find((client: { client_id: string }) => client.client_id === client_id);
  assert.equal(found.status, 'pending');
  assert.equal(found.scope, 'system/Patient.rs system/Observation.rs');
  assert.equal(found.granted_scope, '');
  assert.equal(found.jwks.keys[0].kid, key.kid);
  assert.deepEqual((await node.get(`${clients}/${client_id}`, node.adminToken)).json, found);
  assert.equal((await node.get(`${clients}?status=waiting`, node.adminToken)).status, 400);
  assert.equal((await node.get(`${clients}/nobody`, node.adminToken)).status, 404);
});

test('approval may grant fewer scopes, and the token holds no more', async () => {
  const { client_id } = await pendingClient();
  const approved = await act(client_id, 'approve', { scope: 'system/Patient.r', reason: 'Nightly list' });
  assert.equal(approved.status, 200);
  assert.equal(approved.json.granted_scope, 'system/Patient.r');
  assert.equal(approved.json.reason, 'Nightly list');
  assert.ok(approved.json.decided_at);
  const token = await node.requestToken(signAssertion(client_id, key), {
    scope: 'system/Patient.rs system/Observation.rs',
  });
  assert.equal(token.json.scope, 'system/Patient.r');
  const none = await node.requestToken(signAssertion(client_id, key), { scope: 'system/Observation.rs' });
  assert.equal(none.json.error, 'invalid_scope');
});

test('approval cannot grant what was not asked for', async () => {
  const { client_id } = await pendingClient();
  for (const scope of ['system/Patient.cruds', 'system/Patient.rs system/Group.rs', 'system/*.rs', 'nonsense', '']) {
    const answer = await act(client_id, 'approve', { scope });
    assert.equal(answer.status, 400, scope);
    assert.equal(answer.json.error, 'invalid_scope');
  }
  assert.equal((await act(client_id, 'approve', { scopes: 'system/Patient.rs' })).status, 400, 'a misspelt member');
  assert.equal((await node.get(`${clients}/${client_id}`, node.adminToken)).json.status, 'pending');
});

test('a client goes from pending to approved to suspended and back, and revoked is the end', async () => {
  const { client_id } = await pendingClient();
  const path: [action: string, status: number, state: string][] = [
    ['suspend', 409, 'pending'],
    ['approve', 200, 'approved'],
    ['approve', 409, 'approved'],
    ['suspend', 200, 'suspended'],
    ['suspend', 409, 'suspended'],
    ['approve', 200, 'approved'],
    ['revoke', 200, 'revoked'],
    ['approve', 409, 'revoked'],
    ['suspend', 409, 'revoked'],
    ['revoke', 409, 'revoked'],
  ];
  for (const [action, status, state] of path) {
    assert.equal((await act(client_id, action)).status, status, `${action} of a client that is then ${state}`);
    assert.equal((await node.get(`${clients}/${client_id}`, node.adminToken)).json.status, state);
  }
});

test('a suspension keeps the narrowed scopes for when it ends', async () => {
  const { client_id } = await pendingClient();
  await act(client_id, 'approve', { scope: 'system/Patient.r' });
  await act(client_id, 'suspend', { reason: 'Audit' });
  assert.equal((await act(client_id, 'approve')).json.granted_scope, 'system/Patient.r');
});

test('suspension kills the live tokens at once, says how many, and they stay dead after it', async () => {
  const { client_id } = await pendingClient();
  await act(client_id, 'approve');
  const tokens = [];
  for (let i = 0; i < 3; i++) tokens.push((await node.requestToken(signAssertion(client_id, key))).json.access_token);
  const site = await node.gate.site('default');
  assert.ok(await site?.token(tokens[0]));
  assert.equal((await act(client_id, 'suspend')).json.tokens_revoked, 3);
  for (const token of tokens) assert.equal(await site?.token(token), undefined);
  await act(client_id, 'approve');
  for (const token of tokens) assert.equal(await site?.token(token), undefined);
  assert.equal((await act(client_id, 'revoke')).json.tokens_revoked, 0);
});

test('attack 75: no SMART token, secret or registration token opens the admin API, and no admin token the gate', async () => {
  const client = await node.approvedClient([key]);
  const { access_token } = (await node.requestToken(signAssertion(client.client_id, key))).json;
  for (const token of [access_token, client.registration_access_token, 'guess', '', undefined]) {
    for (const path of [clients, `${clients}/${client.client_id}`, '/apis/default/admin/tickets']) {
      const answer = await node.get(path, token);
      assert.equal(answer.status, 401);
      assert.match(String(answer.headers['www-authenticate']), /^Bearer realm="admin"/);
    }
    assert.equal((await node.postJson(`${clients}/${client.client_id}/revoke`, {}, token)).status, 401);
  }
  assert.equal(await (await node.gate.site('default'))?.token(node.adminToken), undefined);
});

test('the credential file keeps a token that is good, and gets a new one in place of one that is not', async () => {
  const first = await ensureAdminCredential(node.gate, 'default', 'a machine');
  assert.equal(await ensureAdminCredential(node.gate, 'default', 'a machine', first), first);
  const second = await ensureAdminCredential(node.gate, 'default', 'a machine', 'lost');
  assert.notEqual(second, first);
  assert.equal((await node.get(clients, first)).status, 401);
  assert.equal((await node.get(clients, second)).status, 200);
});

test('an approval on one node is known on the others within a second', async () => {
  const other = await testGate(database);
  try {
    const { client_id } = await pendingClient();
    assert.equal((await other.requestToken(signAssertion(client_id, key))).status, 401);
    await act(client_id, 'approve');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal((await other.requestToken(signAssertion(client_id, key))).status, 200);
  } finally {
    await other.close();
  }
});
