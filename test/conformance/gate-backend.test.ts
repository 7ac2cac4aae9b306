/** Backend services as the (g)(10) kit asserts them, and SMART's own matrix of assertions: section 11, row by row. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { type Answer, newKeyPair, signAssertion, soleGate } from '../../packages/server/src/testing/gate.ts';

let passed = 0;
const { node, close } = await soleGate({
  config: { allowLoopbackJwks: true, jwksTimeout: 500 },
  now: () => Date.now() + passed,
});
after(close);

const keys = [newKeyPair('RS384'), newKeyPair('ES384')];
const [rsa, ec] = keys;
assert.ok(rsa && ec);
const stranger = newKeyPair('ES384');
const client = await node.approvedClient(keys);
const { client_id } = client;
const now = () => Math.floor(Date.now() / 1000);

/** Exactly this status and error, as JSON that no cache keeps, and no word of what was sent. */
function isAnswered({ status, json, headers }: Answer, expected: readonly [number, string], said?: string): void {
  assert.deepEqual([status, json.error], expected, said);
  assert.equal(typeof json.error_description, 'string');
  assert.match(String(headers['content-type']), /^application\/json/);
  assert.match(String(headers['cache-control']), /no-store/);
}
const badClient = [401, 'invalid_client'] as const;

async function refuses(assertions: Readonly<Record<string, string>>): Promise<void> {
  for (const [fault, assertion] of Object.entries(assertions)) {
    isAnswered(await node.requestToken(assertion), badClient, fault);
  }
}

test('conformance 11.1: an unknown grant type is exactly 400 unsupported_grant_type [8.1]', async () => {
  const answer = await node.requestToken(signAssertion(client_id, ec), { grant_type: 'not_a_grant_type' });
  isAnswered(answer, [400, 'unsupported_grant_type']);
});

test('conformance 11.2: an unknown assertion type is 400 invalid_request [8.1]', async () => {
  const more = { client_assertion_type: 'not_an_assertion_type' };
  isAnswered(await node.requestToken(signAssertion(client_id, ec), more), [400, 'invalid_request']);
});

test('conformance 11.3: an assertion of another issuer is 401 invalid_client [8.1]', async () => {
  await refuses({ iss: signAssertion(client_id, ec, { claims: { iss: 'not_a_valid_iss' } }) });
});

test('conformance 11.4: a valid request is 200, by RS384 and by ES384 [8.1]', async () => {
  for (const key of keys) assert.equal((await node.requestToken(signAssertion(client_id, key))).status, 200);
});

test('conformance 11.5: the answer has all members, and no refresh token [8.1]', async () => {
  const { json, headers } = await node.requestToken(signAssertion(client_id, ec));
  assert.equal(json.token_type.toLowerCase(), 'bearer');
  assert.equal(typeof json.expires_in, 'number');
  assert.ok(json.expires_in > 0 && json.access_token);
  assert.equal(json.scope, 'system/Patient.rs');
  assert.ok(!('refresh_token' in json));
  assert.match(String(headers['cache-control']), /no-store/);
});

test('conformance 11.6: errors have the form of RFC 6749, and repeat nothing of the assertion', async () => {
  const assertion = signAssertion(client_id, stranger);
  const answer = await node.requestToken(assertion);
  isAnswered(answer, badClient);
  assert.deepEqual(Object.keys(answer.json).toSorted(), ['error', 'error_description', 'ticket']);
  for (const part of assertion.split('.')) assert.ok(!JSON.stringify(answer.json).includes(part));
});

test('conformance 11.7: what is no JWT, or signed by no key of its own, is 401; no assertion at all is 400', async () => {
  const unsigned = (alg: string) => signAssertion(client_id, ec, { header: { alg } });
  await refuses({
    'two parts': 'x.y',
    'four parts': `${signAssertion(client_id, ec)}.x`,
    'bad base64': '!!.!!.!!',
    'alg none': unsigned('none').replace(/[^.]*$/, ''),
    'alg none with a signature': unsigned('none'),
    HS256: unsigned('HS256'),
  });
  isAnswered(await node.requestToken(''), [400, 'invalid_request']);
});

test('conformance 11.8: an alg that the client does not use, or that does not fit its key, is 401', async () => {
  await refuses({
    'RS384 by the EC key': signAssertion(client_id, ec, { header: { alg: 'RS384' } }),
    'ES384 by the RSA key': signAssertion(client_id, rsa, { header: { alg: 'ES384' } }),
    'RS256 by the RSA key': signAssertion(client_id, rsa, { header: { alg: 'RS256' } }),
    'PS384 by the RSA key': signAssertion(client_id, rsa, { header: { alg: 'PS384' } }),
  });
});

