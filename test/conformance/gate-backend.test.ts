/** Backend services as the (g)(10) kit asserts them, and SMART's own matrix of assertions: section 11. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { newKeyPair, signAssertion, soleGate } from '../../packages/server/src/testing/gate.ts';

const { node, close } = await soleGate();
after(close);

const keys = [newKeyPair('RS384'), newKeyPair('ES384')];
const [rsa, ec] = keys;
assert.ok(rsa && ec);
const stranger = newKeyPair('ES384');
const client = await node.approvedClient(keys);
const { client_id } = client;
const now = () => Math.floor(Date.now() / 1000);

test('conformance 11.1: an unknown grant type is exactly 400 unsupported_grant_type', async () => {
  const { status, json } = await node.requestToken(signAssertion(client_id, ec), { grant_type: 'not_a_grant_type' });
  assert.deepEqual([status, json.error], [400, 'unsupported_grant_type']);
});

test('conformance 11.2: an unknown assertion type is 400 invalid_request', async () => {
  const { status, json } = await node.requestToken(signAssertion(client_id, ec), {
    client_assertion_type: 'not_an_assertion_type',
  });
  assert.deepEqual([status, json.error], [400, 'invalid_request']);
});

test('conformance 11.3: an assertion of another issuer is 401 invalid_client', async () => {
  const { status, json } = await node.requestToken(
    signAssertion(client_id, ec, { claims: { iss: 'not_a_valid_iss' } }),
  );
  assert.deepEqual([status, json.error], [401, 'invalid_client']);
});

test('conformance 11.4: a valid request is 200 with all members, and without a refresh token', async () => {
  for (const key of keys) {
    const { status, json, headers } = await node.requestToken(signAssertion(client_id, key));
    assert.equal(status, 200);
    assert.equal(json.token_type.toLowerCase(), 'bearer');
    assert.equal(typeof json.expires_in, 'number');
    assert.ok(json.access_token && json.scope);
    assert.equal(json.refresh_token, undefined);
    assert.match(String(headers['cache-control']), /no-store/);
  }
});

const unsigned = (alg: string) => signAssertion(client_id, ec, { header: { alg } });
const matrix: Record<string, () => string> = {
  'no JWT': () => 'x.y',
  'bad base64': () => '!!.!!.!!',
  'alg none': () => unsigned('none').replace(/[^.]*$/, ''),
  HS256: () => unsigned('HS256'),
  'an alg that does not fit the key': () => signAssertion(client_id, ec, { header: { alg: 'RS384' } }),
  'no kid': () => signAssertion(client_id, ec, { header: { kid: undefined } }),
  'an unknown kid': () => signAssertion(client_id, ec, { header: { kid: 'other' } }),
  'another typ': () => signAssertion(client_id, ec, { header: { typ: 'at+jwt' } }),
  'a foreign jku': () => signAssertion(client_id, ec, { header: { jku: 'https://elsewhere.example/jwks' } }),
  'a wrong signature': () => signAssertion(client_id, { ...stranger, kid: ec.kid }),
  'iss that is not sub': () => signAssertion(client_id, ec, { claims: { iss: 'other' } }),
  'an unknown client': () => signAssertion('unknown', ec),
  'another aud': () => signAssertion(client_id, ec, { claims: { aud: 'https://elsewhere.example/token' } }),
  'no exp': () => signAssertion(client_id, ec, { claims: { exp: undefined } }),
  'exp that is past': () => signAssertion(client_id, ec, { claims: { exp: now() - 60 } }),
  'exp too far ahead': () => signAssertion(client_id, ec, { claims: { exp: now() + 600 } }),
  'nbf in the future': () => signAssertion(client_id, ec, { claims: { nbf: now() + 120 } }),
  'iat in the future': () => signAssertion(client_id, ec, { claims: { iat: now() + 120 } }),
  'no jti': () => signAssertion(client_id, ec, { claims: { jti: undefined } }),
};
for (const [fault, assertion] of Object.entries(matrix)) {
  test(`conformance 11.5: an assertion with ${fault} is 401 invalid_client`, async () => {
    const { status, json } = await node.requestToken(assertion());
    assert.deepEqual([status, json.error], [401, 'invalid_client']);
  });
}

test('conformance 11.5: a jti that was used before is 401 invalid_client', async () => {
  const assertion = signAssertion(client_id, ec);
  assert.equal((await node.requestToken(assertion)).status, 200);
  assert.equal((await node.requestToken(assertion)).status, 401);
});

test('conformance 11.5: another client_id in the body is 401 invalid_client', async () => {
  assert.equal((await node.requestToken(signAssertion(client_id, ec), { client_id: 'other' })).status, 401);
});

test('conformance 11.5: a missing assertion is 400, a missing typ is let pass', async () => {
  assert.equal((await node.requestToken('')).status, 400);
  assert.equal((await node.requestToken(signAssertion(client_id, ec, { header: { typ: undefined } }))).status, 200);
});

test('conformance 11.6: no scope, none that is approved, and user/ or patient/ scopes alone are 400 invalid_scope', async () => {
  for (const scope of ['', 'system/Group.rs', 'user/Patient.rs', 'patient/Patient.rs launch/patient', 'openid']) {
    const { status, json } = await node.requestToken(signAssertion(client_id, ec), { scope });
    assert.deepEqual([status, json.error], [400, 'invalid_scope'], scope);
  }
});

test('conformance 11.7: a client without the grant type is 400 unauthorized_client', async () => {
  const one = await node.approvedClient([ec], {
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example/callback'],
  });
  const { status, json } = await node.requestToken(signAssertion(one.client_id, ec));
  assert.deepEqual([status, json.error], [400, 'unauthorized_client']);
});

test('conformance 11.8: another method is 405, another content type 400', async () => {
  assert.equal((await node.get('/oauth2/default/token')).status, 405);
  const { status, json } = await node.postJson('/oauth2/default/token', { grant_type: 'client_credentials' });
  assert.deepEqual([status, json.error], [400, 'invalid_request']);
});
