import assert from 'node:assert/strict';
import { createPublicKey, randomBytes, sign, verify } from 'node:crypto';
import { after, test } from 'node:test';
import { parseScope } from '@chartgate/fhir';
import { calculateJwkThumbprint } from 'jose';
import { authMethods } from '../clients/client-metadata.ts';
import { publicUrl, soleGate, testGate } from '../testing/gate.ts';
import { exchangeAt, newAccount, newAuthorization, newPatientApp, newSession } from '../testing/user.ts';
import { oauthUris } from './discovery.ts';
import { idToken } from './id-token.ts';
import { currentSigningKey } from './signing-key.ts';
import { supportedGrantTypes } from './token.ts';

const { test: database, node, close } = await soleGate();
after(close);

const smart = '/apis/default/fhir/.well-known/smart-configuration';
const openid = '/oauth2/default/.well-known/openid-configuration';
const issuer = `${publicUrl}/oauth2/default`;

test('smart-configuration lists what works, by absolute addresses, for pages of any origin', async () => {
  const { status, headers, json } = await node.get(smart, undefined, {
    origin: 'https://app.example',
    accept: 'text/html',
  });
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^application\/json/);
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal(json.issuer, issuer);
  assert.equal(json.token_endpoint, `${issuer}/token`);
  assert.equal(json.management_endpoint, `${issuer}/account/apps`);
  assert.deepEqual(json.grant_types_supported, supportedGrantTypes);
  const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'];
  assert.deepEqual(json.token_endpoint_auth_methods_supported, methods);
  assert.deepEqual(methods.toSorted(), authMethods.toSorted());
  assert.deepEqual(json.token_endpoint_auth_signing_alg_values_supported, ['RS384', 'ES384']);
  assert.deepEqual(json.code_challenge_methods_supported, ['S256']);
  assert.equal(json.user_access_brand_bundle, undefined);
});

test('openid-configuration is complete, and the same where RFC 8414 looks for it', async () => {
  const { json } = await node.get(openid);
  assert.equal(json.issuer, issuer);
  assert.equal(json.jwks_uri, `${issuer}/jwk`);
  assert.equal(json.authorization_endpoint, `${issuer}/authorize`);
  assert.equal(json.userinfo_endpoint, `${issuer}/userinfo`);
  assert.equal(json.end_session_endpoint, `${issuer}/logout`);
  assert.deepEqual(json.response_types_supported, ['code']);
  assert.deepEqual(json.subject_types_supported, ['public']);
  assert.deepEqual(json.id_token_signing_alg_values_supported, ['RS256']);
  assert.deepEqual(json.grant_types_supported, supportedGrantTypes);
  assert.equal(json.authorization_response_iss_parameter_supported, true);
  for (const path of [
    '/.well-known/oauth-authorization-server/oauth2/default',
    '/oauth2/default/.well-known/oauth-authorization-server',
  ]) {
    assert.deepEqual((await node.get(path)).json, json, path);
  }
});

test('both documents say the same where both say something, and name no address outside of the site', async () => {
  const [smartJson, openidJson] = [(await node.get(smart)).json, (await node.get(openid)).json];
  for (const [name, value] of Object.entries(smartJson)) {
    if (name in openidJson) assert.deepEqual(openidJson[name], value, name);
  }
  for (const [name, value] of Object.entries({ ...smartJson, ...openidJson })) {
    if (/_endpoint$|_uri$/.test(name)) assert.ok(String(value).startsWith(`${issuer}/`), name);
  }
});

test('each scope that is listed is known, and each claim is in an id_token that has all there is', async () => {
  const { json } = await node.get(openid);
  assert.deepEqual(parseScope(json.scopes_supported.join(' ')).unknown, []);
  const client = await newPatientApp(node);
  const account = await newAccount(node, { fhirUser: 'Patient/1' });
  const { hash } = await newSession(node, account);
  const scope = 'openid fhirUser profile email';
  const more = { sessionHash: hash, nonce: 'n', scope };
  const { authorization, accessToken } = await newAuthorization(node, account, client, more);
  const [, payload = ''] = (await idToken(await exchangeAt(node), authorization, client)).split('.');
  const claims = Object.keys(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  assert.deepEqual(new Set(json.claims_supported), new Set(claims));
  const told = Object.keys((await node.get('/oauth2/default/userinfo', accessToken)).json);
  assert.deepEqual(told.toSorted(), ['email', 'email_verified', 'fhirUser', 'name', 'preferred_username', 'sub']);
});

test('every address of the discovery documents answers', async () => {
  const documents = { ...(await node.get(openid)).json, ...(await node.get(smart)).json };
  for (const [name, url] of Object.entries(documents)) {
    if (!name.endsWith('_endpoint') && name !== 'jwks_uri') continue;
    const answer = await node.app.inject({ method: 'POST', url: String(url).slice(publicUrl.length) });
    assert.notEqual(answer.statusCode, 404, String(url));
  }
});

test('documents are read, not written', async () => {
  for (const path of [smart, openid, '/oauth2/default/jwk']) {
    const answer = await node.postForm(path, {});
    assert.deepEqual([answer.status, answer.headers.allow], [405, 'GET'], path);
  }
});

test('the addresses for the CapabilityStatement are those of smart-configuration, in OpenEMR’s order', async () => {
  const { json } = await node.get(smart);
  const uris = oauthUris(publicUrl, 'default');
  assert.deepEqual(Object.keys(uris), ['token', 'authorize', 'register', 'introspect', 'revoke', 'manage']);
  const endpoints = ['token', 'authorization', 'registration', 'introspection', 'revocation', 'management'];
  assert.deepEqual(
    Object.values(uris),
    endpoints.map((name) => json[`${name}_endpoint`]),
  );
});

test('the JWKS holds an RS256 key with its thumbprint as kid, the same on every node and at both addresses', async () => {
  const other = await testGate(database);
  const [here, there] = await Promise.all([node.get('/oauth2/default/jwk'), other.get('/oauth2/default/jwks')]);
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
  const { site } = await exchangeAt(node);
  const { kid, key } = await currentSigningKey(node.gate, site);
  assert.equal(kid, json.keys[0].kid);
  const signature = sign('sha256', Buffer.from('text'), key);
  const publicKey = createPublicKey({ key: json.keys[0], format: 'jwk' });
  assert.ok(verify('sha256', Buffer.from('text'), publicKey, signature));
  assert.equal((await currentSigningKey(node.gate, site)).key, key, 'it is unsealed once');

  const stranger = await testGate(database, { sealingKey: randomBytes(32) });
  const { site: there } = await exchangeAt(stranger);
  await assert.rejects(currentSigningKey(stranger.gate, there), /sealed with another key/);
  await stranger.close();
});
