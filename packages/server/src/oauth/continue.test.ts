import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { appOf, callback, issuer, type Shown, testApp } from '../testing/app.ts';
import { newKeyPair, soleGate, testGate } from '../testing/gate.ts';
import { signedIn, type TestUser, testUser } from '../testing/user.ts';
import { findRequest, pick } from './authorization-request.ts';
import { denied } from './refuse-request.ts';
import { secretHash } from './secret.ts';

let now = Date.now();
const { test: database, node, close } = await soleGate({ now: () => now });
after(close);

const app = await testApp(node);
const site = await node.gate.site('default');
assert.ok(site);
const { store } = site;
const ann = await testUser(node.gate, { charts: ['ann'] });
const guardian = await testUser(node.gate, { charts: ['gil', 'kim'] });
const doctor = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/1' });

/** Where a page sends on to: the name of the station, or `app`. */
function stationOf({ location, text }: Shown): string {
  assert.ok(location, text);
  const secret = location.searchParams.get('request');
  if (!location.href.startsWith(`${issuer}/`)) return 'app';
  assert.match(secret ?? '', /^[\w-]{43}$/);
  return location.pathname.split('/').at(-1) ?? '';
}

const begin = async (parameters: Record<string, string | undefined> = {}) => {
  const { location } = await app.authorize(parameters);
  assert.ok(location);
  return location;
};

/** What the endpoints of the pages see. */
async function exchangeOf(url: URL, { cookie }: TestUser) {
  assert.ok(site);
  const request = {
    method: 'GET',
    headers: { cookie },
    query: url.search.slice(1),
    body: '',
    site: 'default',
    parameters: {},
    remoteAddress: '127.0.0.1',
  };
  const x = { gate: node.gate, site, settings: await site.settings(), request, now };
  await findRequest.run(x);
  return x;
}

function allow(user: TestUser, patient: string | undefined, scope: string, refused = '', at = now) {
  const about = patient === undefined ? {} : { patient };
  const { accountId } = user.account;
  return store.consents.put({ accountId, clientId: app.client.client_id, ...about, scope, refused, decidedAt: at });
}

test('whoever is not signed in is sent to the sign-in, and the request keeps', async () => {
  const url = await begin();
  assert.equal(stationOf(await app.visit(url)), 'sign-in');
  assert.equal(stationOf(await app.visit(url, { ...ann, cookie: 'chartgate-default-session=x' })), 'sign-in');
  assert.equal(stationOf(await app.visit(url, ann)), 'consent');
});

test('a request that is unknown, finished or too old is a page', async () => {
  for (const request of ['', 'x', 'x'.repeat(43)]) {
    const shown = await app.visit(`${issuer}/continue?request=${request}`, ann);
    assert.equal(shown.status, 400);
    assert.equal(shown.location, undefined);
  }
  const url = await begin();
  now += 30 * 60_000;
  const late = await app.visit(url, ann);
  assert.match(late.text, /took too long/);
});

test('the account of one patient needs no picker, others do', async () => {
  assert.equal(stationOf(await app.visit(await begin(), ann)), 'consent');
  assert.equal(stationOf(await app.visit(await begin(), guardian)), 'patient');
  assert.equal(stationOf(await app.visit(await begin(), doctor)), 'patient');
  const nobody = await testUser(node.gate, { charts: [] });
  assert.equal(stationOf(await app.visit(await begin(), nobody)), 'patient');
  assert.equal(stationOf(await app.visit(await begin({ scope: 'openid' }), doctor)), 'consent');
});

test('before the consent, the request itself says whom it is about', async () => {
  const url = await begin();
  await app.visit(url, ann);
  const found = await store.authorizationRequests.find(secretHash(url.searchParams.get('request') ?? ''), now);
  assert.equal(found?.patient, 'ann');
  assert.equal(found?.pickedBy, ann.account.accountId);
});

test("a patient whom the account does not open cannot be picked, nor can anybody pick for another's sign-in", async () => {
  const url = await begin();
  await pick(await exchangeOf(url, guardian), { patient: 'ann' });
  assert.equal(stationOf(await app.visit(url, guardian)), 'patient');
  await pick(await exchangeOf(url, guardian), { patient: 'kim' });
  assert.equal(stationOf(await app.visit(url, doctor)), 'patient');
  assert.equal(stationOf(await app.visit(url, guardian)), 'consent');
});

test('a record that was unlinked since it was picked is not given any more', async () => {
  const two = await testUser(node.gate, { charts: ['a', 'b'] });
  const url = await begin();
  await pick(await exchangeOf(url, two), { patient: 'b' });
  await store.accounts.unlink(two.account.accountId, 'b');
  const { location } = await app.visit(url, two);
  assert.equal(location?.pathname.endsWith('/consent'), true);
  const found = await store.authorizationRequests.find(secretHash(url.searchParams.get('request') ?? ''), now);
  assert.equal(found?.patient, 'a');
});

