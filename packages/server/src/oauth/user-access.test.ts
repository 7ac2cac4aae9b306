import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { migrate } from '../store/postgres/database/migrate.ts';
import { sql } from '../store/postgres/database/sql.ts';
import { testApp } from '../testing/app.ts';
import { newKeyPair, signAssertion } from '../testing/gate.ts';
import { patientWithRecord, solePlatform, type TestPlatform, testPlatform } from '../testing/platform.ts';
import { putResources } from '../testing/put-resource.ts';
import { signedIn, testUser } from '../testing/user.ts';
import { authenticateBearer } from './bearer.ts';

const lines: string[] = [];
const { test: database, node, ask, close } = await solePlatform({ write: (line) => void lines.push(line) });
const other = await testPlatform(database);
after(async () => {
  await other.close();
  await close();
});

const wide = 'launch launch/patient openid fhirUser offline_access patient/*.rs user/*.rs';
const app = await testApp(node, { metadata: { scope: wide } });
const site = await node.gate.site('default');
assert.ok(site);
const { accounts } = site.store;

before(() =>
  putResources(database, ...['ann', 'gil', 'kim', 'stranger'].flatMap(patientWithRecord), {
    resourceType: 'Practitioner',
    id: 'doc',
    name: [{ family: 'Doc' }],
  }),
);

async function found(token: string, search = 'Observation', at: TestPlatform['ask'] = ask): Promise<readonly string[]> {
  const { status, json } = await at(search, token);
  assert.equal(status, 200, JSON.stringify(json));
  return (json.entry ?? []).map((entry: { resource: { id: string } }) => entry.resource.id).toSorted();
}

