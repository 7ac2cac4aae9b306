/** EHR launch of a practitioner's app, from the record system to the end of the refresh token: section 8. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { issuer } from '../../packages/server/src/testing/app.ts';
import { type Json, publicUrl } from '../../packages/server/src/testing/gate.ts';
import { patientWithRecord, putAll, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';
import { compartmentTypes, fhirUrl, kitApp, kitRedirect, requestedTypes, scopesOf } from './gate.testing.ts';

const { test: database, node, ask, close } = await solePlatform();
after(close);
before(() =>
  putAll(database, [
    ...patientWithRecord('ann'),
    ...patientWithRecord('bob'),
    { resourceType: 'Practitioner', id: 'doc' },
  ]),
);

const kitLaunch = 'http://localhost:4567/custom/smart/launch';
const app = await kitApp(node, { metadata: { launch_uri: kitLaunch } });
const doctor = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/doc' });
const scope = `launch openid fhirUser offline_access ${scopesOf('user', 'rs')}`;

/** What the record system does when somebody opens the app there. */
async function launched(more: Json = {}): Promise<{ readonly url: URL; readonly launch: string }> {
  const body = {
    client_id: app.client.client_id,
    patient: 'ann',
    encounter: 'ann-e',
    need_patient_banner: false,
    ...more,
  };
  const { status, json } = await node.postJson('/apis/default/launch', body, doctor.session);
  assert.equal(status, 201, JSON.stringify(json));
  return { url: new URL(json.launch_url), launch: json.launch };
}

/** The app's request, as a form from its own origin; then the browser's way to the code, and the exchange. */
async function tokensOf(launch: string, asked = scope): Promise<Json> {
  const sent = await app.authorize(
    { launch, scope: asked },
    { method: 'POST', headers: { origin: new URL(kitRedirect).origin, 'sec-fetch-site': 'cross-site' } },
  );
  assert.ok(sent.location, sent.text);
  const redirect = await app.follow(sent.location, doctor);
  const code = redirect.searchParams.get('code');
  assert.ok(code, redirect.search);
  const { status, json } = await app.exchange({ code, verifier: sent.verifier, redirect });
  assert.equal(status, 200, JSON.stringify(json));
  return json;
}

test('conformance 8.1: the launch leads to the app with iss, byte for byte, and launch [3.3.01]', async () => {
  const { url, launch } = await launched();
  assert.equal(`${url.origin}${url.pathname}`, kitLaunch);
  assert.equal(url.searchParams.get('iss'), fhirUrl);
  assert.equal(url.searchParams.get('launch'), launch);
  assert.ok(launch.length > 20);
});

test('conformance 8.2: the authorization endpoint takes a form from another origin, without a cookie [3.3.02]', async () => {
  const { launch } = await launched();
  const headers = { origin: new URL(kitRedirect).origin, 'sec-fetch-site': 'cross-site' };
  const sent = await app.authorize({ launch, scope, state: 's' }, { method: 'POST', headers });
  assert.equal(sent.status, 303, sent.text);
  assert.ok(sent.location);
  assert.ok(sent.location.href.startsWith(issuer));
  const redirect = await app.follow(sent.location, doctor);
  assert.equal(`${redirect.origin}${redirect.pathname}`, kitRedirect);
  assert.equal(redirect.searchParams.get('state'), 's');
  assert.ok(redirect.searchParams.get('code'));
});

