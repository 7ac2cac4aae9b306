/** Scopes by category, and the user's choice of categories, through the consent page that people are shown: 9.25, 9.28, 13. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { issuer } from '../../packages/server/src/testing/app.ts';
import { type Json, publicUrl } from '../../packages/server/src/testing/gate.ts';
import { putAll, solePlatform, type TestResource } from '../../packages/server/src/testing/platform.ts';
import { type TestUser, testUser } from '../../packages/server/src/testing/user.ts';
import { kitApp } from './gate.testing.ts';

const { test: database, node, ask, close } = await solePlatform();
after(close);

const hl7 = 'http://terminology.hl7.org/CodeSystem';
const us = 'http://hl7.org/fhir/us/core/CodeSystem';
const conditions = [
  `${hl7}/condition-category|encounter-diagnosis`,
  `${us}/condition-category|health-concern`,
  `${hl7}/condition-category|problem-list-item`,
];
const observations = [
  `${hl7}/observation-category|laboratory`,
  `${hl7}/observation-category|social-history`,
  `${hl7}/observation-category|vital-signs`,
  `${hl7}/observation-category|survey`,
  `${us}/us-core-category|sdoh`,
  `${hl7}/observation-category|procedure`,
];
const codeOf = (category: string) => category.replace(/.*\|/, '');

const withCategory = (resourceType: string, patient: string, category: string): TestResource => {
  const [system, code] = category.split('|');
  return {
    resourceType,
    id: `${patient}-${resourceType.toLowerCase()}-${code}`,
    ...(resourceType === 'Observation' ? { status: 'final', code: { text: 'x' } } : {}),
    category: [{ coding: [{ system, code }] }],
    subject: { reference: `Patient/${patient}` },
  };
};
const recordOf = (patient: string): readonly TestResource[] => [
  { resourceType: 'Patient', id: patient },
  ...conditions.map((one) => withCategory('Condition', patient, one)),
  ...observations.map((one) => withCategory('Observation', patient, one)),
  // the code of a category in the system of another is no such category
  {
    ...withCategory('Observation', patient, 'http://elsewhere.example|laboratory'),
    id: `${patient}-observation-elsewhere`,
  },
];
before(() => putAll(database, [...recordOf('ann'), ...recordOf('other')]));

const app = await kitApp(node);
const newUser = () => testUser(node.gate, { charts: ['ann'] });

/** What the consent page offers, and a way to send it. */
async function atConsent(user: TestUser, scope: string) {
  const sent = await app.authorize({ scope });
  assert.ok(sent.location, sent.text);
  const on = await app.visit(sent.location, user);
  assert.ok(on.location, on.text);
  assert.match(on.location.pathname, /\/consent$/);
  const page = await app.visit(on.location, user);
  assert.equal(page.status, 200);
  const boxes = [...page.text.matchAll(/<input type="checkbox" name="scope" value="([^"]*)"/g)].map(
    ([, value = '']) => value,
  );
  const hidden = [...page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g)];
  const browser = [page.headers['set-cookie'] ?? []].flat().map((one) => String(one).split(';')[0]);
  const cookie = [user.cookie, ...browser].join('; ');
  const send = async (ticked: readonly string[]): Promise<Json> => {
    const form = new URLSearchParams(hidden.map(([, name = '', value = '']): [string, string] => [name, value]));
    for (const one of ticked) form.append('scope', one);
    form.append('decision', 'allow');
    const headers = { cookie, origin: publicUrl, 'content-type': 'application/x-www-form-urlencoded' };
    const url = '/oauth2/default/consent';
    const answer = await node.app.inject({ method: 'POST', url, headers, payload: form.toString() });
    assert.equal(answer.statusCode, 303, answer.body.slice(0, 300));
    const redirect = await app.follow(new URL(String(answer.headers.location)), user);
    const code = redirect.searchParams.get('code') ?? '';
    const { status, json } = await app.exchange({ code, verifier: sent.verifier, redirect });
    assert.equal(status, 200, JSON.stringify(json));
    return json;
  };
  return { text: page.text, boxes, send };
}

const always = 'launch/patient openid fhirUser offline_access';
const scopeOf = (type: string, category: string) => `patient/${type}.rs?category=${category}`;
const idsIn = (json: Json): readonly string[] => (json.entry ?? []).map(({ resource }: Json) => resource.id).toSorted();
const idsOf = (type: string, categories: readonly string[]) =>
  categories.map((one) => withCategory(type, 'ann', one).id).toSorted();