/** A token that was good on both nodes is refused on both, on the other one within a second. */
async function diesEverywhere(token: string, end: () => Promise<unknown>): Promise<void> {
  assert.equal((await other.ask('Patient/ann', token)).status !== 401, true);
  await end();
  const begun = performance.now();
  while ((await other.ask('Patient/ann', token)).status !== 401) {
    assert.ok(performance.now() - begun < 1000, 'within a second');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test("a patient's token opens the patient's own record and no other", async () => {
  const ann = await testUser(node.gate, { charts: ['ann'] });
  const { access_token: token, patient } = await app.tokensFor(ann, { scope: 'launch/patient patient/*.rs' });
  assert.equal(patient, 'ann');
  assert.equal((await ask('Patient/ann', token)).status, 200);
  assert.deepEqual(await found(token), ['ann-o']);
  for (const path of ['Patient/kim', 'Observation/kim-o', 'Encounter/stranger-e']) {
    assert.equal((await ask(path, token)).status, 404, path);
  }
  assert.equal((await ask('Patient/ann')).status, 401);
});

test("user/ scopes of a patient's account open its charts: a guardian's two, and nobody else's", async () => {
  const guardian = await testUser(node.gate, { charts: ['gil', 'kim'] });
  const { access_token: token, patient } = await app.tokensFor(guardian, { scope: 'openid user/*.rs' });
  assert.equal(patient, undefined);
  assert.deepEqual(await found(token), ['gil-o', 'kim-o']);
  assert.equal((await ask('Patient/stranger', token)).status, 404);
});

test('a guardian works with the one that was picked', async () => {
  const guardian = await testUser(node.gate, { charts: ['gil', 'kim'] });
  const asked = { scope: 'launch/patient patient/*.rs' };
  const { access_token: token, patient } = await app.tokensFor(guardian, asked, { patient: 'kim' });
  assert.equal(patient, 'kim');
  assert.deepEqual(await found(token), ['kim-o']);
});

test("a practitioner's user/ scopes open the site, and patient/ scopes the patient that was picked", async () => {
  const doctor = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/doc' });
  const all = await app.tokensFor(doctor, { scope: 'openid fhirUser user/*.rs' });
  assert.equal((await found(all.access_token)).length, 4);
  const one = await app.tokensFor(doctor, { scope: 'fhirUser launch/patient patient/*.rs' }, { patient: 'ann' });
  assert.deepEqual(await found(one.access_token), ['ann-o']);
  assert.equal((await ask('Practitioner/doc', one.access_token)).status, 200, 'the own record');
});

test('a record that is unlinked is closed at once, and on another node within a second', async () => {
  const guardian = await testUser(node.gate, { charts: ['gil', 'kim'] });
  const whole = await app.tokensFor(guardian, { scope: 'openid user/*.rs' });
  const kim = await app.tokensFor(
    guardian,
    { scope: 'launch/patient patient/*.rs offline_access' },
    { patient: 'kim' },
  );
  assert.deepEqual(await found(whole.access_token, 'Observation', other.ask), ['gil-o', 'kim-o']);
  await diesEverywhere(kim.access_token, () => accounts.unlink(guardian.account.accountId, 'kim'));
  assert.equal((await app.refresh(kim.refresh_token)).status, 400);
  assert.deepEqual(await found(whole.access_token, 'Observation', other.ask), ['gil-o']);
});

test("a token about a record that is not the account's any more opens nothing, however it came to be so", async () => {
  const guardian = await testUser(node.gate, { charts: ['gil', 'kim'] });
  const { access_token: token } = await app.tokensFor(guardian, { scope: 'patient/*.rs' }, { patient: 'kim' });
  await database.database.writes.query({
    text: `delete from "${database.site.schema}".account_chart where account_id = $1 and patient = 'kim'`,
    values: [guardian.account.accountId],
  });
  for (const path of ['Observation', 'Observation/kim-o']) assert.equal((await ask(path, token)).status, 403, path);
});

test('a record that is linked is open without a new token', async () => {
  const guardian = await testUser(node.gate, { charts: ['gil'] });
  const { access_token: token } = await app.tokensFor(guardian, { scope: 'openid user/*.rs' });
  assert.deepEqual(await found(token), ['gil-o']);
  await accounts.link(guardian.account.accountId, { patient: 'kim', relationship: 'guardian', linkedAt: Date.now() });
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(await found(token), ['gil-o', 'kim-o']);
});

test("attack 37: a suspended client's user tokens, and those of a user with a new password, die on another node", async () => {
  const ann = await testUser(node.gate, { charts: ['ann'] });
  const one = await testApp(node);
  const asked = { scope: 'launch/patient patient/*.rs' };
  const first = await one.tokensFor(ann, asked);
  await diesEverywhere(first.access_token, () =>
    node.postJson(`/apis/default/admin/clients/${one.client.client_id}/suspend`, {}, node.adminToken),
  );
  const second = await app.tokensFor(ann, asked);
  await diesEverywhere(second.access_token, () => accounts.endEverything(ann.account.accountId));
  const again = { ...ann, ...(await signedIn(node.gate, { ...ann.account, epoch: 1 })) };
  const third = await app.tokensFor(again, { scope: 'launch/patient patient/*.rs offline_access' });
  await diesEverywhere(third.access_token, () =>
    app.post({ token: third.refresh_token, token_type_hint: 'refresh_token' }, '/oauth2/default/revoke'),
  );
});

test('attack 37: a user who takes an app back closes its tokens on another node', async () => {
  const ann = await testUser(node.gate, { charts: ['ann'] });
  const { access_token: token } = await app.tokensFor(ann, { scope: 'launch/patient patient/*.rs' });
  await diesEverywhere(token, () => site.store.consents.remove(ann.account.accountId, app.client.client_id));
});

test('attack 36: a token, a code and a session of one site are nothing at another', async () => {
  await database.database.writes.query(
    sql`insert into chartgate.site (name, schema_name, hash_key) values ('second', 'site_second', 'k') on conflict do nothing`,
  );
  await migrate(database.database);
  const ann = await testUser(node.gate, { charts: ['ann'] });
  const { access_token: token } = await app.tokensFor(ann, { scope: 'launch/patient patient/*.rs' });
  await authenticateBearer(node.gate, `Bearer ${token}`, 'default');
  await assert.rejects(authenticateBearer(node.gate, `Bearer ${token}`, 'second'));
  const code = await app.codeFor(ann, { scope: 'patient/*.rs' });
  const form = { grant_type: 'authorization_code', code: code.code, redirect_uri: app.redirectUri };
  const elsewhere = await app.post({ ...form, code_verifier: code.verifier }, '/oauth2/second/token');
  assert.equal(elsewhere.status, 401);
  const begun = await app.authorize();
  const search = begun.location?.search ?? '';
  const there = await app.visit(`https://clinic.example/oauth2/second/continue${search}`, ann);
  assert.equal(there.status, 400);
});

test('attack 35: an id_token, a refresh token, a code and a session open no record', async () => {
  const ann = await testUser(node.gate, { charts: ['ann'] });
  const { refresh_token } = await app.tokensFor(ann, { scope: 'patient/*.rs offline_access' });
  const { code } = await app.codeFor(ann, { scope: 'patient/*.rs' });
  const key = newKeyPair('ES384');
  const jwt = signAssertion('x', key, { claims: { iss: site.issuer, aud: site.fhirUrl } });
  for (const token of [refresh_token, code, ann.session, jwt, 'x'.repeat(43), '']) {
    const { status, headers } = await ask('Patient/ann', token);
    assert.equal(status, 401);
    assert.match(String(headers['www-authenticate']), /^Bearer /);
  }
});

test('attack 43: no code, token, verifier, state or secret of a request reaches the log', async () => {
  const ann = await testUser(node.gate, { charts: ['ann'] });
  const code = await app.codeFor(ann, { scope: 'patient/*.rs offline_access', state: 'a-state-to-look-for' });
  const exchange = (code_verifier: string) =>
    node.app.inject({
      method: 'POST',
      url: `/oauth2/default/token?${new URLSearchParams({ hint: 'a-hint-to-look-for' })}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({
        grant_type: 'authorization_code',
        code: code.code,
        redirect_uri: app.redirectUri,
        code_verifier,
        client_id: app.client.client_id,
        client_secret: app.client.client_secret,
      }).toString(),
    });
  const json = (await exchange(code.verifier)).json();
  assert.equal((await exchange('x'.repeat(43))).statusCode, 400);
  await ask('Patient/ann', json.access_token);
  assert.ok(lines.length > 10);
  const all = lines.join('\n');
  for (const secret of [
    app.client.client_secret,
    code.code,
    code.verifier,
    json.access_token,
    json.refresh_token,
    'a-state-to-look-for',
    'request=',
  ]) {
    assert.ok(!all.includes(secret), secret);
  }
});
