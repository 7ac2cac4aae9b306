import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { migrate } from '../../store/postgres/database/migrate.ts';
import { sql } from '../../store/postgres/database/sql.ts';
import { newKeyPair, soleGate } from '../../testing/gate.ts';
import { putResources } from '../../testing/put-resource.ts';
import { signedIn, testBrowser } from '../../testing/signed-in.ts';
import { secretHash } from '../secret.ts';

let now = Date.now();
const { test: database, node, close } = await soleGate({ now: () => now });
after(close);
const issuer = 'https://clinic.example/oauth2/default';
const fhir = 'https://clinic.example/apis/default/fhir';
let clientId = '';

const visit = (id: string, patient: string) => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  type: [{ text: 'check-up' }],
  subject: { reference: `Patient/${patient}` },
  period: { start: '2025-01-02T08:00:00Z' },
});

before(async () => {
  await putResources(
    database,
    { resourceType: 'Patient', id: 'anna', name: [{ given: ['Anna'], family: 'Berg' }] },
    { resourceType: 'Patient', id: 'sam', name: [{ given: ['Sam'], family: 'Other' }] },
    visit('annas', 'anna'),
    visit('sams', 'sam'),
  );
  clientId = (await client()).client_id;
});

const client = (more: Record<string, unknown> = {}) =>
  node.approvedClient([newKeyPair('ES384')], {
    client_name: 'Growth chart',
    redirect_uris: ['https://app.example/callback'],
    launch_uri: 'https://app.example/launch?tenant=1',
    scope: 'launch openid user/Patient.rs',
    ...more,
  });

const launch = (bearer: string | undefined, body: unknown) => node.postJson('/apis/default/launch', body, bearer);
const use = async (secret: string, by = clientId) =>
  (await node.gate.site('default'))?.store.launches.use(secretHash(secret), by, now);

test('conformance 8.1: a practitioner launches an app with the patient and the encounter that are open', async () => {
  const { token, account } = await signedIn(node, { role: 'practitioner' });
  const { status, headers, json } = await launch(token, {
    client_id: clientId,
    patient: 'anna',
    encounter: 'annas',
    intent: 'reconcile-medications',
    need_patient_banner: true,
    fhirContext: [{ reference: 'ImagingStudy/123', role: 'https://clinic.example/roles/about' }],
  });
  assert.equal(status, 201);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(json.expires_in, 300);
  const url = new URL(json.launch_url);
  assert.equal(url.origin + url.pathname, 'https://app.example/launch');
  assert.equal(url.searchParams.get('tenant'), '1');
  assert.equal(url.searchParams.get('iss'), fhir);
  assert.equal(url.searchParams.get('launch'), json.launch);
  assert.deepEqual(await use(json.launch), {
    accountId: account.accountId,
    context: {
      patient: 'anna',
      encounter: 'annas',
      intent: 'reconcile-medications',
      needPatientBanner: true,
      fhirContext: [{ reference: 'ImagingStudy/123', role: 'https://clinic.example/roles/about' }],
    },
  });
});

test('a client that only has initiate_login_uri is launched there', async () => {
  const other = await client({ launch_uri: undefined, initiate_login_uri: 'https://app.example/login' });
  const { token } = await signedIn(node, { role: 'practitioner' });
  const { json } = await launch(token, { client_id: other.client_id });
  assert.match(json.launch_url, /^https:\/\/app\.example\/login\?iss=/);
});

test('attack 28: a launch is good once, for its client, until it expires', async () => {
  const { token } = await signedIn(node, { role: 'practitioner' });
  const body = { client_id: clientId, patient: 'anna' };
  const { json: once } = await launch(token, body);
  const other = await client();
  assert.equal(await use(once.launch, other.client_id), undefined, 'another client’s');
  assert.ok(await use(once.launch));
  assert.equal(await use(once.launch), undefined, 'replayed');
  const uses = await launch(token, body).then(({ json }) =>
    Promise.all(Array.from({ length: 10 }, () => use(json.launch))),
  );
  assert.equal(uses.filter((used) => used !== undefined).length, 1, 'many at once');
  const { json: late } = await launch(token, body);
  now += 300_001;
  assert.equal(await use(late.launch), undefined, 'expired');
  for (const forged of [
    'A'.repeat(43),
    '',
    once.launch.slice(1),
    Buffer.from('{"patient":"anna"}').toString('base64url'),
  ]) {
    assert.equal(await use(forged), undefined, 'forged');
  }
});

