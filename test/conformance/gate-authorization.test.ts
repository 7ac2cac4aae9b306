/** The additional authorization tests of the (g)(10) kit: section 9, and CORS, section 15. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { secretHash } from '../../packages/server/src/oauth/secret.ts';
import { appOf, issuer } from '../../packages/server/src/testing/app.ts';
import { newKeyPair, tokenUrl } from '../../packages/server/src/testing/gate.ts';
import { patientWithRecord, putAll, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';
import {
  compartmentTypes,
  fhirUrl,
  kitApp,
  kitRedirect,
  requestedTypes,
  scopesOf,
  standaloneScope,
} from './gate.testing.ts';

const { test: database, node, ask, close } = await solePlatform();
after(close);
before(() => putAll(database, patientWithRecord('ann')));

const app = await kitApp(node);
const ann = await testUser(node.gate, { charts: ['ann'] });
const publicScope = 'launch/patient openid fhirUser offline_access patient/*.rs';

test('conformance 9.3: a revoked access token reads nothing, and a revoked refresh token gives nothing', async () => {
  const { access_token, refresh_token } = await app.tokensFor(ann, { scope: standaloneScope });
  assert.equal((await ask('Patient/ann', access_token)).status, 200);
  await app.post({ token: access_token }, '/oauth2/default/revoke');
  assert.equal((await ask('Patient/ann', access_token)).status, 401);
  await app.post({ token: refresh_token }, '/oauth2/default/revoke');
  assert.equal((await app.refresh(refresh_token)).status, 400);
});

test('conformance 9.4: with a foreign aud no code reaches the redirect URI', async () => {
  const aud = 'https://inferno.healthit.gov/invalid_aud';
  const { status, location } = await app.authorize({ scope: standaloneScope, aud, state: 's' });
  assert.equal(status, 303);
  assert.equal(`${location?.origin}${location?.pathname}`, kitRedirect);
  assert.equal(location?.searchParams.get('error'), 'invalid_request');
  assert.equal(location?.searchParams.get('state'), 's');
  assert.equal(location?.searchParams.get('code'), null);
});

test('conformance 9.16: a public client gets tokens by its client_id in the body, refresh token included', async () => {
  const one = await kitApp(node, { metadata: { token_endpoint_auth_method: 'none', scope: publicScope } });
  assert.equal(one.client.client_secret, undefined);
  const { code, verifier, redirect } = await one.codeFor(ann, { scope: standaloneScope });
  assert.equal(redirect.searchParams.get('error'), null);
  const { status, json, headers } = await node.postForm('/oauth2/default/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: kitRedirect,
    code_verifier: verifier,
    client_id: one.client.client_id,
  });
  assert.equal(status, 200);
  assert.match(String(headers['cache-control']), /no-store/);
  assert.ok(json.refresh_token);
  assert.equal((await ask(`Patient/${json.patient}`, json.access_token)).status, 200);
  assert.equal(decodeJwt(json.id_token).aud, one.client.client_id);
  const next = await one.refresh(json.refresh_token);
  assert.deepEqual([next.status, next.json.scope], [200, json.scope]);
});

test('conformance 9.17: BAD_CODE with good authentication is exactly 400, BAD_CLIENT_ID in Basic 401', async () => {
  const authorized = await app.codeFor(ann, { scope: standaloneScope });
  const bad = await app.exchange({ ...authorized, code: 'BAD_CODE' });
  assert.deepEqual([bad.status, bad.json.error], [400, 'invalid_grant']);
  const stranger = appOf(node, { ...app.client, client_id: 'BAD_CLIENT_ID' });
  const refused = await stranger.exchange(authorized);
  assert.deepEqual([refused.status, refused.json.error], [401, 'invalid_client']);
  assert.match(String(refused.headers['www-authenticate']), /^Basic /);
});

test('conformance 9.18: no, an empty, a wrong verifier and the challenge are each refused; so is a request without S256', async () => {
  const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');
  const verifiers = [() => undefined, () => '', () => 'wrong'.repeat(10), challengeOf];
  for (const verifierOf of verifiers) {
    const authorized = await app.codeFor(ann, { scope: standaloneScope });
    const { status } = await app.exchange(authorized, { code_verifier: verifierOf(authorized.verifier) });
    assert.equal(status, 400);
  }
  for (const code_challenge_method of ['plain', undefined]) {
    const { location } = await app.authorize({ code_challenge_method });
    assert.equal(location?.searchParams.get('error'), 'invalid_request');
  }
});

test('conformance 9.19: an EHR launch with patient/ scopes has its patient, and those scopes', async () => {
  const doctor = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/doc' });
  const site = await node.gate.site('default');
  await site?.store.launches.insert({
    hash: secretHash('opaque'),
    clientId: app.client.client_id,
    accountId: doctor.account.accountId,
    context: { patient: 'ann', encounter: 'ann-e' },
    createdAt: Date.now(),
    expiresAt: Date.now() + 60_000,
  });
  const scope = 'launch openid fhirUser offline_access patient/Patient.rs';
  const tokens = await app.tokensFor(doctor, { scope, launch: 'opaque' });
  assert.equal(tokens.scope, scope);
  assert.equal(tokens.patient, 'ann');
  assert.equal(tokens.encounter, 'ann-e');
  assert.equal(typeof tokens.need_patient_banner, 'boolean');
  assert.equal((await ask('Patient/ann', tokens.access_token)).status, 200);
  const style = await node.get(tokens.smart_style_url.slice(new URL(issuer).origin.length));
  assert.equal(style.status, 200);
  const members =
    'color_background color_error color_highlight color_modal_backdrop color_success color_text dim_border_radius dim_font_size dim_spacing_size font_family_body font_family_heading';
  assert.deepEqual(Object.keys(style.json), members.split(' '));
});

test('conformance 9.20: introspection agrees with the token response', async () => {
  const tokens = await app.tokensFor(ann, { scope: standaloneScope });
  const { status, json } = await app.post({ token: tokens.access_token }, '/oauth2/default/introspect');
  assert.equal(status, 200);
  assert.equal(json.active, true);
  assert.equal(json.client_id, app.client.client_id);
  assert.deepEqual(json.scope.split(' ').toSorted(), tokens.scope.split(' ').toSorted());
  assert.ok(json.exp > Date.now() / 1000 - 600);
  assert.equal(json.patient, tokens.patient);
  const { iss, sub, fhirUser } = decodeJwt(tokens.id_token);
  assert.deepEqual([json.iss, json.sub, json.fhirUser], [iss, sub, fhirUser]);
  assert.equal(sub, ann.account.accountId);
  for (const name of ['client_id', 'patient', 'iss', 'sub']) assert.equal(typeof json[name], 'string', name);
  const invalid = await app.post({ token: 'invalid_token_value' }, '/oauth2/default/introspect');
  assert.deepEqual([invalid.status, invalid.json], [200, { active: false }]);
});

test('conformance 9.21: an asymmetric client needs no client_id, no iat and no nbf, and its exp is 300 s ahead', async () => {
  for (const key of [newKeyPair('ES384'), newKeyPair('RS384')]) {
    const one = await kitApp(node, { key });
    const tokens = await one.tokensFor(ann, { scope: standaloneScope });
    assert.equal((await ask(`Patient/${tokens.patient}`, tokens.access_token)).status, 200);
    assert.equal(decodeJwt(tokens.id_token).aud, one.client.client_id);
    const second = await one.refresh(tokens.refresh_token);
    const third = await one.refresh(second.json.refresh_token, { scope: tokens.scope });
    assert.deepEqual([second.status, third.status], [200, 200]);
    assert.equal((await one.refresh('0b7e2b0e-3c1c-4f38-9d5f-2f7f3f5f6f7a')).status, 400);
  }
});

test('conformance 9.22: v1 scopes are granted as they were asked for', async () => {
  const types = requestedTypes.filter((type) => type !== 'QuestionnaireResponse' && type !== 'RelatedPerson');
  const scope = `launch/patient openid fhirUser offline_access ${scopesOf('patient', 'read', types)}`;
  const tokens = await app.tokensFor(ann, { scope });
  assert.equal(tokens.scope, scope);
  for (const type of compartmentTypes) assert.ok(tokens.scope.includes(`patient/${type}.read`), type);
  assert.equal((await ask('Patient/ann')).status, 401);
  assert.equal((await ask('Patient/ann', tokens.access_token)).status, 200);
});

test('conformance 15.1, 15.2: pages of any origin may call the token endpoint and the chart, and read what they answer', async () => {
  const path = tokenUrl.slice(new URL(tokenUrl).origin.length);
  const preflight = await node.app.inject({
    method: 'OPTIONS',
    url: path,
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });
  assert.equal(preflight.statusCode, 204);
  assert.equal(preflight.headers['access-control-allow-origin'], '*');
  assert.match(String(preflight.headers['access-control-allow-headers']), /authorization/i);
  assert.match(String(preflight.headers['access-control-allow-methods']), /POST/);
  const refused = await node.postForm(path, {}, { origin: 'https://app.example' });
  assert.equal(refused.headers['access-control-allow-origin'], '*');
  assert.match(String(refused.headers['access-control-expose-headers']), /www-authenticate/i);
  const discovery = `${fhirUrl.slice(new URL(fhirUrl).origin.length)}/.well-known/smart-configuration`;
  assert.equal((await node.get(discovery)).headers['access-control-allow-origin'], '*');
  const { access_token } = await app.tokensFor(ann, { scope: standaloneScope });
  const read = await node.app.inject({
    method: 'GET',
    url: '/apis/default/fhir/Patient/ann',
    headers: { origin: 'https://app.example', authorization: `Bearer ${access_token}` },
  });
  assert.ok(['*', 'https://app.example'].includes(String(read.headers['access-control-allow-origin'])));
  for (const name of ['Location', 'Content-Location', 'ETag', 'WWW-Authenticate']) {
    assert.match(String(read.headers['access-control-expose-headers']), new RegExp(`\\b${name}\\b`, 'i'), name);
  }
});

test('conformance 9.20: introspection of a token from an EHR launch tells its encounter', async () => {
  const doctor = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/doc' });
  const body = { client_id: app.client.client_id, patient: 'ann', encounter: 'ann-e' };
  const launched = await node.postJson('/apis/default/launch', body, doctor.session);
  assert.equal(launched.status, 400, 'an app without launch_uri is not launched');
  const one = await kitApp(node, { metadata: { launch_uri: 'http://localhost:4567/custom/smart/launch' } });
  const { json } = await node.postJson(
    '/apis/default/launch',
    { ...body, client_id: one.client.client_id },
    doctor.session,
  );
  const tokens = await one.tokensFor(doctor, { scope: 'launch openid fhirUser user/*.rs', launch: json.launch });
  const told = (await one.post({ token: tokens.access_token }, '/oauth2/default/introspect')).json;
  assert.deepEqual([told.patient, told.encounter], ['ann', 'ann-e']);
});
