import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundleOf, nextLink, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let token: string;

const lab = (id: string, patient: string, code: string, date: string, more: object = {}) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  category: [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'laboratory' }] },
  ],
  code: { coding: [{ system: 'http://loinc.org', code }] },
  subject: { reference: `Patient/${patient}` },
  effectiveDateTime: date,
  ...more,
});

const document = (id: string, patient: string, type: string, date: string) => ({
  resourceType: 'DocumentReference',
  id,
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code: type }] },
  subject: { reference: `Patient/${patient}` },
  date: `${date}T10:00:00Z`,
  content: [{ attachment: { contentType: 'text/plain', data: 'eA==' } }],
  context: { period: { start: date, end: date } },
});

const resources = [
  { resourceType: 'Organization', id: 'clinic', name: 'Clinic' },
  { resourceType: 'Practitioner', id: 'doctor' },
  { resourceType: 'Practitioner', id: 'stranger' },
  {
    resourceType: 'Patient',
    id: 'a',
    birthDate: '1950-01-01',
    managingOrganization: { reference: 'Organization/clinic' },
  },
  { resourceType: 'Patient', id: 'b', link: [{ other: { reference: 'Patient/a' }, type: 'seealso' }] },
  lab('a1', 'a', '718-7', '2024-01-01', { performer: [{ reference: 'Practitioner/doctor' }] }),
  lab('a2', 'a', '718-7', '2025-01-01'),
  lab('a3', 'a', '2345-7', '2025-06-01'),
  lab('b1', 'b', '718-7', '2025-02-01', { performer: [{ reference: 'Practitioner/stranger' }] }),
  document('d1', 'a', '34133-9', '2024-01-01'),
  document('d2', 'a', '34133-9', '2025-01-01'),
  document('d3', 'a', '11506-3', '2024-06-01'),
  document('d4', 'b', '34133-9', '2025-06-01'),
  {
    resourceType: 'Provenance',
    id: 'of-a1',
    target: [{ reference: 'Observation/a1' }],
    recorded: '2024-01-02T00:00:00Z',
    agent: [{ who: { reference: 'Practitioner/doctor' } }],
  },
];

before(async () => {
  server = await runningServer();
  token = await server.token('system/*.cruds');
  for (const resource of resources) {
    const { resourceType, id } = resource;
    const answer = await server.ask(`${resourceType}/${id}`, token, { method: 'PUT', body: JSON.stringify(resource) });
    assert.equal(answer.status, 201, await answer.text());
  }
});
after(() => server.close());

async function idsOf(path: string, bearer = token): Promise<string[]> {
  const { entry = [] } = await bundleOf(await server.ask(path, bearer));
  return entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`).sort();
}

const all = [
  ...['DocumentReference/d1', 'DocumentReference/d2', 'DocumentReference/d3'],
  ...['Observation/a1', 'Observation/a2', 'Observation/a3'],
  ...['Organization/clinic', 'Patient/a', 'Practitioner/doctor', 'Provenance/of-a1'],
];

test('$everything brings what a patient has, what that refers to and its Provenance, and nothing of others', async () => {
  assert.deepEqual(await idsOf('Patient/a/$everything'), all);
});

test('$everything pages through all of it once', async () => {
  const ids: string[] = [];
  let path: string | undefined = 'Patient/a/$everything?_count=3';
  while (path) {
    const bundle = await bundleOf(await server.ask(path, token));
    assert.ok(bundle.entry.length <= 3);
    ids.push(...bundle.entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`));
    path = bundle.link.some(({ relation }) => relation === 'next') ? nextLink(bundle) : undefined;
  }
  assert.deepEqual(ids.sort(), all);
});

test('$everything is narrowed by type, by the time of care and by the time of change', async () => {
  assert.deepEqual(await idsOf('Patient/a/$everything?_type=Observation,Practitioner'), [
    'Observation/a1',
    'Observation/a2',
    'Observation/a3',
    'Practitioner/doctor',
  ]);
  assert.deepEqual(await idsOf('Patient/a/$everything?start=2025&_type=Observation,Patient'), [
    'Observation/a2',
    'Observation/a3',
    'Patient/a',
  ]);
  assert.deepEqual(await idsOf('Patient/a/$everything?end=2024-12-31&_type=Observation'), ['Observation/a1']);
  assert.deepEqual(await idsOf('Patient/a/$everything?_since=2099-01-01T00:00:00Z'), []);
});

test('attack 45: $everything shows only the types that the token opens, and no patient that it does not', async () => {
  const some = await server.token('system/Patient.r system/Observation.rs');
  assert.deepEqual(await idsOf('Patient/a/$everything', some), [
    'Observation/a1',
    'Observation/a2',
    'Observation/a3',
    'Patient/a',
  ]);
  const none = await server.token('system/Observation.rs');
  assert.equal((await server.ask('Patient/a/$everything', none)).status, 403);
  assert.equal((await server.ask('Patient/nobody/$everything', token)).status, 404);
});