test('attack 28: only hashes of launch values are stored', async () => {
  const { token } = await signedIn(node, { role: 'practitioner' });
  const { json } = await launch(token, { client_id: clientId, patient: 'anna' });
  const rows = await database.database.reads.query<{ text: string }>({
    text: `select l::text as text from "${database.site.schema}".launch l`,
    values: [],
  });
  assert.ok(rows.length > 0 && rows.every(({ text }) => !text.includes(json.launch)));
});

test('attack 28: nobody launches for a patient whom the user may not see', async () => {
  const guardian = await signedIn(node, { charts: { anna: 'guardian' } });
  assert.equal((await launch(guardian.token, { client_id: clientId, patient: 'anna' })).status, 201);
  const practitioner = await signedIn(node, { role: 'practitioner' });
  for (const [token, patient] of [
    [guardian.token, 'sam'],
    [guardian.token, 'unknown'],
    [practitioner.token, 'unknown'],
  ] as const) {
    const refused = await launch(token, { client_id: clientId, patient });
    assert.deepEqual([refused.status, refused.json.error], [404, 'not_found'], patient);
    assert.equal(refused.json.error_description, 'There is no such patient that you may see.');
  }
});

test('attack 28: the encounter must be the patient’s', async () => {
  const { token } = await signedIn(node, { role: 'practitioner' });
  for (const body of [
    { patient: 'anna', encounter: 'sams' },
    { patient: 'anna', encounter: 'unknown' },
    { encounter: 'annas' },
  ]) {
    assert.equal((await launch(token, { client_id: clientId, ...body })).status, 404, JSON.stringify(body));
  }
});

test('attack 28: no stranger launches', async () => {
  for (const bearer of [undefined, 'A'.repeat(43), 'x']) {
    const refused = await launch(bearer, { client_id: clientId, patient: 'anna' });
    assert.deepEqual([refused.status, refused.json.error], [401, 'login_required'], bearer);
  }
});

test('attack 28: a launch and a session of one site are nothing at another', async () => {
  await database.database.writes.query(
    sql`insert into chartgate.site (name, schema_name, hash_key) values ('other', 'site_other', 'k')`,
  );
  await migrate(database.database);
  const { token } = await signedIn(node, { role: 'practitioner' });
  const body = { client_id: clientId, patient: 'anna' };
  const { json } = await launch(token, body);
  const other = await node.gate.site('other');
  assert.equal(await other?.store.launches.use(secretHash(json.launch), clientId, now), undefined);
  assert.equal((await node.postJson('/apis/other/launch', body, token)).status, 401);
  assert.equal((await node.postJson('/apis/nowhere/launch', body, token)).status, 404);
  assert.ok(await use(json.launch), 'it was not used up there');
});

test('a cookie launches nothing through the API', async () => {
  const { browser } = await signedIn(node, { role: 'practitioner' });
  const headers = { cookie: browser.cookies(), 'content-type': 'application/json' };
  const payload = JSON.stringify({ client_id: clientId, patient: 'anna' });
  const answer = await node.app.inject({ method: 'POST', url: '/apis/default/launch', headers, payload });
  assert.equal(answer.statusCode, 401);
});

test('an administrator’s token launches for the account that it names', async () => {
  const { account, token } = await signedIn(node, { role: 'practitioner' });
  for (const named of [account.accountId, account.userName]) {
    const { json } = await launch(node.adminToken, { client_id: clientId, patient: 'anna', account: named });
    assert.equal((await use(json.launch))?.accountId, account.accountId);
  }
  for (const body of [{}, { account: 'nobody' }]) {
    assert.equal((await launch(node.adminToken, { client_id: clientId, ...body })).status, 404);
  }
  assert.equal((await launch(token, { client_id: clientId, account: 'somebody else' })).status, 400);
  const patient = await signedIn(node, { charts: { anna: 'self' } });
  const foreign = { client_id: clientId, patient: 'sam', account: patient.account.accountId };
  assert.equal((await launch(node.adminToken, foreign)).status, 404, 'the named account’s eyes count');
});

test('a client that is not approved for launching is not launched', async () => {
  const { token } = await signedIn(node, { role: 'practitioner' });
  const pending = await node.register({
    redirect_uris: ['https://app.example/callback'],
    launch_uri: 'https://app.example/launch',
    scope: 'launch user/Patient.rs',
  });
  const others = await Promise.all([
    client({ scope: 'openid user/Patient.rs' }),
    client({ launch_uri: undefined }),
    client({ launch_uri: 'http://app.example/launch' }),
  ]);
  for (const id of [pending.json.client_id, 'unknown', ...others.map((one) => one.client_id)]) {
    assert.deepEqual((await launch(token, { client_id: id, patient: 'anna' })).json.error, 'invalid_request', id);
  }
});

