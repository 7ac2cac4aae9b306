import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
});
after(() => server.close());

type Entry = { readonly fullUrl?: string; readonly resource?: object; readonly request: object };
type Response = {
  readonly resource?: { readonly resourceType: string; readonly [member: string]: unknown };
  readonly response: {
    readonly status: string;
    readonly location?: string;
    readonly etag?: string;
    readonly outcome?: { readonly resourceType: string };
  };
};

type Options = { readonly token?: string; readonly prefer?: string };

const send = (type: string, entry: readonly Entry[], { token = all, prefer }: Options = {}) =>
  server.ask('', token, {
    method: 'POST',
    body: JSON.stringify({ resourceType: 'Bundle', type, entry }),
    ...(prefer === undefined ? {} : { headers: { prefer } }),
  });
const responses = async (type: string, entry: readonly Entry[], options: Options = {}): Promise<Response[]> => {
  const answer = await send(type, entry, options);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return JSON.parse(text).entry;
};
const statuses = (entries: readonly Response[]) => entries.map(({ response }) => response.status);
const put = (type: string, id: string, more: object = {}): Entry => ({
  resource: { resourceType: type, id, ...more },
  request: { method: 'PUT', url: `${type}/${id}` },
});
const post = (type: string, more: object = {}, rest: Partial<Entry> = {}): Entry => ({
  resource: { resourceType: type, ...more },
  request: { method: 'POST', url: type },
  ...rest,
});
const ask = (method: string, url: string, more: object = {}): Entry => ({ request: { method, url, ...more } });
const json = async (path: string) => JSON.parse(await (await server.ask(path, all)).text());
const number = (value: string) => ({ identifier: [{ system: 'http://mrn.example', value }] });
const where = (type: string, value: string) => `${type}?identifier=http://mrn.example|${value}`;

test('a batch takes every method, answers in order, and one failure stays its own', async () => {
  await send('batch', [put('Patient', 'a', number('a')), put('Patient', 'gone')]);
  const answered = await responses('batch', [
    ask('GET', 'Patient/a'),
    ask('HEAD', 'Patient/a'),
    ask('GET', 'Patient/a/_history'),
    ask('GET', 'Patient/a/_history/1'),
    ask('GET', 'Patient/_history?_count=1'),
    ask('GET', where('Patient', 'a')),
    ask('GET', 'Patient/a', { ifNoneMatch: 'W/"1"' }),
    ask('GET', 'Patient/nobody'),
    ask('DELETE', 'Patient/gone'),
    post('Patient', number('b')),
    { ...put('Patient', 'a'), request: { method: 'PUT', url: 'Patient/a', ifMatch: 'W/"7"' } },
    { resource: { resourceType: 'Patient', ...number('c') }, request: { method: 'PUT', url: where('Patient', 'c') } },
    ask('DELETE', where('Patient', 'nobody')),
    post('Patient', { gender: 'unclear' }),
    ask('POST', 'Patient/_search?_id=a'),
    ask('GET', '$nothing'),
  ]);
  assert.deepEqual(
    statuses(answered),
    [
      ...[
        '200',
        '200',
        '200',
        '200',
        '200',
        '200',
        '304',
        '404',
        '204',
        '201',
        '412',
        '201',
        '204',
        '400',
        '415',
        '404',
      ],
    ].map((status, i) => (i === 14 ? '200' : status)),
  );
  assert.equal(answered[0]?.resource?.id, 'a');
  assert.equal(answered[1]?.resource, undefined, 'HEAD has no body');
  assert.equal(answered[1]?.response.etag, 'W/"1"');
  assert.equal(answered[2]?.resource?.type, 'history');
  assert.equal(answered[5]?.resource?.total, 1);
  assert.equal(answered[6]?.resource, undefined);
  assert.equal(answered[9]?.resource, undefined, 'a write answers no resource unless that is preferred');
});

test('entries are carried out in the order of R4: DELETE, POST, PUT and PATCH, GET', async () => {
  await send('batch', [put('Patient', 'order', { active: true })]);
  for (const type of ['batch', 'transaction']) {
    const tag = number(`order-${type}`);
    const answered = await responses(type, [
      ask('GET', where('Patient', `order-${type}`)),
      put('Patient', 'order', tag),
      post('Patient', tag),
    ]);
    assert.equal((answered[0]!.resource!.entry as unknown[]).length, 2, type);
  }
});

