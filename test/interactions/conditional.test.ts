import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundleOf, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
});
after(() => server.close());

const system = 'http://mrn.example';
let numbers = 0;
const newNumber = () => `n${++numbers}`;
const patient = (value: string, more: object = {}) =>
  JSON.stringify({ resourceType: 'Patient', identifier: [{ system, value }], ...more });
const where = (value: string) => `Patient?identifier=${encodeURIComponent(`${system}|${value}`)}`;

const ask = (path: string, method: string, body?: string, headers: Record<string, string> = {}) =>
  server.ask(path, all, { method, headers, ...(body === undefined ? {} : { body }) });
const create = async (value: string) => (await (await ask('Patient', 'POST', patient(value))).json()) as { id: string };
const count = async (value: string) => (await bundleOf(await ask(`${where(value)}&_summary=count`, 'GET'))).total;

test('a conditional create makes one resource, and answers it to whoever comes later', async () => {
  const number = newNumber();
  const ifNoneExist = { 'if-none-exist': `identifier=${system}|${number}` };
  const first = await ask('Patient', 'POST', patient(number), ifNoneExist);
  assert.equal(first.status, 201);
  const second = await ask('Patient', 'POST', patient(number), ifNoneExist);
  assert.equal(second.status, 200);
  assert.equal(second.headers.get('location'), first.headers.get('location'));
  assert.equal(second.headers.get('etag'), 'W/"1"');
});

test('a conditional update creates where nothing is found, under an id of the server', async () => {
  const number = newNumber();
  const made = await ask(where(number), 'PUT', patient(number));
  assert.equal(made.status, 201);
  assert.match(made.headers.get('location') ?? '', /\/Patient\/[^/]+\/_history\/1$/);
  const changed = await ask(where(number), 'PUT', patient(number, { active: true }));
  assert.equal(changed.status, 200);
  assert.equal(changed.headers.get('etag'), 'W/"2"');
  assert.match(changed.headers.get('content-location') ?? '', /\/_history\/2$/);
  assert.equal(await count(number), 1);
});

test('a conditional update that finds nothing makes the id of the body, unless that is taken', async () => {
  const number = newNumber();
  const made = await ask(where(number), 'PUT', patient(number, { id: `own-${number}` }));
  assert.equal(made.status, 201);
  assert.match(made.headers.get('location') ?? '', new RegExp(`/Patient/own-${number}/`));
  const taken = await ask(where('nobody'), 'PUT', patient('nobody', { id: `own-${number}` }));
  assert.equal(taken.status, 409);
  assert.equal(await count('nobody'), 0);
});

test('the id in the body of a conditional update must be that of what is found', async () => {
  const number = newNumber();
  const { id } = await create(number);
  assert.equal((await ask(where(number), 'PUT', patient(number, { id: 'another' }))).status, 400);
  assert.equal((await ask(where(number), 'PUT', patient(number, { id }))).status, 200);
});

test('where a condition finds several, nothing is created, changed, patched or deleted: 412', async () => {
  const number = newNumber();
  await create(number);
  await create(number);
  const ifNoneExist = { 'if-none-exist': `identifier=${system}|${number}` };
  assert.equal((await ask('Patient', 'POST', patient(number), ifNoneExist)).status, 412);
  assert.equal((await ask(where(number), 'PUT', patient(number))).status, 412);
  assert.equal((await ask(where(number), 'DELETE')).status, 412);
  const patch = JSON.stringify([{ op: 'add', path: '/active', value: true }]);
  const headers = { 'content-type': 'application/json-patch+json' };
  assert.equal((await ask(where(number), 'PATCH', patch, headers)).status, 412);
  assert.equal(await count(number), 2);
});

test('a conditional delete deletes the one that is found, and none is no error', async () => {
  const number = newNumber();
  const { id } = await create(number);
  assert.equal((await ask(where(number), 'DELETE')).status, 204);
  assert.equal((await ask(`Patient/${id}`, 'GET')).status, 410);
  assert.equal((await ask(where(number), 'DELETE')).status, 204);
});

test('a condition that everything meets, or that nobody knows, is refused', async () => {
  assert.equal((await ask('Patient?', 'DELETE')).status, 400);
  assert.equal((await ask('Patient?_format=json', 'DELETE')).status, 400);
  assert.equal((await ask('Patient?colour=blue', 'DELETE')).status, 400);
  assert.equal((await ask('Patient?colour=blue', 'PUT', patient('x'))).status, 400);
  assert.equal((await ask('Patient?_count=1', 'DELETE')).status, 400);
});

test('If-Match holds on conditional writes as well', async () => {
  const number = newNumber();
  await create(number);
  assert.equal((await ask(where(number), 'PUT', patient(number), { 'if-match': 'W/"7"' })).status, 412);
  assert.equal((await ask(where(number), 'DELETE', undefined, { 'if-match': 'W/"7"' })).status, 412);
  assert.equal((await ask(where(newNumber()), 'PUT', patient('x'), { 'if-match': 'W/"1"' })).status, 412);
  assert.equal((await ask(where(number), 'PUT', patient(number), { 'if-match': 'W/"7", W/"1"' })).status, 200);
});

test('attack 51: of many conditional creates and updates at once one makes the resource', async () => {
  for (let round = 0; round < 5; round++) {
    const number = newNumber();
    const ifNoneExist = { 'if-none-exist': `identifier=${system}|${number}` };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        i % 2 === 0
          ? ask('Patient', 'POST', patient(number), ifNoneExist)
          : ask(where(number), 'PUT', patient(number, { active: true })),
      ),
    );
    const made = answers.filter(({ status }) => status === 201);
    assert.equal(made.length, 1, answers.map(({ status }) => status).join());
    assert.equal(await count(number), 1);
  }
});

test('attack 51: a condition is a search under the rule, so that it tells nothing of what is hidden', async () => {
  const blind = await server.token('system/Patient.cud');
  const ifNoneExist = { 'if-none-exist': `identifier=${system}|n1` };
  const ask = (path: string, method: string, body?: string, headers: Record<string, string> = {}) =>
    server.ask(path, blind, { method, headers, ...(body === undefined ? {} : { body }) });
  for (const number of ['n1', 'not-there']) {
    assert.equal((await ask('Patient', 'POST', patient(number), ifNoneExist)).status, 403);
    assert.equal((await ask(where(number), 'PUT', patient(number))).status, 403);
    assert.equal((await ask(where(number), 'DELETE')).status, 403);
  }
});

test('attack 51: what a granular scope hides is not found by a condition, whatever its values', async () => {
  const observation = (category: string, value: string) =>
    JSON.stringify({
      resourceType: 'Observation',
      status: 'final',
      identifier: [{ system, value }],
      code: { text: 'x' },
      category: [
        { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] },
      ],
    });
  await ask('Observation', 'POST', observation('laboratory', 'hidden'));
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs';
  const vital = await server.token(`system/Observation.cruds?category=${category}`);
  const found = (value: string) => ({ 'if-none-exist': `identifier=${system}|${value}` });
  for (const value of ['hidden', 'never-there']) {
    const answer = await server.ask('Observation', vital, {
      method: 'POST',
      body: observation('vital-signs', value),
      headers: found(value),
    });
    assert.equal(answer.status, 201, 'the hidden one does not count');
  }
  const deleted = `Observation?identifier=${system}|hidden`;
  assert.equal((await server.ask(deleted, vital, { method: 'DELETE' })).status, 204);
  assert.equal((await bundleOf(await ask(deleted, 'GET'))).entry.length, 1, 'the hidden one is still there');
});