test('conformance 11.9: no kid, an unknown one, and one that two keys have, are 401', async () => {
  await refuses({
    'no kid': signAssertion(client_id, ec, { header: { kid: undefined } }),
    'an unknown kid': signAssertion(client_id, ec, { header: { kid: 'other' } }),
    'a kid that is no text': signAssertion(client_id, ec, { header: { kid: 1 } }),
  });
  const twins = [newKeyPair('ES384'), newKeyPair('ES384')].map((key) => ({
    ...key,
    kid: 'same',
    publicJwk: { ...key.publicJwk, kid: 'same' },
  }));
  const both = await node.register({
    token_endpoint_auth_method: 'private_key_jwt',
    scope: 'system/Patient.rs',
    jwks: { keys: twins.map(({ publicJwk }) => publicJwk) },
  });
  if (both.status === 201) {
    await node.postJson(`/apis/default/admin/clients/${both.json.client_id}/approve`, {}, node.adminToken);
    for (const key of twins) isAnswered(await node.requestToken(signAssertion(both.json.client_id, key)), badClient);
  } else {
    assert.deepEqual([both.status, both.json.error], [400, 'invalid_client_metadata'], 'refused before it can happen');
  }
});

test('conformance 11.10: another typ than JWT is 401, none is let pass', async () => {
  await refuses({ 'at+jwt': signAssertion(client_id, ec, { header: { typ: 'at+jwt' } }) });
  assert.equal((await node.requestToken(signAssertion(client_id, ec, { header: { typ: undefined } }))).status, 200);
});