test('a body that cannot be used is refused with the member at fault', async () => {
  const { token } = await signedIn(node, { role: 'practitioner' });
  for (const [body, words] of [
    [{}, /client_id/],
    [{ client_id: clientId, patient: 'Patient/anna' }, /patient: must be the logical id/],
    [{ client_id: clientId, need_patient_banner: 'yes' }, /need_patient_banner/],
    [{ client_id: clientId, unknown: 1 }, /Unrecognized key/],
    [{ client_id: clientId, fhirContext: [{}] }, /fhirContext\.0: must have reference/],
    [{ client_id: clientId, fhirContext: [{ reference: 'Patient/sam' }] }, /without a role/],
    [{ client_id: clientId, fhirContext: [{ reference: 'https://x.example/Media/1' }] }, /relative reference/],
    [{ client_id: clientId, fhirContext: Array.from({ length: 21 }, () => ({ canonical: 'x' })) }, /fhirContext/],
    [{ client_id: clientId, intent: 'x'.repeat(501) }, /intent/],
  ] as const) {
    const refused = await launch(token, body);
    assert.equal(refused.status, 400, JSON.stringify(body));
    assert.match(refused.json.error_description, words);
  }
});

test('launches of one account are bounded', async () => {
  const { token } = await signedIn(node, { role: 'practitioner' });
  for (let n = 0; n < 60; n++) assert.equal((await launch(token, { client_id: clientId })).status, 201);
  const refused = await launch(token, { client_id: clientId });
  assert.equal(refused.status, 429);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  const other = await signedIn(node, { role: 'practitioner' });
  assert.equal((await launch(other.token, { client_id: clientId })).status, 201);
});

test('the page opens an app: find the patient, pick the visit, click the app', async () => {
  const { browser, account } = await signedIn(node, { role: 'practitioner' });
  const url = `${issuer}/launch`;
  assert.match((await browser.get(url)).text, /id="search"/);
  assert.match((await browser.get(`${url}?name=Berg`)).text, /value="anna"/);
  const choice = await browser.post(url, [['patient', 'anna']]);
  assert.match(choice.text, /<strong id="patient">Anna Berg<\/strong>/);
  assert.match(choice.text, /<option value="annas">Check-up, 2 January 2025<\/option>/);
  assert.ok(!choice.text.includes('sams'));
  assert.match(choice.text, /<strong>Open Growth chart<\/strong><span class="quiet">app\.example</);
  assert.match(String(choice.headers['content-security-policy']), /form-action 'self' [^;]*https:\/\/app\.example/);
  const opened = await browser.post(url, [
    ['patient', 'anna'],
    ['encounter', 'annas'],
    ['client_id', clientId],
  ]);
  assert.equal(opened.status, 303);
  const { searchParams } = new URL(opened.location);
  assert.equal(searchParams.get('iss'), fhir);
  assert.deepEqual(await use(searchParams.get('launch') ?? ''), {
    accountId: account.accountId,
    context: { patient: 'anna', encounter: 'annas' },
  });
});

test('the page is for people who work here', async () => {
  const stranger = await testBrowser(node.app).get(`${issuer}/launch`);
  assert.equal(stranger.location, `${issuer}/sign-in?to=launch`);
  const patient = await signedIn(node, { charts: { anna: 'self' } });
  const refused = await patient.browser.get(`${issuer}/launch?name=Other`);
  assert.equal(refused.status, 403);
  assert.ok(!refused.text.includes('Sam'));
});

test('attack 31: the launch page opens nothing for a form that it did not show', async () => {
  const { browser } = await signedIn(node, { role: 'practitioner' });
  const page = await browser.get(`${issuer}/launch?name=Berg`);
  assert.match(String(page.headers['content-security-policy']), /frame-ancestors 'none'/);
  const fields = [
    ['patient', 'anna'],
    ['client_id', clientId],
  ] as const;
  const foreign = await browser.post(`${issuer}/launch`, fields, { origin: 'https://evil.example' });
  assert.equal(foreign.status, 403);
  const headers = { cookie: browser.cookies(), 'content-type': 'application/x-www-form-urlencoded' };
  const payload = `patient=anna&client_id=${clientId}`;
  const bare = await node.app.inject({ method: 'POST', url: '/oauth2/default/launch', headers, payload });
  assert.equal(bare.statusCode, 403);
  assert.equal((await browser.post(`${issuer}/launch`, fields)).status, 303);
});
