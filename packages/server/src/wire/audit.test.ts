import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { parseScope, type Resource, terminologyOf, validate, validateProfiles } from '@chartgate/fhir';
import type { Grant } from '../access/grant.ts';
import { auditEventOf } from '../audit/render.ts';
import { contentOf } from '../audit/row.ts';
import { accessInWords } from '../audit/words.ts';
import { builtinConformance } from '../conformance/builtin/builtin.ts';
import type { ListedRow } from '../store/audit-ports.ts';
import { auditStore } from '../store/postgres/audit/audit-store.ts';
import { raw, sql } from '../store/postgres/database/sql.ts';
import { chartServer, chartUrl, grantOf } from '../testing/chart-server.ts';

const chart = await chartServer();
after(() => chart.close());
const store = auditStore(chart.test.database, chart.test.site);

const scopes = (text: string) => parseScope(text).scopes;
const system = grantOf(scopes('system/*.cruds'), { clientId: 'backend' });
const patient = grantOf(scopes('patient/*.rs'), {
  clientId: 'app',
  patient: 'a',
  accountId: 'account-of-a',
  authorizationId: 'authorization-of-a',
  user: { reference: 'Patient/a', opens: 'patients', patients: ['a'] },
});
const emergency: Grant = grantOf(scopes('user/*.rs'), {
  clientId: 'ehr',
  user: { reference: 'Practitioner/p', opens: 'patients', patients: [] },
  breakGlass: { reason: 'unconscious at the door', patient: 'b', from: Date.now() - 1000, until: Date.now() + 60_000 },
});

for (const id of ['a', 'b', 'c']) {
  await chart.put({ resourceType: 'Patient', id, name: [{ family: `of-${id}` }] });
  await chart.put({
    resourceType: 'Observation',
    id: `of-${id}`,
    status: 'final',
    code: { text: 'x' },
    subject: { reference: `Patient/${id}` },
  });
}

let before = 0;
beforeEach(async () => {
  await chart.audit.flush('default');
  before = (await store.rows(1, 0, 10_000)).length;
});

/** What was written since the test began, oldest first. */
async function written(): Promise<readonly ListedRow[]> {
  await chart.audit.flush('default');
  const rows = await store.rows(1, 0, 10_000);
  return rows.slice(before).map((row) => ({ ...row, chain: 1 }));
}

async function only(): Promise<ListedRow> {
  const rows = await written();
  assert.equal(rows.length, 1);
  return rows[0]!;
}

const place = { base: `${chartUrl}/apis/default/fhir`, site: 'default' };
const { canonicals } = builtinConformance();
const conformance = { canonicals, terminology: terminologyOf(canonicals) };

