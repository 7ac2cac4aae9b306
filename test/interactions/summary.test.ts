import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundleOf, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  const put = async (type: string, id: string, more: object) => {
    const body = JSON.stringify({ resourceType: type, id, ...more });
    assert.equal((await server.ask(`${type}/${id}`, all, { method: 'PUT', body })).status, 201);
  };
  await put('Patient', 'p', { text: narrative, name: [{ family: 'Ash' }], maritalStatus: { text: 'single' } });
  await put('Observation', 'vital', observation('vital-signs'));
  await put('Observation', 'lab', observation('laboratory'));
});
after(() => server.close());

const narrative = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">Ash</div>' };
const observation = (code: string) => ({
  status: 'final',
  text: narrative,
  code: { text: 'weight' },
  subject: { reference: 'Patient/p' },
  note: [{ text: code }],
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] }],
});

const json = async (path: string, token = all) => {
  const answer = await server.ask(path, token);
  const body = await answer.text();
  assert.equal(answer.status, 200, body);
  return JSON.parse(body);
};

test('read, vread, search and history show what is asked for', async () => {
  for (const [query, expected] of [
    ['_summary=true', ['resourceType', 'meta', 'id', 'name']],
    ['_summary=text', ['resourceType', 'meta', 'id', 'text']],
    ['_summary=data', ['resourceType', 'meta', 'id', 'name', 'maritalStatus']],
    ['_elements=maritalStatus', ['resourceType', 'meta', 'id', 'maritalStatus']],
  ] as const) {
    const resources = [
      await json(`Patient/p?${query}`),
      await json(`Patient/p/_history/1?${query}`),
      (await json(`Patient?${query}`)).entry[0].resource,
      (await json(`Patient/p/_history?${query}`)).entry[0].resource,
      (await json(`Patient/_history?${query}`)).entry[0].resource,
      (await json(`_history?${query}`)).entry.at(-1).resource,
    ];
    for (const resource of resources) {
      assert.deepEqual(Object.keys(resource), expected, query);
      assert.equal(resource.meta.tag[0].code, 'SUBSETTED');
    }
  }
});

test('what is included is cut as well, by its own type', async () => {
  const { entry } = await json(
    'Observation?_id=vital&_include=Observation:subject&_elements=Observation.note,Patient.name',
  );
  assert.deepEqual(Object.keys(entry[0].resource), ['resourceType', 'meta', 'id', 'status', 'code', 'note']);
  assert.deepEqual(Object.keys(entry[1].resource), ['resourceType', 'meta', 'id', 'name']);
  assert.equal((await server.ask('Observation?_include=Observation:subject&_summary=text', all)).status, 400);
});

test('a next page shows the same parts, and a bundle entry does too', async () => {
  const first = await bundleOf(await server.ask('Observation?_count=1&_elements=status', all));
  const next = first.link.find(({ relation }) => relation === 'next')?.url ?? '';
  const [entry] = (await bundleOf(await server.ask(next, all))).entry;
  assert.deepEqual(Object.keys(entry?.resource ?? {}), ['resourceType', 'meta', 'id', 'status', 'code']);
  const body = JSON.stringify({
    resourceType: 'Bundle',
    type: 'batch',
    entry: [{ request: { method: 'GET', url: 'Observation/lab?_elements=note' } }],
  });
  const [response] = (await bundleOf(await server.ask('', all, { method: 'POST', body }))).entry;
  assert.deepEqual(Object.keys(response?.resource ?? {}), ['resourceType', 'meta', 'id', 'status', 'code', 'note']);
});

test('an unknown element, or a parameter that a read does not have, is refused', async () => {
  for (const path of [
    'Patient/p?_elements=colour',
    'Patient/p?name=x',
    'Patient?_summary=yes',
    'Patient/p?_summary=x',
  ]) {
    assert.equal((await server.ask(path, all)).status, 400, path);
  }
});

test('attack 59: _elements and _summary show nothing that the rule hides', async () => {
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs';
  const vital = await server.token(`system/Observation.rs?category=${category}`);
  for (const query of [
    '_elements=note',
    '_elements=Observation.note',
    '_summary=true',
    '_summary=text',
    '_summary=data',
  ]) {
    const bundle = await json(`Observation?${query}`, vital);
    assert.deepEqual(
      bundle.entry.map((one: { resource: { id: string } }) => one.resource.id),
      ['vital'],
      query,
    );
    assert.equal((await server.ask(`Observation/lab?${query}`, vital)).status, 404);
    assert.doesNotMatch(JSON.stringify(await json(`Observation/_history?${query}`, vital)), /laboratory/);
  }
  assert.equal((await json('Observation?_summary=count', vital)).total, 1);
});
