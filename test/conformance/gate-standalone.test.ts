/** Standalone launch of the (g)(10) kit: sections 3, 6, 7 and 10 of what it asserts. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { patientWithRecord, putAll, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';
import {
  compartmentTypes,
  fhirUrl,
  kitApp,
  kitRedirect,
  scopesOf,
  standaloneScope,
  unrestrictedTypes,
} from './gate.testing.ts';

const { test: database, node, ask, close } = await solePlatform();
after(close);
before(() =>
  putAll(database, [
    ...patientWithRecord('ann'),
    ...patientWithRecord('other'),
    { resourceType: 'Organization', id: 'org' },
    { resourceType: 'Location', id: 'north', name: 'North', address: { text: 'Elm Street 1' } },
  ]),
);

const app = await kitApp(node);
const ann = await testUser(node.gate, { charts: ['ann'] });
const state = '5a4f0f8e-9a5c-4c0e-8a53-0d3e0f4c6d7b';

test('conformance 3.02, 3.03: the browser arrives with the same state, a code and no error', async () => {
  const { redirect } = await app.codeFor(ann, { scope: standaloneScope, state });
  assert.equal(`${redirect.origin}${redirect.pathname}`, kitRedirect);
  assert.equal(redirect.searchParams.get('state'), state);
  assert.ok(redirect.searchParams.get('code'));
  for (const name of ['error', 'error_description', 'error_uri']) assert.equal(redirect.searchParams.get(name), null);
});

test('conformance 3.01: aud is taken with and without a slash at its end', async () => {
  for (const aud of [fhirUrl, `${fhirUrl}/`]) await app.codeFor(ann, { scope: standaloneScope, aud });
});

test('conformance 3.05: the token request by Basic, not percent-encoded, is answered 200 with JSON', async () => {
  const { status, json, headers } = await app.exchange(await app.codeFor(ann, { scope: standaloneScope }));
  assert.equal(status, 200);
  assert.match(String(headers['content-type']), /^application\/json/);
  assert.equal(typeof json, 'object');
});

test('conformance 3.06: each member of the token response has its type', async () => {
  const tokens = await app.tokensFor(ann, { scope: standaloneScope });
  for (const name of ['access_token', 'token_type', 'scope', 'refresh_token']) {
    assert.ok(typeof tokens[name] === 'string' && tokens[name] !== '', name);
  }
  assert.equal(tokens.token_type.toLowerCase(), 'bearer');
  assert.ok(typeof tokens.expires_in === 'number' && tokens.expires_in >= 300);
  assert.equal(tokens.scope, standaloneScope);
  assert.equal(tokens.fhirContext, undefined);
});

test('conformance 3.07: no cache keeps the token response', async () => {
  const { headers } = await app.exchange(await app.codeFor(ann, { scope: standaloneScope }));
  assert.match(String(headers['cache-control']), /no-store/);
  assert.match(String(headers.pragma), /no-cache/);
});

test('conformance 3.08: the token response of a public client may be read by its page', async () => {
  const one = await kitApp(node, {
    metadata: {
      token_endpoint_auth_method: 'none',
      scope: 'launch/patient openid fhirUser offline_access patient/*.rs',
    },
  });
  const { headers } = await one.exchange(await one.codeFor(ann, { scope: standaloneScope }));
  assert.equal(headers['access-control-allow-origin'], '*');
});

test('conformance 3.09: what was asked for is granted, in the words it was asked in', async () => {
  const { scope } = await app.tokensFor(ann, { scope: standaloneScope });
  const granted = new Set<string>(scope.split(' '));
  for (const name of ['openid', 'fhirUser', 'launch/patient', 'offline_access']) assert.ok(granted.has(name), name);
  for (const type of compartmentTypes) assert.ok(granted.has(`patient/${type}.rs`), type);
  assert.ok([...granted].every((one) => !/^(user|system)\//.test(one)));
});

test('conformance 3.10: without a token a read is answered 401', async () => {
  const { status, headers } = await ask('Patient/ann');
  assert.equal(status, 401);
  assert.match(String(headers['www-authenticate']), /^Bearer/);
});

test('conformance 3.11, 3.12: patient is the bare id, and the token reads that patient', async () => {
  const { patient, access_token } = await app.tokensFor(ann, { scope: standaloneScope });
  assert.equal(patient, 'ann');
  const { status, json } = await ask(`Patient/${patient}`, access_token);
  assert.equal(status, 200);
  assert.equal(json.resourceType, 'Patient');
});

test('conformance 6.1, 6.2: each type of the unrestricted check is granted, and its search answers 200', async () => {
  const { scope, patient, access_token } = await app.tokensFor(ann, { scope: standaloneScope });
  for (const type of unrestrictedTypes) {
    assert.ok(scope.split(' ').includes(`patient/${type}.rs`), type);
    const search = ['Organization', 'Practitioner', 'Provenance', 'Location'].includes(type)
      ? type
      : `${type}?${type === 'Patient' ? '_id' : 'patient'}=${patient}`;
    assert.equal((await ask(search, access_token)).status, 200, search);
  }
});

test('conformance 7.2, 7.3, 7.4: what the user unticks is neither in the scope nor open', async () => {
  const someone = await testUser(node.gate, { charts: ['ann'] });
  const kept = new Set(['Patient', 'Condition', 'Observation']);
  const refused = scopesOf(
    'patient',
    'rs',
    unrestrictedTypes.filter((type) => !kept.has(type)),
  );
  const asked = `launch/patient openid fhirUser offline_access ${scopesOf('patient', 'rs', unrestrictedTypes)}`;
  const { scope, access_token } = await app.tokensFor(someone, { scope: asked }, { refused });
  for (const type of unrestrictedTypes) {
    const isKept = kept.has(type);
    assert.equal(scope.split(' ').includes(`patient/${type}.rs`), isKept, type);
    const status = (await ask(`${type}?_id=x`, access_token)).status;
    assert.ok(isKept ? status === 200 : status === 401 || status === 403, `${type}: ${status}`);
  }
  assert.ok(!scope.includes('patient/*'));
  assert.equal((await ask('Patient/ann', access_token)).status, 200);
});

test('conformance 10.1: scopes of v1 and v2 mean the same, and are answered in the words they were asked in', async () => {
  const someone = await testUser(node.gate, { charts: ['ann'] });
  for (const scope of ['patient/Patient.read', 'patient/Patient.rs', 'patient/Patient.r', 'patient/Patient.s']) {
    const tokens = await app.tokensFor(someone, { scope: `launch/patient ${scope}` });
    assert.equal(tokens.scope, `launch/patient ${scope}`);
  }
});

test('conformance 10.2: r reads and s searches, and neither does the other', async () => {
  const someone = await testUser(node.gate, { charts: ['ann'] });
  const readOnly = await app.tokensFor(someone, { scope: 'patient/Observation.r' });
  const searchOnly = await app.tokensFor(someone, { scope: 'patient/Observation.s' });
  assert.equal((await ask('Observation/ann-o', readOnly.access_token)).status, 200);
  assert.equal((await ask('Observation', readOnly.access_token)).status, 403);
  assert.equal((await ask('Observation/ann-o', searchOnly.access_token)).status, 403);
  assert.equal((await ask('Observation', searchOnly.access_token)).status, 200);
});

test("conformance 10.3: patient/ scopes hold to the context's patient, and open the directory to be read", async () => {
  const { access_token } = await app.tokensFor(ann, { scope: standaloneScope });
  assert.equal((await ask('Patient/other', access_token)).status, 404);
  assert.equal((await ask('Observation/other-o', access_token)).status, 404);
  assert.deepEqual(
    (await ask('Patient', access_token)).json.entry.map(({ resource }: { resource: { id: string } }) => resource.id),
    ['ann'],
  );
  const location = 'Location?address=Elm&name=North';
  const { status, json } = await ask(location, access_token);
  assert.equal(status, 200);
  assert.deepEqual(
    json.entry.map(({ resource }: { resource: { id: string } }) => resource.id),
    ['north'],
  );
  for (const name of ['Organization/org', 'Location/north']) assert.equal((await ask(name, access_token)).status, 200);
});

test('conformance 10.4: what is included needs a scope of its own type', async () => {
  const someone = await testUser(node.gate, { charts: ['ann'] });
  const { access_token } = await app.tokensFor(someone, { scope: 'patient/Observation.rs' });
  const { json } = await ask('Observation?_include=Observation:subject', access_token);
  assert.deepEqual(
    json.entry.map(({ resource }: { resource: { resourceType: string } }) => resource.resourceType),
    ['Observation'],
  );
});