test('$everything refuses what it does not know', async () => {
  for (const query of ['_type=Thing', 'start=yesterday', 'nothing=1', '_count=0', 'start=2025&end=2024', '_cursor=x']) {
    assert.equal((await server.ask(`Patient/a/$everything?${query}`, token)).status, 400, query);
  }
});

test('$lastn answers the latest of each code', async () => {
  assert.deepEqual(await idsOf('Observation/$lastn?patient=a&category=laboratory'), [
    'Observation/a2',
    'Observation/a3',
  ]);
  const two = 'Observation/$lastn?patient=Patient/a&code=718-7&max=2';
  assert.deepEqual(await idsOf(two), ['Observation/a1', 'Observation/a2']);
  assert.deepEqual(await idsOf('Observation/$lastn?patient=nobody&category=laboratory'), []);
});

test('$lastn needs a patient and a code, and a token that opens Observations', async () => {
  for (const query of [
    'category=laboratory',
    'patient=a',
    'patient=a&category=laboratory&max=0',
    'patient=a&nothing=1',
  ]) {
    assert.equal((await server.ask(`Observation/$lastn?${query}`, token)).status, 400, query);
  }
  const other = await server.token('system/Patient.rs');
  assert.equal((await server.ask('Observation/$lastn?patient=a&category=laboratory', other)).status, 403);
  const vitals = await server.token('system/Observation.rs?category=vital-signs');
  assert.deepEqual(await idsOf('Observation/$lastn?patient=a&category=laboratory', vitals), []);
});

test('$docref answers the latest document of each type, or those of a range of dates', async () => {
  assert.deepEqual(await idsOf('DocumentReference/$docref?patient=a'), [
    'DocumentReference/d2',
    'DocumentReference/d3',
  ]);
  assert.deepEqual(await idsOf('DocumentReference/$docref?patient=a&start=2024-01-01&end=2024-12-31'), [
    'DocumentReference/d1',
    'DocumentReference/d3',
  ]);
  assert.deepEqual(await idsOf('DocumentReference/$docref?patient=nobody'), []);
  assert.deepEqual(await idsOf('DocumentReference/$docref?patient=a&on-demand=true'), []);
  const body = JSON.stringify({
    resourceType: 'Parameters',
    parameter: [
      { name: 'patient', valueId: 'a' },
      { name: 'type', valueCoding: { system: 'http://loinc.org', code: '34133-9' } },
    ],
  });
  const posted = await bundleOf(await server.ask('DocumentReference/$docref', token, { method: 'POST', body }));
  assert.deepEqual(
    posted.entry.map(({ resource }) => resource.id),
    ['d2'],
  );
  assert.equal((await server.ask('DocumentReference/$docref', token)).status, 400);
});

const tag = { system: 'http://clinic.example/tags', code: 'follow-up' };
const labels = (value: object) =>
  JSON.stringify({ resourceType: 'Parameters', parameter: [{ name: 'meta', valueMeta: value }] });

type Returned = { parameter: { valueMeta: { versionId: string; tag?: object[]; profile?: string[] } }[] };

test('labels are added and deleted without a new version, and can be searched by at once', async () => {
  const post = async (name: string, value: object) => {
    const answer = await server.ask(`Observation/a1/$${name}`, token, { method: 'POST', body: labels(value) });
    assert.equal(answer.status, 200, name);
    return ((await answer.json()) as Returned).parameter[0]?.valueMeta;
  };
  const added = await post('meta-add', { tag: [tag, tag], profile: ['http://p.example'] });
  assert.equal(added?.versionId, '1');
  await post('meta-add', { tag: [{ ...tag, display: 'Again' }] });
  assert.deepEqual(await idsOf('Observation?_tag=http://clinic.example/tags|follow-up'), ['Observation/a1']);
  const read = (await (await server.ask('Observation/a1/$meta', token)).json()) as Returned;
  assert.deepEqual(read.parameter[0]?.valueMeta.tag, [tag]);
  const left = await post('meta-delete', { tag: [tag] });
  assert.deepEqual([left?.tag, left?.profile], [undefined, ['http://p.example']]);
  assert.deepEqual(await idsOf('Observation?_tag=follow-up'), []);
});

test('labels are changed by POST alone, by those who may update, and not of what is not there', async () => {
  const ask = (path: string, bearer: string, method = 'POST') =>
    server.ask(path, bearer, { method, ...(method === 'POST' ? { body: labels({ tag: [tag] }) } : {}) });
  assert.equal((await ask('Observation/a1/$meta-add', token, 'GET')).status, 405);
  assert.equal((await ask('Observation/nothing/$meta-add', token)).status, 404);
  const reader = await server.token('system/Observation.rs');
  assert.equal((await ask('Observation/a1/$meta-add', reader)).status, 403);
  const empty = { method: 'POST', body: labels({}) };
  assert.equal((await server.ask('Observation/a1/$meta-add', token, empty)).status, 400);
});
