import assert from 'node:assert/strict';
import { createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { after, test } from 'node:test';
import { calculateJwkThumbprint } from 'jose';
import { publicUrl, soleGate, testGate } from '../testing/gate.ts';
import { currentSigningKey } from './signing-key.ts';

const { test: database, node, close } = await soleGate();
after(close);

const smart = '/apis/default/fhir/.well-known/smart-configuration';
const openid = '/oauth2/default/.well-known/openid-configuration';

/** What the (g)(10) kit wants of each kind of launch, but for the sign-in by OpenID Connect. */
const standalone =
  'launch-standalone client-public client-confidential-symmetric client-confidential-asymmetric context-standalone-patient permission-offline permission-patient authorize-post permission-v2 permission-v1'.split(
    ' ',
  );
const ehr =
  'launch-ehr client-confidential-symmetric context-banner context-style context-ehr-patient context-ehr-encounter permission-offline permission-user authorize-post permission-v2 permission-v1'.split(
    ' ',
  );

test('smart-configuration lists what works, by absolute addresses, for pages of any origin', async () => {
  const { status, headers, json } = await node.get(smart, undefined, {
    origin: 'https://app.example',
    accept: 'text/html',
  });
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^application\/json/);
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal(json.token_endpoint, `${publicUrl}/oauth2/default/token`);
  assert.deepEqual(json.grant_types_supported, ['authorization_code', 'refresh_token', 'client_credentials']);
  assert.deepEqual(json.response_types_supported, ['code']);
  assert.deepEqual(json.token_endpoint_auth_signing_alg_values_supported, ['RS384', 'ES384']);
  assert.deepEqual(json.code_challenge_methods_supported, ['S256']);
  for (const capability of [...standalone, ...ehr]) {
    assert.ok(json.capabilities.includes(capability), capability);
  }
  assert.equal(json.authorization_endpoint, `${publicUrl}/oauth2/default/authorize`);
  for (const [name, value] of Object.entries(json)) {
    if (name.endsWith('_endpoint')) assert.ok(String(value).startsWith(`${publicUrl}/oauth2/default/`), name);
  }
});

test('openid-configuration names the issuer and the keys', async () => {
  const { json } = await node.get(openid);
  assert.equal(json.issuer, `${publicUrl}/oauth2/default`);
  assert.equal(json.jwks_uri, `${publicUrl}/oauth2/default/jwk`);
  assert.deepEqual(json.id_token_signing_alg_values_supported, ['RS256']);
});

test('every address of the discovery documents answers', async () => {
  const { json } = await node.get(openid);
  const addresses = Object.entries(json).filter(([name]) => name.endsWith('_endpoint') || name === 'jwks_uri');
  for (const [, url] of addresses) {
    assert.notEqual((await node.postForm(String(url).slice(publicUrl.length), {})).status, 404, String(url));
  }
});

test('the JWKS holds an RS256 key with its thumbprint as kid, the same on every node', async () => {
  const other = await testGate(database);
  const [here, there] = await Promise.all([node.get('/oauth2/default/jwk'), other.get('/oauth2/default/jwk')]);
  await other.close();
  assert.deepEqual(here.json, there.json);
  const [key] = here.json.keys;
  assert.equal(here.json.keys.length, 1);
  assert.equal(key.kid, await calculateJwkThumbprint(key));
  assert.deepEqual(Object.keys(key).toSorted(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
  assert.deepEqual([key.alg, key.use], ['RS256', 'sig']);
});

test('the private half signs for the public one, and is sealed in the database', async () => {
  const { json } = await node.get('/oauth2/default/jwk');
  const site = await node.gate.site('default');
  assert.ok(site);
  const { kid, key } = await currentSigningKey(node.gate, site);
  assert.equal(kid, json.keys[0].kid);
  const signature = sign('sha256', Buffer.from('text'), key);
  const publicKey = createPublicKey({ key: json.keys[0], format: 'jwk' });
  assert.ok(verify('sha256', Buffer.from('text'), publicKey, signature));

  const stranger = await testGate(database, { sealingKey: randomBytes(32) });
  await assert.rejects(currentSigningKey(stranger.gate, site), /sealed with another key/);
  await stranger.close();
});