test('conformance 8.3: all user/ scopes are granted as they were asked for, and none as patient/ [3.3.05]', async () => {
  const { scope: granted } = await tokensOf((await launched()).launch);
  assert.equal(granted, scope);
  for (const type of [...compartmentTypes, ...requestedTypes]) assert.ok(granted.includes(`user/${type}.rs`), type);
  assert.doesNotMatch(granted, /(^| )(patient|system)\//);
});

test('conformance 8.4: the token response has patient, encounter, need_patient_banner and smart_style_url [3.3.08]', async () => {
  const tokens = await tokensOf((await launched()).launch);
  assert.deepEqual([tokens.patient, tokens.encounter], ['ann', 'ann-e']);
  for (const name of ['Patient/ann', 'Encounter/ann-e']) {
    const { status, json } = await ask(name, tokens.access_token);
    assert.deepEqual([status, `${json.resourceType}/${json.id}`], [200, name]);
  }
  assert.equal(tokens.need_patient_banner, false);
  assert.equal((await tokensOf((await launched({ need_patient_banner: true })).launch)).need_patient_banner, true);
  const { status, headers } = await node.get(tokens.smart_style_url.slice(publicUrl.length));
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^application\/json/);
  for (const [name, type] of [
    ['token_type', 'string'],
    ['expires_in', 'number'],
    ['refresh_token', 'string'],
  ] as const) {
    assert.equal(typeof tokens[name], type, name);
  }
});

test('conformance 8.5: the style has all members, each of the form that it must have', async () => {
  const { smart_style_url } = await tokensOf((await launched()).launch);
  const { json } = await node.get(smart_style_url.slice(publicUrl.length));
  const colors = 'background error highlight modal_backdrop success text'.split(' ').map((one) => `color_${one}`);
  const dimensions = ['dim_border_radius', 'dim_font_size', 'dim_spacing_size'];
  const families = ['font_family_body', 'font_family_heading'];
  for (const name of colors) assert.match(json[name], /^#[0-9a-f]{3,8}$/i, name);
  for (const name of dimensions) assert.match(json[name], /^\d+(\.\d+)?(px|rem|em)$/, name);
  for (const name of families) assert.ok(json[name], name);
  assert.deepEqual(Object.keys(json).toSorted(), [...colors, ...dimensions, ...families].toSorted());
});

test('conformance 8.6: the id_token is good, its fhirUser is the practitioner, and the refresh token works once [3.10, 3.6]', async () => {
  const tokens = await tokensOf((await launched()).launch);
  const keys = (await node.get('/oauth2/default/jwk')).json as Parameters<typeof createLocalJWKSet>[0];
  const { payload } = await jwtVerify(tokens.id_token, createLocalJWKSet(keys), {
    issuer,
    audience: app.client.client_id,
    algorithms: ['RS256'],
  });
  assert.equal(payload.fhirUser, `${fhirUrl}/Practitioner/doc`);
  const { status, json } = await ask('Practitioner/doc', tokens.access_token);
  assert.deepEqual([status, json.resourceType], [200, 'Practitioner']);
  const next = await app.refresh(tokens.refresh_token);
  assert.equal(next.status, 200);
  assert.equal(next.json.scope, tokens.scope);
  assert.equal((await ask('Patient/ann', next.json.access_token)).status, 200);
  const whole = await app.refresh(next.json.refresh_token, { scope: tokens.scope });
  assert.deepEqual([whole.status, whole.json.scope], [200, tokens.scope]);
  const invalid = await app.refresh('5d0d2a6e-2f43-4c1f-9f5e-9a8b2f0f6c11');
  assert.deepEqual([invalid.status, invalid.json.error], [400, 'invalid_grant']);
});

test('conformance 8.7: a launch is good once, for its client and its user, and an unknown one is refused', async () => {
  const { launch } = await launched();
  const stranger = await kitApp(node);
  const refused = async (by: typeof app, value: string) =>
    (await by.authorize({ launch: value, scope })).location?.searchParams;
  assert.equal((await refused(stranger, launch))?.get('error'), 'invalid_request', 'another client');
  await tokensOf(launch);
  for (const value of [launch, 'unknown']) {
    const told = await refused(app, value);
    assert.equal(told?.get('error'), 'invalid_request');
    assert.equal(told?.get('code'), null);
  }
  const nurse = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/other' });
  const sent = await app.authorize({ launch: (await launched()).launch, scope });
  assert.ok(sent.location);
  const told = await app.follow(sent.location, nurse);
  assert.ok(told.searchParams.get('error'), 'another user');
  assert.equal(told.searchParams.get('code'), null);
});