test('what was allowed before is not asked again, and what goes beyond it is', async () => {
  const user = await testUser(node.gate, { charts: ['u'] });
  await allow(
    user,
    'u',
    'launch/patient patient/Patient.rs patient/Observation.rs?category=a',
    'patient/Observation.rs',
  );
  now += 1000;
  assert.equal(stationOf(await app.visit(await begin(), user)), 'app');
  assert.equal(stationOf(await app.visit(await begin({ scope: 'patient/Patient.r' }), user)), 'app');
  assert.equal(
    stationOf(await app.visit(await begin({ scope: 'patient/Patient.rs patient/Observation.rs' }), user)),
    'app',
  );
  assert.equal(stationOf(await app.visit(await begin({ scope: 'patient/Condition.rs' }), user)), 'consent');
  assert.equal(stationOf(await app.visit(await begin({ scope: 'patient/*.rs' }), user)), 'consent');
  assert.equal(stationOf(await app.visit(await begin({ scope: 'patient/Patient.rs openid' }), user)), 'consent');
});

test('attack 32: what was unticked is not in the token, and granular parts are kept', async () => {
  const user = await testUser(node.gate, { charts: ['u'] });
  const parameters = {
    scope: 'launch/patient patient/Patient.rs patient/Observation.rs patient/Condition.rs offline_access',
  };
  const { scope, refresh_token } = await app.tokensFor(user, parameters, {
    refused: 'patient/Condition.rs patient/Observation.rs offline_access',
    allowed: 'launch/patient patient/Patient.rs patient/Observation.rs?category=laboratory',
  });
  assert.equal(scope, 'launch/patient patient/Patient.rs patient/Observation.rs?category=laboratory');
  assert.equal(refresh_token, undefined);
});

test('who allows nothing sends the app away, and is asked again the next time', async () => {
  const user = await testUser(node.gate, { charts: ['u'] });
  const url = await begin({ scope: 'patient/Patient.rs' });
  await allow(user, 'u', '', 'patient/Patient.rs');
  const { location } = await app.visit(url, user);
  assert.equal(location?.searchParams.get('error'), 'access_denied');
  now += 1000;
  assert.equal(stationOf(await app.visit(await begin({ scope: 'patient/Patient.rs' }), user)), 'consent');
});

test('prompt=consent asks again', async () => {
  const user = await testUser(node.gate, { charts: ['u'] });
  await allow(user, 'u', 'launch/patient patient/Patient.rs');
  now += 1000;
  const url = await begin({ prompt: 'consent' });
  assert.equal(stationOf(await app.visit(url, user)), 'consent');
  await allow(user, 'u', 'launch/patient patient/Patient.rs');
  assert.equal(stationOf(await app.visit(url, user)), 'app');
});

test('prompt=login and max_age need a sign-in that is newer', async () => {
  const user = await testUser(node.gate, { charts: ['u'] });
  await allow(user, 'u', 'launch/patient patient/Patient.rs');
  now += 10_000;
  for (const parameters of [{ prompt: 'login' }, { prompt: 'select_account' }, { max_age: '9' }, { max_age: '0' }]) {
    const url = await begin(parameters);
    assert.equal(stationOf(await app.visit(url, user)), 'sign-in', JSON.stringify(parameters));
    const again = { ...user, ...(await signedIn(node.gate, user.account)) };
    assert.equal(stationOf(await app.visit(url, again)), 'app', JSON.stringify(parameters));
  }
  assert.equal(stationOf(await app.visit(await begin({ max_age: '10' }), user)), 'app');
});

test('prompt=none shows nothing: the app is told what would have been asked', async () => {
  const errorOf = async (parameters: Record<string, string>, user?: TestUser) => {
    const url = await begin({ prompt: 'none', ...parameters });
    const { location } = await app.visit(url, user);
    assert.equal(location?.searchParams.get('state'), 'some state');
    assert.equal((await app.visit(url, ann)).status, 400, 'the request is over');
    return location?.searchParams.get('error') ?? 'code';
  };
  const user = await testUser(node.gate, { charts: ['u'] });
  assert.equal(await errorOf({}), 'login_required');
  assert.equal(await errorOf({}, guardian), 'interaction_required');
  assert.equal(await errorOf({}, user), 'consent_required');
  await allow(user, 'u', 'launch/patient patient/Patient.rs');
  now += 1000;
  assert.equal(await errorOf({}, user), 'code');
  assert.equal(await errorOf({ max_age: '0' }, user), 'login_required');
});

test('a public app at an address that others can listen to is asked about each time', async () => {
  const native = await testApp(node, {
    metadata: { token_endpoint_auth_method: 'none', redirect_uris: ['http://127.0.0.1/back', callback] },
  });
  const user = await testUser(node.gate, { charts: ['u'] });
  await native.tokensFor(user);
  now += 1000;
  const again = await native.authorize();
  assert.equal(stationOf(await native.visit(again.location ?? '', user)), 'consent');
  const atHome = await native.authorize({ redirect_uri: callback });
  assert.equal(stationOf(await native.visit(atHome.location ?? '', user)), 'app');
});

async function launched(user: TestUser, context: object, of = app) {
  const value = `launch ${Math.random()}`;
  await store.launches.insert({
    hash: secretHash(value),
    clientId: of.client.client_id,
    accountId: user.account.accountId,
    context,
    createdAt: now,
    expiresAt: now + 60_000,
  });
  return value;
}