test('Prefer is meant for each entry', async () => {
  const entries = [post('Patient'), ask('GET', 'Patient?_count=1')];
  for (const type of ['batch', 'transaction']) {
    const [whole] = await responses(type, entries, { prefer: 'return=representation' });
    assert.equal(whole?.resource?.resourceType, 'Patient');
    const [words, read] = await responses(type, entries, { prefer: 'return=OperationOutcome' });
    assert.equal(words?.resource, undefined);
    assert.equal(words?.response.outcome?.resourceType, 'OperationOutcome');
    assert.equal(read?.resource?.resourceType, 'Bundle');
    const [nothing] = await responses(type, entries, { prefer: 'return=minimal' });
    assert.deepEqual(Object.keys(nothing ?? {}), ['response']);
  }
});

test('a transaction links to what its conditional entries find or make, whichever it is', async () => {
  await send('batch', [put('Patient', 'found', number('found'))]);
  const observation = (reference: string) =>
    post('Observation', { status: 'final', code: { text: 'x' }, subject: { reference } });
  const answered = await responses('transaction', [
    {
      ...post('Patient', number('found')),
      fullUrl: 'urn:uuid:1',
      request: { method: 'POST', url: 'Patient', ifNoneExist: 'identifier=http://mrn.example|found' },
    },
    {
      fullUrl: 'urn:uuid:2',
      resource: { resourceType: 'Patient', ...number('found') },
      request: { method: 'PUT', url: `${where('Patient', 'found')}&_id=found` },
    },
    {
      fullUrl: 'urn:uuid:3',
      resource: { resourceType: 'Patient', ...number('new') },
      request: { method: 'PUT', url: where('Patient', 'new') },
    },
    observation('urn:uuid:1'),
    observation('urn:uuid:2'),
    observation('urn:uuid:3'),
  ]);
  assert.deepEqual(statuses(answered), ['200', '200', '201', '201', '201', '201']);
  const subjects = await Promise.all(
    answered.slice(3).map(async ({ response }) => (await json(response.location ?? '')).subject.reference),
  );
  assert.deepEqual(subjects.slice(0, 2), ['Patient/found', 'Patient/found']);
  assert.equal(answered[2]?.response.location?.split('/fhir/')[1], `${subjects[2]}/_history/1`);
});

test('a conditional reference is answered by what is there after the transaction', async () => {
  const reference = where('Organization', 'org');
  const patient = post('Patient', { managingOrganization: { reference } });
  const organization = (value: string) => post('Organization', { name: 'O', ...number(value) });
  assert.equal((await send('transaction', [patient])).status, 400, 'none');
  const [made] = await responses('transaction', [patient, organization('org')], { prefer: 'return=representation' });
  const { managingOrganization } = made!.resource as unknown as { managingOrganization: { reference: string } };
  assert.match(managingOrganization.reference, /^Organization\/[0-9a-f-]{36}$/);
  assert.equal((await send('transaction', [patient, organization('org')])).status, 412, 'several');
  const removed = ask('DELETE', managingOrganization.reference);
  assert.equal((await send('transaction', [patient, removed])).status, 400, 'the one there goes');
  assert.equal((await send('transaction', [patient])).status, 200, 'nothing of that was carried out');
});

test('references that ask for it name the version that is current when the transaction ends', async () => {
  const url = 'http://hl7.org/fhir/StructureDefinition/resolve-as-version-specific';
  const flagged = (reference: string) => ({ extension: [{ url, valueBoolean: true }], reference });
  await send('batch', [put('Patient', 'v1'), put('Patient', 'v2')]);
  const provenance = (...target: object[]) =>
    post('Provenance', { target, recorded: '2026-01-31T09:30:00Z', agent: [{ who: { display: 'x' } }] });
  const answered = await responses(
    'transaction',
    [
      put('Patient', 'v1', { active: true }),
      post('Patient', {}, { fullUrl: 'urn:uuid:new' }),
      provenance(flagged('Patient/v1'), flagged('Patient/v2'), flagged('urn:uuid:new'), { reference: 'Patient/v1' }),
    ],
    { prefer: 'return=representation' },
  );
  const { target } = answered[2]!.resource as unknown as { target: { reference: string }[] };
  const made = answered[1]?.resource?.id;
  assert.deepEqual(
    target.map(({ reference }) => reference),
    ['Patient/v1/_history/2', 'Patient/v2/_history/1', `Patient/${made}/_history/1`, 'Patient/v1'],
  );
  assert.equal((await send('transaction', [provenance(flagged('Patient/nobody'))])).status, 404);
});