/** A real server on loopback, and how often it was asked. */
async function serve(listener: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json` };
}
const published = JSON.stringify({ keys: keys.map(({ publicJwk }) => publicJwk) });

test('conformance 11.11: a jku that is not the registered address is 401, and is never fetched', async () => {
  const elsewhere = await serve((_request, response) => response.end(JSON.stringify({ keys: [stranger.publicJwk] })));
  const own = await serve((_request, response) => response.end(published));
  await refuses({
    'for inline keys': signAssertion(client_id, ec, { header: { jku: elsewhere.url } }),
    'with the key that it has': signAssertion(client_id, stranger, { header: { jku: elsewhere.url } }),
  });
  const byUrl = await node.approvedClient([], { jwks_uri: own.url });
  await refuses({ 'for keys by URL': signAssertion(byUrl.client_id, ec, { header: { jku: elsewhere.url } }) });
  assert.deepEqual(elsewhere.asked, []);
  assert.equal((await node.requestToken(signAssertion(byUrl.client_id, ec, { header: { jku: own.url } }))).status, 200);
});

test('conformance 11.12: keys that cannot be fetched, are no JSON, or are none, are 401, and may be tried again', async () => {
  const answers: Readonly<Record<string, RequestListener>> = {
    'an error': (_request, response) => response.writeHead(500).end(),
    'no JSON': (_request, response) => response.end('<html>'),
    'no keys': (_request, response) => response.end('{"keys":[]}'),
    'no set': (_request, response) => response.end('{}'),
    'no end': () => {},
  };
  for (const [fault, listener] of Object.entries(answers)) {
    const { url } = await serve(listener);
    const one = await node.approvedClient([], { jwks_uri: url });
    isAnswered(await node.requestToken(signAssertion(one.client_id, ec)), badClient, fault);
  }
  const closed = await node.approvedClient([], { jwks_uri: 'http://127.0.0.1:1/jwks.json' });
  isAnswered(await node.requestToken(signAssertion(closed.client_id, ec)), badClient, 'nobody there');
});

test('conformance 11.13: a wrong signature is 401', async () => {
  const [header, , signature] = signAssertion(client_id, ec).split('.');
  const [, claims] = signAssertion(client_id, ec).split('.');
  await refuses({
    'by another key': signAssertion(client_id, { ...stranger, kid: ec.kid }),
    'of other claims': `${header}.${claims}.${signature}`,
    'cut short': signAssertion(client_id, ec).slice(0, -4),
    'none at all': `${header}.${claims}.`,
  });
});

test('conformance 11.14: iss that is not sub, an unknown client, and another client_id in the body, are 401', async () => {
  await refuses({
    iss: signAssertion(client_id, ec, { claims: { iss: 'other' } }),
    sub: signAssertion(client_id, ec, { claims: { sub: 'other' } }),
    'no sub': signAssertion(client_id, ec, { claims: { sub: undefined } }),
    'an unknown client': signAssertion('unknown', ec),
  });
  isAnswered(await node.requestToken(signAssertion(client_id, ec), { client_id: 'other' }), badClient);
  assert.equal((await node.requestToken(signAssertion(client_id, ec), { client_id })).status, 200);
});

test('conformance 11.15: another aud is 401; the token endpoint’s address alone, or in a list of one, is taken', async () => {
  const audOf = (aud: unknown) => signAssertion(client_id, ec, { claims: { aud } });
  await refuses({
    'another server': audOf('https://elsewhere.example/token'),
    'another site': audOf('https://clinic.example/oauth2/second/token'),
    'the FHIR server': audOf('https://clinic.example/apis/default/fhir'),
    'a longer host': audOf('https://clinic.example.evil.example/oauth2/default/token'),
    none: audOf(undefined),
    'an empty list': audOf([]),
  });
  assert.equal((await node.requestToken(audOf(['https://clinic.example/oauth2/default/token']))).status, 200);
});

test('conformance 11.16: exp that is missing, past or too far ahead, and nbf or iat in the future, are 401', async () => {
  const with_ = (claims: Record<string, unknown>) => signAssertion(client_id, ec, { claims });
  await refuses({
    'no exp': with_({ exp: undefined }),
    'exp as a text': with_({ exp: String(now() + 100) }),
    past: with_({ exp: now() - 60 }),
    'too far ahead': with_({ exp: now() + 600 }),
    nbf: with_({ nbf: now() + 120 }),
    iat: with_({ iat: now() + 120 }),
  });
  assert.equal((await node.requestToken(with_({ exp: now() + 300 }))).status, 200);
});

test('conformance 11.17: no jti, and one that was used before, are 401', async () => {
  await refuses({
    none: signAssertion(client_id, ec, { claims: { jti: undefined } }),
    empty: signAssertion(client_id, ec, { claims: { jti: '' } }),
  });
  const assertion = signAssertion(client_id, ec);
  assert.equal((await node.requestToken(assertion)).status, 200);
  isAnswered(await node.requestToken(assertion), badClient);
  const again = signAssertion(client_id, rsa, { claims: { jti: 'once' } });
  assert.equal((await node.requestToken(again)).status, 200);
  await refuses({ 'the same jti, signed anew': signAssertion(client_id, ec, { claims: { jti: 'once' } }) });
});

test('conformance 11.18: no scope, none that is approved, and user/ or patient/ scopes alone, are 400 invalid_scope', async () => {
  for (const scope of ['', ' ', 'system/Group.rs', 'user/Patient.rs', 'patient/Patient.rs launch/patient', 'openid']) {
    const answer = await node.requestToken(signAssertion(client_id, ec), { scope });
    isAnswered(answer, [400, 'invalid_scope'], scope);
  }
  const narrowed = await node.requestToken(signAssertion(client_id, ec), { scope: 'system/Patient.cruds openid' });
  assert.deepEqual([narrowed.status, narrowed.json.scope], [200, 'system/Patient.rs']);
});

test('conformance 11.19: a client without the grant type is 400 unauthorized_client', async () => {
  const one = await node.approvedClient([ec], {
    grant_types: ['authorization_code'],
    redirect_uris: ['https://app.example/callback'],
  });
  isAnswered(await node.requestToken(signAssertion(one.client_id, ec)), [400, 'unauthorized_client']);
});

test('conformance 11.20: another method is 405, another content type 400', async () => {
  const path = '/oauth2/default/token';
  for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
    const { statusCode, headers } = await node.app.inject({ method, url: path });
    assert.deepEqual([statusCode, headers.allow], [405, 'POST'], method);
  }
  const body = { grant_type: 'client_credentials', client_assertion: signAssertion(client_id, ec) };
  isAnswered(await node.postJson(path, body), [400, 'invalid_request']);
  const plain = await node.postForm(path, body, { 'content-type': 'text/plain' });
  isAnswered(plain, [400, 'invalid_request']);
});

test('conformance 11.21, 13.8: keys inline and keys by URL are taken; by URL they are kept, and fetched anew once for a new kid', async () => {
  const next = newKeyPair('ES384');
  let set = published;
  const own = await serve((_request, response) => response.setHeader('cache-control', 'max-age=300').end(set));
  const one = await node.approvedClient([], { jwks_uri: own.url });
  for (const key of [ec, rsa, ec])
    assert.equal((await node.requestToken(signAssertion(one.client_id, key))).status, 200);
  assert.equal(own.asked.length, 1, 'kept');
  set = JSON.stringify({ keys: [...keys, next].map(({ publicJwk }) => publicJwk) });
  assert.equal((await node.requestToken(signAssertion(one.client_id, next))).status, 200);
  assert.equal(own.asked.length, 2, 'fetched once more');
  const fleeting = await serve((_request, response) => response.setHeader('cache-control', 'no-store').end(published));
  const other = await node.approvedClient([], { jwks_uri: fleeting.url });
  for (const key of keys) {
    assert.equal((await node.requestToken(signAssertion(other.client_id, key))).status, 200);
    passed += 1001;
  }
  assert.equal(fleeting.asked.length, 2, 'no longer than Cache-Control says, which counts in seconds');
});