/** A search by POST, which the kits send as well. */
async function posted(type: string, query: string, token: string): Promise<Json> {
  const answer = await node.app.inject({
    method: 'POST',
    url: `/apis/default/fhir/${type}/_search`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
    payload: query,
  });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

async function holdsTo(token: string, type: string, all: readonly string[], granted: readonly string[]): Promise<void> {
  for (const query of ['patient=ann', 'patient=Patient/ann&_count=50']) {
    const { status, json } = await ask(`${type}?${query}`, token);
    assert.equal(status, 200);
    assert.deepEqual(idsIn(json), idsOf(type, granted), query);
    assert.deepEqual(idsIn(await posted(type, query, token)), idsOf(type, granted), `${query} by POST`);
  }
  for (const category of all) {
    const isGranted = granted.includes(category);
    const seen = isGranted ? idsOf(type, [category]) : [];
    const query = `patient=ann&category=${encodeURIComponent(category)}`;
    assert.deepEqual(idsIn((await ask(`${type}?${query}`, token)).json), seen, category);
    assert.deepEqual(idsIn(await posted(type, query, token)), seen, `${category} by POST`);
    const { status, json } = await ask(`${type}/${withCategory(type, 'ann', category).id}`, token);
    if (isGranted) assert.equal(status, 200, category);
    else assert.deepEqual([status, json.resourceType], [404, 'OperationOutcome'], category);
  }
}

const groups: readonly (readonly [conditions: readonly string[], observations: readonly string[]])[] = [
  [conditions.slice(0, 2), observations.slice(0, 2)],
  [conditions.slice(2), observations.slice(2, 5)],
];

for (const [i, [condition, observation]] of groups.entries()) {
  test(`conformance 9.25: group ${i + 1} of the scopes by category is granted as asked, and holds on searches and reads [9.25, 9.23]`, async () => {
    const granular = [
      ...condition.map((one) => scopeOf('Condition', one)),
      ...observation.map((one) => scopeOf('Observation', one)),
    ];
    const { boxes, send } = await atConsent(await newUser(), `${always} ${granular.join(' ')}`);
    const tokens = await send(boxes);
    assert.deepEqual(tokens.scope.split(' ').toSorted(), [...always.split(' '), ...granular].toSorted());
    assert.doesNotMatch(tokens.scope, /patient\/(Condition|Observation|\*)\.\w+( |$)/);
    await holdsTo(tokens.access_token, 'Condition', conditions, condition);
    await holdsTo(tokens.access_token, 'Observation', observations, observation);
    assert.equal(
      (await ask('Observation/ann-observation-elsewhere', tokens.access_token)).status,
      404,
      'system and code',
    );
    assert.equal((await ask('Observation/other-observation-laboratory', tokens.access_token)).status, 404);
  });
}

const whole = `${always} patient/Condition.rs patient/Observation.rs patient/Patient.rs`;

test('conformance 9.28: the page offers each category, and the form grants what was ticked and no whole type [9.28, 9.26]', async () => {
  const { boxes, send } = await atConsent(await newUser(), whole);
  for (const [type, all] of [
    ['Condition', conditions],
    ['Observation', observations],
  ] as const) {
    for (const one of all) assert.ok(boxes.includes(scopeOf(type, one)), `${type} ${codeOf(one)}`);
  }
  const out = /problem-list-item|survey|vital-signs/;
  const tokens = await send(boxes.filter((one) => !out.test(one)));
  const granted: readonly string[] = tokens.scope.split(' ');
  assert.ok(!granted.includes('patient/Condition.rs') && !granted.includes('patient/Observation.rs'));
  assert.ok(granted.some((one) => one.startsWith('patient/Condition.rs?category=')));
  assert.ok(granted.some((one) => one.startsWith('patient/Observation.rs?category=')));
  assert.ok(granted.includes('patient/Patient.rs'));
  await holdsTo(
    tokens.access_token,
    'Condition',
    conditions,
    conditions.filter((one) => !out.test(one)),
  );
  await holdsTo(
    tokens.access_token,
    'Observation',
    observations,
    observations.filter((one) => !out.test(one)),
  );
});

test('conformance 7.1, 7.2, 7.3: types that were unticked in the form are not granted, and answer 403', async () => {
  const types = ['Patient', 'Condition', 'Observation', 'Procedure', 'Goal'];
  const scope = `launch/patient openid ${types.map((type) => `patient/${type}.rs`).join(' ')}`;
  const { boxes, send } = await atConsent(await newUser(), scope);
  const tokens = await send(boxes.filter((one) => !/Procedure|Goal/.test(one)));
  assert.equal(tokens.scope, 'launch/patient openid patient/Patient.rs patient/Condition.rs patient/Observation.rs');
  for (const type of types) {
    const { status } = await ask(`${type}?${type === 'Patient' ? '_id' : 'patient'}=ann`, tokens.access_token);
    assert.equal(status, /Procedure|Goal/.test(type) ? 403 : 200, type);
  }
  assert.equal((await ask('Patient/ann', tokens.access_token)).status, 200);
});

test('conformance 13.3: the page says that access goes on without the user, where offline_access is asked', async () => {
  const offline = await atConsent(await newUser(), `${always} patient/Patient.rs`);
  assert.match(offline.text, /Until you take it back/);
  assert.ok(offline.boxes.includes('offline_access'));
  const online = await atConsent(await newUser(), 'launch/patient openid patient/Patient.rs');
  assert.doesNotMatch(online.text, /Until you take it back/);
  const unticked = await offline.send(offline.boxes.filter((one) => one !== 'offline_access'));
  assert.equal(unticked.refresh_token, undefined);
});

test('conformance 9.3, 13.2: the management endpoint is a page where the user takes the app back [9.3]', async () => {
  const user = await newUser();
  const { boxes, send } = await atConsent(user, `${always} patient/Patient.rs`);
  const tokens = await send(boxes);
  const smart = (await node.get('/apis/default/fhir/.well-known/smart-configuration')).json;
  assert.equal(smart.management_endpoint, `${issuer}/account/apps`);
  const page = await app.visit(smart.management_endpoint, user);
  assert.equal(page.status, 200);
  assert.ok(page.text.includes(app.client.client_name));
  const removal = await node.app.inject({
    method: 'DELETE',
    url: `/apis/default/account/me/apps/${app.client.client_id}`,
    headers: { authorization: `Bearer ${user.session}` },
  });
  assert.ok(removal.statusCode < 300, removal.body);
  assert.equal((await ask('Patient/ann', tokens.access_token)).status, 401);
  assert.equal((await app.refresh(tokens.refresh_token)).status, 400);
});

test('conformance 13.12: results of clinical tests have a scope of their own, by the category procedure', async () => {
  const [category = ''] = observations.slice(-1);
  const { boxes, send } = await atConsent(await newUser(), `launch/patient openid ${scopeOf('Observation', category)}`);
  const tokens = await send(boxes);
  await holdsTo(tokens.access_token, 'Observation', observations, [category]);
});