test('attack 28: a launch goes on for the user who launched, and for nobody else', async () => {
  const launch = await launched(doctor, { patient: 'ann' });
  const url = await begin({ scope: 'launch patient/*.rs', launch });
  const colleague = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/2' });
  const { location } = await app.visit(url, colleague);
  assert.equal(location?.searchParams.get('error'), 'access_denied');
  assert.equal(location?.searchParams.get('code'), null);
  const ticket = location?.searchParams.get('ticket');
  const { json } = await node.get(`/apis/default/admin/tickets/${ticket}`, node.adminToken);
  assert.deepEqual([json.refusal, json.check], ['launch-account', 'launch is of this user']);
  assert.equal((await app.visit(url, doctor)).status, 400, 'the request is over');
});

test("attack 28: a launch opens no record that is not the patient's own", async () => {
  const launch = await launched(ann, { patient: 'kim' });
  const { location } = await app.visit(await begin({ scope: 'launch patient/*.rs', launch }), ann);
  assert.equal(location?.searchParams.get('error'), 'access_denied');
});

test('a launch brings its patient, encounter and context into the token response', async () => {
  const fhirContext = [{ reference: 'ImagingStudy/1' }];
  const launch = await launched(doctor, {
    patient: 'ann',
    encounter: 'e',
    intent: 'review',
    needPatientBanner: false,
    fhirContext,
  });
  const tokens = await app.tokensFor(doctor, { scope: 'launch patient/*.rs', launch });
  const { access_token, expires_in, ...rest } = tokens;
  assert.deepEqual(rest, {
    token_type: 'Bearer',
    scope: 'launch patient/*.rs',
    patient: 'ann',
    encounter: 'e',
    need_patient_banner: false,
    smart_style_url: `${issuer}/smart/smart-style`,
    fhirContext,
    intent: 'review',
  });
});

test('a launch without a patient lets one be picked where the scopes need one, and keeps its encounter otherwise', async () => {
  const picking = await begin({ scope: 'launch patient/*.rs', launch: await launched(doctor, {}) });
  assert.equal(stationOf(await app.visit(picking, doctor)), 'patient');
  const without = await app.tokensFor(doctor, { scope: 'launch openid', launch: await launched(doctor, {}) });
  assert.equal(without.patient, undefined);
  assert.equal(without.need_patient_banner, true);
});

test('system/ scopes are in no token of a user, and user/ scopes need a record of their own', async () => {
  const key = newKeyPair('ES384');
  const wide = await testApp(node, { key, metadata: { scope: 'openid fhirUser user/*.rs system/*.rs patient/*.rs' } });
  const { scope } = await wide.tokensFor(doctor, { scope: 'openid fhirUser user/*.rs system/*.rs' });
  assert.equal(scope, 'openid fhirUser user/*.rs');
  const nameless = await testUser(node.gate, { role: 'administrator' });
  assert.equal((await wide.tokensFor(nameless, { scope: 'openid fhirUser user/*.rs' })).scope, 'openid');
  const { location } = await wide.authorize({ scope: 'fhirUser user/*.rs' });
  const refused = await wide.visit(location ?? '', nameless);
  assert.equal(refused.location?.searchParams.get('error'), 'invalid_scope');
});

test('a request ends once, however many go on with it at the same time and on two nodes', async () => {
  const other = await testGate(database, { now: () => now });
  try {
    const user = await testUser(node.gate, { charts: ['u'] });
    await allow(user, 'u', 'launch/patient patient/Patient.rs');
    const there = appOf(other, app.client);
    now += 1000;
    const url = await begin();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? app : there).visit(url, user)),
    );
    const codes = answers.filter(({ location }) => location?.searchParams.has('code'));
    assert.equal(codes.length, 1);
    assert.ok(answers.every(({ status }) => status === 303 || status === 400));
  } finally {
    await other.close();
  }
});

test('a user who says no ends the request, and the app is told', async () => {
  const url = await begin();
  const answer = await denied(await exchangeOf(url, ann));
  assert.equal(answer.status, 303);
  const location = new URL(String(answer.headers.location));
  assert.equal(location.searchParams.get('error'), 'access_denied');
  assert.equal(location.searchParams.get('state'), 'some state');
  assert.match(location.searchParams.get('ticket') ?? '', /^[0-9a-f]{32}$/);
  assert.equal((await app.visit(url, ann)).status, 400);
});

test('a client that is suspended on the way gets no code', async () => {
  const one = await testApp(node);
  const { location } = await one.authorize();
  await node.postJson(`/apis/default/admin/clients/${one.client.client_id}/suspend`, {}, node.adminToken);
  assert.equal((await one.visit(location ?? '', ann)).status, 400);
});

test('attack 43: neither code nor secret of the request gets into a Referer or a cache', async () => {
  const user = await testUser(node.gate, { charts: ['u'] });
  await allow(user, 'u', 'launch/patient patient/Patient.rs');
  const url = await begin();
  const { headers, location, text } = await app.visit(url, user);
  assert.ok(location?.searchParams.has('code'));
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(text, '');
});