test('a transaction whose entries touch one resource twice, however they name it, is refused', async () => {
  await send('batch', [put('Patient', 'twice', number('twice'))]);
  const byCondition: Entry = {
    resource: { resourceType: 'Patient', ...number('twice') },
    request: { method: 'PUT', url: where('Patient', 'twice') },
  };
  assert.equal((await send('transaction', [put('Patient', 'twice'), byCondition])).status, 400);
  assert.equal(
    (await send('transaction', [ask('DELETE', where('Patient', 'twice')), put('Patient', 'twice')])).status,
    400,
  );
  const make = (value: string): Entry => ({
    resource: { resourceType: 'Patient', ...number(value) },
    request: { method: 'PUT', url: where('Patient', value) },
  });
  assert.equal((await send('transaction', [make('fresh'), make('fresh')])).status, 400);
  assert.equal((await json('Patient/twice')).meta.versionId, '1');
});

test('two transactions with the same conditions at once make each resource once', async () => {
  const entries = ['t1', 't2', 't3'].map(
    (value): Entry => ({
      resource: { resourceType: 'Patient', ...number(value) },
      request: { method: 'PUT', url: where('Patient', value) },
    }),
  );
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) => responses('transaction', i % 2 === 0 ? entries : entries.toReversed())),
  );
  assert.equal(answers.flatMap(statuses).filter((status) => status === '201').length, 3);
  for (const value of ['t1', 't2', 't3']) assert.equal((await json(where('Patient', value))).entry.length, 1);
});

test('attack 52: every entry needs its own right, and one that is refused rolls back all', async () => {
  const token = await server.token('system/Patient.cruds system/Observation.r');
  const good = post('Patient', number('attack52'));
  const observation = { status: 'final', code: { text: 'x' } };
  await send('batch', [put('Observation', 'o', observation)]);
  const patch = {
    resource: {
      resourceType: 'Binary',
      contentType: 'application/json-patch+json',
      data: btoa('[{"op":"remove","path":"/code"}]'),
    },
    request: { method: 'PATCH', url: 'Observation/o' },
  };
  for (const refused of [
    post('Observation', observation),
    put('Observation', 'o', observation),
    patch,
    ask('DELETE', 'Observation/o'),
    ask('DELETE', 'Observation?status=final'),
    ask('GET', 'Observation?status=final'),
    ask('GET', 'Condition/_history'),
    {
      ...post('Observation', observation),
      request: { method: 'POST', url: 'Observation', ifNoneExist: 'status=final' },
    },
    post('Patient', { generalPractitioner: [{ reference: 'Practitioner?name=x' }] }),
  ]) {
    const name = JSON.stringify(refused);
    assert.equal((await send('transaction', [good, refused], { token })).status, 403, name);
    const [made, not] = await responses('batch', [ask('GET', 'Patient/nobody'), refused], { token });
    assert.equal(made?.response.status, '404');
    const expected = name.includes('generalPractitioner') ? '201' : '403';
    assert.equal(not?.response.status, expected, name);
  }
  assert.equal((await json(where('Patient', 'attack52'))).total ?? 0, 0);
  assert.equal((await json('Observation/o')).meta.versionId, '1');
});

test('attack 52: fullUrl, urn:uuid and conditional references reach no foreign rows', async () => {
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs';
  const token = await server.token(`system/Observation.cruds?category=${category} system/Provenance.cruds`);
  const observation = (code: string) => ({
    status: 'final',
    code: { text: 'x' },
    ...number('foreign'),
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] }],
  });
  await send('batch', [put('Observation', 'foreign', observation('laboratory'))]);
  const provenance = (target: object): Entry =>
    post('Provenance', { target: [target], recorded: '2026-01-31T09:30:00Z', agent: [{ who: { display: 'x' } }] });
  const reached = await send('transaction', [provenance({ reference: where('Observation', 'foreign') })], { token });
  assert.equal(reached.status, 400, 'hidden is not found');
  const url = 'http://hl7.org/fhir/StructureDefinition/resolve-as-version-specific';
  const flagged = { extension: [{ url, valueBoolean: true }], reference: 'Observation/foreign' };
  assert.equal((await send('transaction', [provenance(flagged)], { token })).status, 404, 'its version is not told');
  const overwrite = {
    ...put('Observation', 'foreign', observation('vital-signs')),
    fullUrl: `${server.fhir}/Observation/foreign`,
  };
  assert.equal((await send('transaction', [overwrite], { token })).status, 404);
  assert.equal((await json('Observation/foreign')).meta.versionId, '1');
});

test('attack 53: a Bundle or Parameters inside of a resource is stored, never carried out', async () => {
  const inner = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [{ request: { method: 'DELETE', url: 'Patient/a' } }],
  };
  const token = await server.token('system/Bundle.cr');
  assert.deepEqual(statuses(await responses('transaction', [post('Bundle', inner)], { token })), ['201']);
  assert.equal((await server.ask('Bundle', token, { method: 'POST', body: JSON.stringify(inner) })).status, 201);
  assert.equal((await server.ask('Patient/a', all)).status, 200);
});
