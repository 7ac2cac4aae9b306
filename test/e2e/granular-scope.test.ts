import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundleOf, type RunningServer, runningServer } from '../support/running-server.ts';

const system = 'http://terminology.hl7.org/CodeSystem/observation-category';
const laboratory = `category=${system}|laboratory`;

let server: RunningServer;
let all: string;
/** Opens laboratory observations, and no other resource. */
let narrow: string;
let lab: string;
let vital: string;

const observation = (category: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  category: [{ coding: [{ system, code: category }] }],
  code: { text: category },
  subject: { reference: 'Patient/p' },
  ...more,
});

async function write(path: string, method: string, token: string, resource?: object): Promise<Response> {
  return server.ask(path, token, { method, ...(resource ? { body: JSON.stringify(resource) } : {}) });
}

async function created(token: string, resource: object): Promise<string> {
  const answer = await write('Observation', 'POST', token, resource);
  assert.equal(answer.status, 201);
  return ((await answer.json()) as { id: string }).id;
}

async function status(path: string, token: string): Promise<number> {
  const answer = await server.ask(path, token);
  await answer.arrayBuffer();
  return answer.status;
}

before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  narrow = await server.token(`system/Observation.cruds?${laboratory}`);
  await write('Patient/p', 'PUT', all, { resourceType: 'Patient', id: 'p', name: [{ family: 'Ash' }] });
  lab = await created(narrow, observation('laboratory'));
  vital = await created(all, observation('vital-signs'));
});
after(() => server.close());

test('search, total and count know only what the scope opens', async () => {
  const seen = await bundleOf(await server.ask('Observation?_total=accurate', narrow));
  assert.deepEqual([seen.total, seen.entry.map(({ resource }) => resource.id)], [1, [lab]]);
  assert.equal((await bundleOf(await server.ask('Observation?_total=accurate&_count=0', narrow))).total, 1);
  assert.equal((await bundleOf(await server.ask('Observation?category=vital-signs', narrow))).total, 0);
  assert.equal((await bundleOf(await server.ask('Observation?category:not=laboratory', narrow))).total, 0);
  assert.equal((await bundleOf(await server.ask(`Observation?_id=${vital},${lab}`, narrow))).total, 1);
});

test('read, vread and history of what lies outside look like what never was', async () => {
  for (const path of ['', '/_history', '/_history/1']) {
    assert.equal(await status(`Observation/${lab}${path}`, narrow), 200);
    assert.equal(await status(`Observation/${vital}${path}`, narrow), 404);
    assert.equal(await status(`Observation/never-was${path}`, narrow), 404);
  }
});

test('chains, includes and reverse includes do not see around it', async () => {
  const chained = await bundleOf(await server.ask('Observation?subject:Patient.name=Ash', narrow));
  assert.equal(chained.total, 0, 'patients are closed, also as the end of a chain');
  const including = await bundleOf(await server.ask('Observation?_include=Observation:subject', narrow));
  assert.deepEqual(
    including.entry.map(({ resource }) => resource.id),
    [lab],
  );
  const both = await server.token(`system/Patient.rs system/Observation.rs?${laboratory}`);
  const reverse = await bundleOf(await server.ask('Patient?_id=p&_revinclude=Observation:subject', both));
  assert.deepEqual(
    reverse.entry.map(({ resource }) => resource.id),
    ['p', lab],
  );
  const has = await bundleOf(await server.ask('Patient?_has:Observation:subject:category=vital-signs', both));
  assert.equal(has.total, 0);
});

test('writes can neither reach what lies outside nor move anything there', async () => {
  const moved = await write(`Observation/${lab}`, 'PUT', narrow, observation('vital-signs', { id: lab }));
  assert.equal(moved.status, 403);
  const taken = await write(`Observation/${vital}`, 'PUT', narrow, observation('laboratory', { id: vital }));
  assert.ok(taken.status === 403 || taken.status === 404, String(taken.status));
  assert.equal((await write('Observation', 'POST', narrow, observation('vital-signs'))).status, 403);
  await write(`Observation/${vital}`, 'DELETE', narrow);
  assert.equal(await status(`Observation/${vital}`, all), 200, 'it is still there');
});

test('a transaction that reaches outside fails as a whole; a batch in that entry alone', async () => {
  const entry = [
    { resource: observation('laboratory'), request: { method: 'POST', url: 'Observation' } },
    { request: { method: 'GET', url: `Observation/${vital}` } },
  ];
  const before = (await bundleOf(await server.ask('Observation?_total=accurate&_count=0', narrow))).total!;
  const transaction = await write('', 'POST', narrow, { resourceType: 'Bundle', type: 'transaction', entry });
  assert.equal(transaction.status, 404);
  const batch = await bundleOf(await write('', 'POST', narrow, { resourceType: 'Bundle', type: 'batch', entry }));
  assert.deepEqual(
    batch.entry.map(({ response }) => response.status),
    ['201', '404'],
  );
  const later = (await bundleOf(await server.ask('Observation?_total=accurate&_count=0', narrow))).total!;
  assert.equal(later, before + 1, 'only the batch wrote');
});

test('If-None-Exist and conditional references search under the same rule', async () => {
  const body = JSON.stringify(observation('laboratory'));
  const hidden = await server.ask('Observation', narrow, {
    method: 'POST',
    body,
    headers: { 'if-none-exist': `_id=${vital}` },
  });
  assert.equal(hidden.status, 201, 'a hidden resource is not found, so a new one is made');
  const entry = [
    {
      resource: observation('laboratory', { subject: { reference: 'Patient?name=Ash' } }),
      request: { method: 'POST', url: 'Observation' },
    },
  ];
  const closed = await write('', 'POST', narrow, { resourceType: 'Bundle', type: 'transaction', entry });
  assert.equal(closed.status, 403, 'looking for patients needs a scope on patients');
});
