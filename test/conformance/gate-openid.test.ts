import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { idToken } from '../../packages/server/src/oauth/id-token.ts';
import type { Client } from '../../packages/server/src/store/gate-ports.ts';
import { type Json, publicUrl } from '../../packages/server/src/testing/gate.ts';
import { putAll, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { exchangeAt, newAccount, newAuthorization, newPatientApp } from '../../packages/server/src/testing/user.ts';

let server: Awaited<ReturnType<typeof solePlatform>>;
let client: Client;
before(async () => {
  server = await solePlatform();
  client = await newPatientApp(server.node);
  await putAll(server.test, [{ resourceType: 'Patient', id: '1' }]);
  await putAll(server.test, [{ resourceType: 'Practitioner', id: '2' }]);
});
after(() => server.close());

const base = `${publicUrl}/apis/default/fhir`;
const origin = 'http://localhost:4567';
const smart = `${base}/.well-known/smart-configuration`;

async function get(url: string, headers: Record<string, string> = {}) {
  const answer = await server.node.app.inject({ method: 'GET', url: url.slice(publicUrl.length), headers });
  const json: Json = answer.json();
  return { status: answer.statusCode, type: String(answer.headers['content-type']), headers: answer.headers, json };
}

const isFilled = (value: unknown) => typeof value === 'string' && value.trim() !== '';

test('conformance 1.01: smart-configuration is JSON, without a token and whatever is accepted [1.8.01, 3.7.01]', async () => {
  for (const accept of ['application/json', '*/*', 'text/html']) {
    const { status, type, json } = await get(smart, { accept });
    assert.equal(status, 200);
    assert.match(type, /^application\/json/);
    for (const name of ['authorization', 'token', 'introspection', 'management', 'registration', 'revocation']) {
      assert.match(String(json[`${name}_endpoint`]), /^https:\/\//, name);
    }
  }
});

test('conformance 1.02: the members that are demanded are there, of the type they must be [1.8.02, 3.7.02]', async () => {
  const { json } = await get(smart);
  assert.ok(isFilled(json.authorization_endpoint) && isFilled(json.token_endpoint));
  for (const name of ['capabilities', 'grant_types_supported', 'code_challenge_methods_supported']) {
    assert.ok(Array.isArray(json[name]) && json[name].length > 0, name);
  }
  assert.ok(json.code_challenge_methods_supported.includes('S256'));
  assert.ok(!json.code_challenge_methods_supported.includes('plain'));
  assert.ok(json.capabilities.includes('sso-openid-connect') && isFilled(json.issuer) && isFilled(json.jwks_uri));
  assert.ok(json.capabilities.every(isFilled));
});

test('conformance 1.02: grant_types_supported includes authorization_code [1.8.02, 3.7.02]', async () => {
  assert.ok((await get(smart)).json.grant_types_supported.includes('authorization_code'));
});

test('conformance 1.03: smart-configuration can be read by pages of other origins [1.8.03, 3.7.03]', async () => {
  const { status, headers } = await get(smart, { origin });
  assert.equal(status, 200);
  assert.ok([origin, '*'].includes(String(headers['access-control-allow-origin'])));
});

test('conformance 1.04: metadata can be read by pages of other origins [1.8.04, 3.7.04]', async () => {
  const { status, headers } = await get(`${base}/metadata`, { origin });
  assert.equal(status, 200);
  assert.ok([origin, '*'].includes(String(headers['access-control-allow-origin'])));
});

const standalone = [
  ...['launch-standalone', 'client-public', 'client-confidential-symmetric', 'client-confidential-asymmetric'],
  ...['sso-openid-connect', 'context-standalone-patient', 'permission-offline', 'permission-patient'],
  ...['authorize-post', 'permission-v2', 'permission-v1'],
];
const ehr = [
  ...['launch-ehr', 'client-confidential-symmetric', 'client-confidential-asymmetric', 'sso-openid-connect'],
  ...['context-banner', 'context-style', 'context-ehr-patient', 'permission-offline', 'permission-user'],
  ...['authorize-post', 'permission-v2', 'permission-v1', 'context-ehr-encounter'],
];

for (const [id, needed] of [
  ['1.8.05', standalone],
  ['3.7.05', ehr],
] as const) {
  test(`conformance ${id}: the capabilities of the launch are there [${id}]`, async () => {
    const { json } = await get(smart);
    const missing = needed.filter((capability) => !json.capabilities.includes(capability));
    assert.deepEqual(missing, []);
  });
}

test('conformance 1.05: what the specification adds is published', async () => {
  const { json } = await get(smart);
  const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  assert.deepEqual(
    methods.filter((method) => !json.token_endpoint_auth_methods_supported.includes(method)),
    [],
  );
  assert.deepEqual(json.token_endpoint_auth_signing_alg_values_supported, ['RS384', 'ES384']);
  assert.ok(json.grant_types_supported.includes('client_credentials'));
  assert.ok(json.scopes_supported.includes('patient/*.rs'));
  assert.deepEqual(json.response_types_supported, ['code']);
});

/** An app of a user, as it is after the exchange of its code. */
async function signedIn(fhirUser: string, role: 'patient' | 'practitioner' = 'patient') {
  const account = await newAccount(server.node, { role, fhirUser });
  const scope = 'launch/patient openid fhirUser offline_access patient/*.rs';
  const { authorization, accessToken } = await newAuthorization(server.node, account, client, { scope, patient: '1' });
  const { site } = await exchangeAt(server.node);
  if (role === 'patient') {
    await site.store.accounts.link(account.accountId, { patient: '1', relationship: 'self', linkedAt: 0 });
  }
  return { accessToken, token: await idToken(await exchangeAt(server.node), authorization, client) };
}

test('conformance 4.01: the issuer of an id_token leads to its openid-configuration [1.11, 3.10]', async () => {
  const { token } = await signedIn('Patient/1');
  const { iss } = decodeJwt(token);
  const { status, type, json } = await get(`${iss}/.well-known/openid-configuration`);
  assert.equal(status, 200);
  assert.match(type, /^application\/json/);
  assert.equal(json.issuer, iss);
});

test('conformance 4.02: openid-configuration has the members that are demanded [1.11, 3.10]', async () => {
  const { json } = await get(`${publicUrl}/oauth2/default/.well-known/openid-configuration`);
  for (const name of ['issuer', 'authorization_endpoint', 'token_endpoint', 'jwks_uri']) {
    assert.ok(isFilled(json[name]), name);
  }
  for (const name of ['response_types_supported', 'subject_types_supported']) assert.ok(json[name].length > 0, name);
  assert.ok(json.id_token_signing_alg_values_supported.includes('RS256'));
});

test('conformance 4.03: jwks_uri has an RSA key that can be imported [1.11, 3.10]', async () => {
  const { status, json } = await get(`${publicUrl}/oauth2/default/jwk`);
  assert.equal(status, 200);
  const [key] = json.keys.filter(({ kty }: Json) => kty === 'RSA');
  assert.ok(await importJWK(key, 'RS256'));
});

test('conformance 4.04: an id_token says RS256 and a kid that is found, also with several keys [1.11, 3.10]', async () => {
  const { token } = await signedIn('Patient/1');
  const path = '/apis/default/admin/signing-keys/rotate';
  assert.equal((await server.node.postJson(path, {}, server.node.adminToken)).json.rotated, true);
  const { alg, kid } = decodeProtectedHeader(token);
  assert.equal(alg, 'RS256');
  const { keys } = (await get(`${publicUrl}/oauth2/default/jwk`)).json;
  assert.equal(keys.length, 2);
  assert.equal(keys.filter((key: Json) => key.kid === kid).length, 1);
});

test('conformance 4.05: signature and claims of an id_token are as demanded [1.11, 3.10]', async () => {
  const { token } = await signedIn('Patient/1');
  const { keys } = (await get(`${publicUrl}/oauth2/default/jwk`)).json;
  const { kid } = decodeProtectedHeader(token);
  const key = await importJWK(
    keys.find((one: Json) => one.kid === kid),
    'RS256',
  );
  const expected = { issuer: `${publicUrl}/oauth2/default`, audience: client.clientId };
  const requiredClaims = ['iss', 'sub', 'aud', 'exp', 'iat'];
  const { payload } = await jwtVerify(token, key, { ...expected, requiredClaims });
  assert.ok(isFilled(payload.sub) && String(payload.sub).length < 256);
});

for (const [fhirUser, role] of [
  ['Patient/1', 'patient'],
  ['Practitioner/2', 'practitioner'],
] as const) {
  test(`conformance 4.06: the fhirUser of a ${role} ends in its type and id, and can be read with patient scopes alone [1.11, 3.10]`, async () => {
    const { token, accessToken } = await signedIn(fhirUser, role);
    const claim = String(decodeJwt(token).fhirUser);
    const [type, id] = claim.split('/').slice(-2);
    assert.equal(`${type}/${id}`, fhirUser);
    const { status, json } = await get(`${base}/${type}/${id}`, { authorization: `Bearer ${accessToken}` });
    assert.deepEqual([status, json.resourceType], [200, type]);
  });
}

test('conformance 4.07: pages of other origins may read the fhirUser [1.11, 3.10]', async () => {
  const { accessToken } = await signedIn('Patient/1');
  const { headers } = await get(`${base}/Patient/1`, { authorization: `Bearer ${accessToken}`, origin });
  assert.ok([origin, '*'].includes(String(headers['access-control-allow-origin'])));
});
