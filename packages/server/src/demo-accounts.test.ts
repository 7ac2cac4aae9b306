import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startIndexing } from './conformance/indexing.ts';
import { demoResource, loadDemo } from './demo.ts';
import { closeDemoAccounts, ensureDemoAccounts } from './demo-accounts.ts';
import { parameterStore } from './store/postgres/parameters/parameter-store.ts';
import { resourceStore } from './store/postgres/resource-store.ts';
import { easyAccounts } from './testing/accounts.ts';
import { testDatabase } from './testing/database.ts';
import { testGate } from './testing/gate.ts';
import { landing } from './wire/landing.ts';

const database = await testDatabase();
const log = { error: (cause: unknown) => assert.fail(String(cause)) };
const { conformance } = database.site;
const indexing = await startIndexing(
  parameterStore(database.database, database.address, database.site),
  conformance,
  log,
);
const store = resourceStore(database.database, database.site);
await loadDemo({ store, indexing, conformance, base: 'http://localhost/apis/default/fhir' });
const node = await testGate(database, { config: { accounts: easyAccounts } });
after(async () => {
  await node.close();
  await indexing.close();
  await database.drop();
});

const signIn = (username: string, password: string) =>
  node.postJson('/apis/default/account/sessions', { username, password });

test('the demo has an account of each kind, of records that are there, made once', async () => {
  const made = await ensureDemoAccounts(node.gate, 'default', demoResource(store));
  assert.deepEqual(await ensureDemoAccounts(node.gate, 'default', demoResource(store)), made);
  assert.equal(new Set(made.map(({ password }) => password)).size, 4);
  const seen: Record<string, unknown> = {};
  for (const { userName, password } of made) {
    const { json } = await signIn(userName, password);
    const me = (await node.get('/apis/default/account/me', json.session_token)).json;
    for (const { patient } of me.charts) assert.ok(await demoResource(store)('Patient', patient), patient);
    const [type, id] = me.fhir_user?.split('/') ?? [];
    if (type !== undefined) assert.ok(await demoResource(store)(type, id), me.fhir_user);
    seen[userName] = [me.role, type, me.charts.map((chart: { relationship: string }) => chart.relationship)];
  }
  assert.deepEqual(seen, {
    'demo-patient': ['patient', 'Patient', ['self']],
    'demo-guardian': ['patient', 'Patient', ['self', 'guardian']],
    'demo-practitioner': ['practitioner', 'Practitioner', []],
    'demo-administrator': ['administrator', undefined, []],
  });
});

test('once the demo is over nobody signs in to its accounts, until it is one again', async () => {
  const [patient] = await ensureDemoAccounts(node.gate, 'default', demoResource(store));
  assert.ok(patient);
  const { json } = await signIn(patient.userName, patient.password);
  await closeDemoAccounts(node.gate, 'default');
  assert.equal((await signIn(patient.userName, patient.password)).status, 401);
  assert.equal((await node.get('/apis/default/account/me', json.session_token)).status, 401);
  await ensureDemoAccounts(node.gate, 'default', demoResource(store));
  assert.equal((await signIn(patient.userName, patient.password)).status, 201);
});

test('the first page shows the accounts of a demo, and nothing of them otherwise', () => {
  const [account] = [{ userName: 'demo-patient', password: 'abcd-efgh-12345', what: 'a patient' }];
  assert.match(landing('http://localhost', account ? [account] : []), /abcd-efgh-12345/);
  assert.doesNotMatch(landing('http://localhost'), /demo|password/i);
});