/** Renders the row, which must be a valid AuditEvent of R4 by our own validator. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into events freely
function valid(row: ListedRow): Resource & Record<string, any> {
  const event = auditEventOf(row, place);
  const { meta: _, ...bare } = event;
  const profile = 'http://hl7.org/fhir/StructureDefinition/AuditEvent';
  const issues = [...validate(event), ...validateProfiles(bare, { conformance }, [profile])];
  assert.deepEqual(
    issues.filter(({ severity }) => severity === 'error' || severity === 'fatal'),
    [],
  );
  return event;
}

test('a read is written down: who, by what, which record, whose, from where', async () => {
  assert.equal((await chart.ask('Observation/of-a', patient)).status, 200);
  const row = await only();
  assert.deepEqual([row.action, row.status, row.clientId, row.accountId], ['read', 200, 'app', 'account-of-a']);
  assert.deepEqual(row.patients, ['a']);
  const { what, fhirUser, authorizationId, address } = contentOf(row);
  assert.deepEqual(
    [what, fhirUser, authorizationId, address],
    ['Observation/of-a', 'Patient/a', 'authorization-of-a', '127.0.0.1'],
  );
  const event = valid(row);
  assert.deepEqual([event.action, event.outcome, event.subtype[0].code], ['R', '0', 'read']);
  assert.equal(
    event.meta?.profile?.[0],
    'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientRead',
  );
  assert.deepEqual(
    event.entity.map((entity: { what: { reference: string } }) => entity.what.reference),
    ['Patient/a', 'Observation/of-a'],
  );
  assert.equal(accessInWords(row), 'Read an Observation record.');
});

test('a read by a client without a patient names the patient whom the answer is about', async () => {
  await chart.ask('Observation/of-b', system);
  assert.deepEqual((await only()).patients, ['b']);
});

test('a search names all patients of its answer, keeps its query, and renders it in base64', async () => {
  await chart.ask('Observation?status=final&_count=10', system);
  const row = await only();
  assert.deepEqual([row.action, row.patients?.toSorted()], ['search-type', ['a', 'b', 'c']]);
  const event = valid(row);
  assert.equal(event.meta, undefined, 'BALP has no profile for several patients in one event');
  const query = event.entity.find((entity: { query?: string }) => entity.query !== undefined);
  assert.equal(Buffer.from(query.query, 'base64').toString(), `${place.base}/Observation?status=final&_count=10`);
  assert.equal(query.description, 'status, _count');
});

test('a search by POST is the same, its form taken as its query', async () => {
  await chart.ask({ method: 'POST', path: 'Observation/_search', body: 'patient=b&code=x' }, system);
  const row = await only();
  assert.deepEqual([row.action, contentOf(row).query, row.patients], ['search-type', 'patient=b&code=x', ['b']]);
  valid(row);
});

test('a patient whom a search asks for is named, also where it finds nothing', async () => {
  await chart.ask('Observation?subject=Patient%2Fc&code=nothing', system);
  await chart.ask('Observation?patient=b&code=nothing', system);
  assert.deepEqual(
    (await written()).map(({ patients }) => patients),
    [['c'], ['b']],
  );
});

test('a write names its version and whose record it is, and is committed before it is answered', async () => {
  const body = JSON.stringify({
    resourceType: 'Condition',
    subject: { reference: 'Patient/b' },
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
    },
  });
  const answer = await chart.ask({ method: 'POST', path: 'Condition', body }, system);
  assert.equal(answer.status, 201);
  const rows = (await store.rows(1, 0, 10_000)).slice(before); // without a flush
  assert.deepEqual(
    rows.map(({ action, patients }) => [action, patients]),
    [['create', ['b']]],
  );
  const [version] = contentOf(rows[0]!).written?.versions ?? [];
  assert.match(String(answer.headers.location), new RegExp(`/${version}$`));
  const event = valid({ ...rows[0]!, chain: 1 });
  assert.equal(event.action, 'C');
});

test('update, patch and delete are each what they are', async () => {
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'x' } };
  const body = JSON.stringify({ ...observation, id: 'mine', subject: { reference: 'Patient/c' } });
  await chart.ask({ method: 'PUT', path: 'Observation/mine', body }, system);
  await chart.ask(
    {
      method: 'PATCH',
      path: 'Observation/mine',
      body: '[{"op":"replace","path":"/status","value":"amended"}]',
      headers: { 'content-type': 'application/json-patch+json' },
    },
    system,
  );
  await chart.ask({ method: 'DELETE', path: 'Observation/mine' }, system);
  const rows = await written();
  assert.deepEqual(
    rows.map(({ action, status }) => [action, status]),
    [
      ['update', 201],
      ['patch', 200],
      ['delete', 204],
    ],
  );
  assert.deepEqual(
    rows.map((row) => contentOf(row).written?.versions),
    [['Observation/mine/_history/1'], ['Observation/mine/_history/2'], ['Observation/mine/_history/3']],
  );
  rows.forEach(valid);
});

test('a transaction lists what it wrote, at most a hundred and how many there were, and whose', async () => {
  const entry = Array.from({ length: 120 }, (_, i) => ({
    resource: {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      subject: { reference: i % 2 === 0 ? 'Patient/a' : 'Patient/b' },
    },
    request: { method: 'POST', url: 'Observation' },
  }));
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  assert.equal((await chart.ask({ method: 'POST', path: '', body }, system)).status, 200);
  const row = await only();
  const { written: versions } = contentOf(row);
  assert.deepEqual([row.action, versions?.count, versions?.versions.length], ['transaction', 120, 100]);
  assert.deepEqual(row.patients?.toSorted(), ['a', 'b']);
  valid(row);
});

test('a batch tells what it wrote and whose records it read', async () => {
  const entry = [
    { request: { method: 'GET', url: 'Observation/of-c' } },
    { resource: { resourceType: 'Patient' }, request: { method: 'POST', url: 'Patient' } },
  ];
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry });
  await chart.ask({ method: 'POST', path: '', body }, system);
  const row = await only();
  assert.deepEqual([row.action, contentOf(row).written?.count], ['batch', 1]);
  assert.equal(row.patients?.includes('c'), true);
  assert.equal(row.patients?.length, 2, 'the patient who was read, and the one who was made');
  valid(row);
});

test('history, vread and operations are written down under their names', async () => {
  for (const path of [
    'Patient/a/_history',
    'Patient/a/_history/1',
    'Patient/_history',
    '_history',
    'Patient/a/$everything',
  ]) {
    assert.equal((await chart.ask(path, system)).status, 200, path);
  }
  const rows = await written();
  assert.deepEqual(
    rows.map(({ action }) => action),
    ['history-instance', 'vread', 'history-type', 'history-system', 'operation'],
  );
  assert.equal(contentOf(rows[4]!).what, 'Patient/a/$everything');
  assert.equal(accessInWords(rows[4]!), 'Read the whole record.');
  rows.forEach(valid);
});

test('what is refused or not there is written down, and as no access to anybody who is not named', async () => {
  await chart.ask('Observation/of-b', patient);
  await chart.ask({ method: 'DELETE', path: 'Observation/of-a' }, patient);
  const rows = await written();
  assert.deepEqual(
    rows.map(({ action, status, patients }) => [action, status, patients]),
    [
      ['read', 404, null],
      ['delete', 403, null],
    ],
  );
  for (const row of rows) assert.equal(valid(row).outcome, '4');
});

test('attack 60: an emergency is in the audit with its reason before it is answered, and its note is not told twice', async () => {
  assert.equal((await chart.ask('Observation/of-b', emergency)).status, 200);
  const [row] = (await store.rows(1, 0, 10_000)).slice(before);
  assert.deepEqual(contentOf(row!).emergency, { patient: 'b', reason: 'unconscious at the door' });
  const event = valid({ ...row!, chain: 1 });
  assert.equal(event.purposeOfEvent[0].coding[0].code, 'BTG');
  const listed = (await store.list({ patients: ['b'], clientId: 'ehr' }, 10)).rows;
  assert.deepEqual(
    listed.map(({ chain, action }) => [chain, action]),
    [[1, 'read']],
  );
});

test('attack 60: an emergency that has no row of the audit is in the list all the same', async () => {
  const notes = raw(`"${chart.test.site.schema}".emergency_access`);
  await chart.test.database.writes.query(sql`
    insert into ${notes} (at, client_id, user_reference, patient, reason, interaction, resource_type, resource_id)
    values (1000, 'old', 'Practitioner/q', 'z', 'before there was an audit', 'read', 'Observation', 'o')`);
  const { rows } = await store.list({ patients: ['z'] }, 10);
  assert.deepEqual(
    rows.map(({ chain, clientId }) => [chain, clientId]),
    [[0, 'old']],
  );
  assert.equal(valid(rows[0]!).purposeOfEvent[0].text, 'before there was an audit');
});

test('attack 60: where the audit cannot be written an emergency and a write are not answered, and nothing is lost', async () => {
  const events = raw(`"${chart.test.site.schema}".audit_event`);
  const away = raw(`"${chart.test.site.schema}".away`);
  await chart.test.database.writes.query(sql`alter table ${events} rename to away`);
  assert.equal((await chart.ask('Observation/of-b', emergency)).status, 503);
  const body = JSON.stringify({ resourceType: 'Patient' });
  assert.equal((await chart.ask({ method: 'POST', path: 'Patient', body }, system)).status, 503);
  await chart.test.database.writes.query(sql`alter table ${away} rename to audit_event`);
  const rows = await written();
  assert.deepEqual(
    rows.map(({ action }) => action),
    ['read', 'create'],
    'what happened is written later, once',
  );
  assert.equal((await chart.audit.verify('default')).firstBreak, undefined);
});

test('attack 43: no token and no secret reaches the audit, in a query, a form, a path or a header', async () => {
  const token = 'tOkEn-of_forty-three-characters-0123456789x';
  const hidden = encodeURIComponent(token).replace('O', '%4F');
  for (const asked of [
    `Observation?access_token=${token}&status=final`,
    `Observation?code=${token}`,
    `Observation?code=${hidden}`,
    `Observation?${token}=1`,
    `Observation?${token}`,
    `Patient/${token.replaceAll('_', '-')}`,
    `Observation?access_token=short-secret-of-mine`,
    { method: 'POST', path: 'Observation/_search', body: `client_secret=short-secret-of-mine&code=${token}` } as const,
    { path: 'Patient/a', headers: { cookie: `session=${token}`, 'x-request-id': token } },
  ]) {
    await chart.ask(asked, system);
  }
  const rows = await written();
  assert.equal(rows.length, 9);
  const text = JSON.stringify(rows).replaceAll('%4F', 'O');
  assert.doesNotMatch(text, /forty-three|short-secret/);
  assert.match(text, /access_token=\[43 characters\]&status=final/);
  rows.forEach(valid);
});

test('metadata and paths that are nowhere are not in the audit', async () => {
  await chart.app.inject('/apis/default/fhir/metadata');
  await chart.ask('Patient/a/b/c/d/e', system);
  assert.deepEqual(await written(), []);
});

test('many requests at once are one unbroken chain, none of them twice and none left out', async () => {
  await Promise.all(Array.from({ length: 300 }, () => chart.ask('Patient/a', system)));
  assert.equal((await written()).length, 300);
  const found = await chart.audit.verify('default');
  assert.equal(found.firstBreak, undefined);
});
