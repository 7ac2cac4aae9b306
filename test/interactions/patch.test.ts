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

type Options = { token?: string; headers?: Record<string, string> };

const put = (type: string, id: string, more: object) =>
  server.ask(`${type}/${id}`, all, {
    method: 'PUT',
    body: typeof more === 'string' ? more : JSON.stringify({ resourceType: type, id, ...more }),
  });
const jsonPatch = (path: string, operations: unknown, { token = all, headers = {} }: Options = {}) =>
  server.ask(path, token, {
    method: 'PATCH',
    body: typeof operations === 'string' ? operations : JSON.stringify(operations),
    headers: { 'content-type': 'application/json-patch+json', ...headers },
  });
const parameters = (...operations: readonly (readonly [string, unknown])[][]) => ({
  resourceType: 'Parameters',
  parameter: operations.map((parts) => ({
    name: 'operation',
    part: parts.map(([name, value]) => ({
      name,
      ...(typeof value === 'object' ? value : { [name === 'type' ? 'valueCode' : 'valueString']: value }),
    })),
  })),
});
const textOf = async (path: string) => (await server.ask(path, all)).text();

test('a JSON Patch changes what it names, and keeps decimals as they were written', async () => {
  const body =
    '{"resourceType":"Observation","id":"p1","status":"preliminary","code":{"text":"x"},"valueQuantity":{"value":1.500},"note":[{"text":"a"}]}';
  await server.ask('Observation/p1', all, { method: 'PUT', body });
  const answer = await jsonPatch('Observation/p1', [
    { op: 'test', path: '/status', value: 'preliminary' },
    { op: 'replace', path: '/status', value: 'final' },
    { op: 'add', path: '/note/-', value: { text: 'b' } },
  ]);
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.equal(answer.headers.get('etag'), 'W/"2"');
  const text = await textOf('Observation/p1');
  assert.match(text, /"value":1\.500\b/);
  assert.match(text, /"status":"final"/);
  assert.equal(JSON.parse(text).note.length, 2);
});

test('a decimal in a patch is stored as it was written', async () => {
  const operations = '[{"op":"replace","path":"/valueQuantity/value","value":2.50}]';
  assert.equal((await jsonPatch('Observation/p1', operations)).status, 200);
  assert.match(await textOf('Observation/p1'), /"value":2\.50\b/);
});

test('a FHIRPath Patch changes what it names', async () => {
  await put('Patient', 'p2', { birthDate: '1920-01-01', active: true });
  const body = JSON.stringify(
    parameters([
      ['type', 'replace'],
      ['path', 'Patient.birthDate'],
      ['value', { valueDate: '1930-01-01' }],
    ]),
  );
  const answer = await server.ask('Patient/p2', all, { method: 'PATCH', body });
  assert.equal(answer.status, 200, await answer.clone().text());
  assert.match(await textOf('Patient/p2'), /"birthDate":"1930-01-01"/);
});

test('a patch that fails changes nothing: 422, 400, 412, 404, 410 or 415 says why', async () => {
  await put('Patient', 'p3', { active: true });
  const replace = (path: string, value: unknown) => [{ op: 'replace', path, value }];
  const status = async (path: string, operations: unknown, options: Options = {}) =>
    (await jsonPatch(path, operations, options)).status;
  assert.equal(await status('Patient/p3', [{ op: 'test', path: '/active', value: false }]), 422);
  assert.equal(await status('Patient/p3', replace('/nothing', 1)), 422);
  assert.equal(await status('Patient/p3', replace('/active', 'yes')), 400, 'the outcome must be valid');
  assert.equal(await status('Patient/p3', replace('/id', 'other')), 422, 'the id stays');
  assert.equal(await status('Patient/p3', [{ op: 'remove', path: '/id' }]), 422);
  assert.equal(await status('Patient/p3', replace('/resourceType', 'Group')), 422);
  assert.equal(await status('Patient/p3', { op: 'add' }), 400);
  assert.equal(await status('Patient/p3', '[{"op":'), 400);
  assert.equal(await status('Patient/p3', replace('/active', false), { headers: { 'if-match': 'W/"9"' } }), 412);
  assert.equal(await status('Patient/nobody', replace('/active', false)), 404);
  const xml = { headers: { 'content-type': 'application/xml-patch+xml' } };
  assert.equal(await status('Patient/p3', '<diff/>', xml), 415);
  assert.match(await textOf('Patient/p3'), /"versionId":"1"/);
  await server.ask('Patient/p3', all, { method: 'DELETE' });
  assert.equal(await status('Patient/p3', replace('/active', false)), 410);
});

test('a conditional patch changes the one that is found, and none is a 404', async () => {
  await put('Patient', 'p4', { identifier: [{ system: 'http://mrn.example', value: 'p4' }] });
  const operations = [{ op: 'add', path: '/active', value: true }];
  assert.equal((await jsonPatch('Patient?identifier=http://mrn.example|p4', operations)).status, 200);
  assert.match(await textOf('Patient/p4'), /"active":true/);
  assert.equal((await jsonPatch('Patient?identifier=http://mrn.example|nobody', operations)).status, 404);
});

test('patches of one resource at the same time are all applied, one after another', async () => {
  await put('Patient', 'p5', { name: [{ family: 'Zero' }] });
  const patches = Array.from({ length: 12 }, (_, i) =>
    jsonPatch('Patient/p5', [{ op: 'add', path: '/name/-', value: { family: `F${i}` } }]),
  );
  const statuses = (await Promise.all(patches)).map(({ status }) => status);
  assert.deepEqual([...new Set(statuses)], [200]);
  const stored = JSON.parse(await textOf('Patient/p5'));
  assert.equal(stored.name.length, 13);
  assert.equal(stored.meta.versionId, '13');
});

test('of patches with the same If-Match at the same time one is applied', async () => {
  await put('Patient', 'p6', { active: true });
  const patches = Array.from({ length: 6 }, () =>
    jsonPatch('Patient/p6', [{ op: 'replace', path: '/active', value: false }], { headers: { 'if-match': 'W/"1"' } }),
  );
  const statuses = (await Promise.all(patches)).map(({ status }) => status);
  assert.deepEqual(statuses.sort(), [200, 412, 412, 412, 412, 412]);
});

test('a patch needs u, and r as well: its tests and its answer tell what is there', async () => {
  await put('Patient', 'p7', { active: true });
  const operations = [{ op: 'test', path: '/active', value: true }];
  for (const letters of ['u', 'r', 'cds']) {
    const token = await server.token(`system/Patient.${letters}`);
    assert.equal((await jsonPatch('Patient/p7', operations, { token })).status, 403, letters);
  }
  assert.equal(
    (await jsonPatch('Patient/p7', operations, { token: await server.token('system/Patient.ru') })).status,
    200,
  );
});

const observation = (category: string) => ({
  status: 'final',
  code: { text: 'x' },
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category }] }],
});

test('attack 49: a patch or update cannot move a resource out of what the rule opens, nor reach one outside', async () => {
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs';
  const token = await server.token(`system/Observation.cruds?category=${category}`);
  await put('Observation', 'inside', observation('vital-signs'));
  await put('Observation', 'outside', observation('laboratory'));
  const move = (code: string) => [{ op: 'replace', path: '/category/0/coding/0/code', value: code }];
  assert.equal((await jsonPatch('Observation/inside', move('laboratory'), { token })).status, 403);
  assert.equal((await jsonPatch('Observation/outside', move('vital-signs'), { token })).status, 404);
  assert.equal((await jsonPatch('Observation/absent', move('vital-signs'), { token })).status, 404);
  const body = JSON.stringify({ resourceType: 'Observation', id: 'inside', ...observation('laboratory') });
  assert.equal((await server.ask('Observation/inside', token, { method: 'PUT', body })).status, 403);
  assert.match(await textOf('Observation/inside'), /vital-signs.*/);
  assert.match(await textOf('Observation/outside'), /laboratory/);
});

test('attack 66: a patch that copies itself larger and larger, or is no JSON of ours, is refused in bounded time', async () => {
  await put('Basic', 'bomb', {
    code: { text: 'x'.repeat(1_000_000) },
    extension: [{ url: 'http://a.example', valueString: 'y' }],
  });
  const copies = Array.from({ length: 900 }, (_, i) => ({
    op: 'add',
    path: '/extension/-',
    value: { url: `http://a.example/${i}`, valueString: 'y' },
  }));
  const doubling = Array.from({ length: 60 }, () => ({
    op: 'copy',
    from: '/extension',
    path: '/extension/0/extension',
  }));
  const long = [
    ...copies,
    ...Array.from({ length: 90 }, (_, i) => ({ op: 'copy', from: '/code/text', path: `/extension/${i}/valueString` })),
  ];
  const started = performance.now();
  for (const operations of [doubling, long]) {
    const answer = await jsonPatch('Basic/bomb', operations);
    assert.equal(answer.status, 422, await answer.text());
  }
  assert.equal(
    (await jsonPatch('Basic/bomb', '[{"op":"add","path":"/__proto__","value":1,"__proto__":{}}]')).status,
    400,
  );
  assert.equal((await jsonPatch('Basic/bomb', [{ op: 'add', path: '/__proto__/active', value: true }])).status, 400);
  assert.ok(performance.now() - started < 10_000);
  assert.equal(({} as { active?: boolean }).active, undefined);
  assert.match((await textOf('Basic/bomb')).slice(0, 300), /"versionId":"1"/);
});

test('a bundle takes both kinds of patch, as Parameters and as a Binary', async () => {
  await put('Patient', 'p8', { active: true });
  await put('Patient', 'p9', { active: true });
  const binary = {
    resourceType: 'Binary',
    contentType: 'application/json-patch+json',
    data: Buffer.from(
      JSON.stringify([{ op: 'add', path: '/managingOrganization', value: { reference: 'urn:uuid:o' } }]),
    ).toString('base64'),
  };
  const replace = parameters([
    ['type', 'replace'],
    ['path', 'Patient.active'],
    ['value', { valueBoolean: false }],
  ]);
  const entry = [
    { resource: binary, request: { method: 'PATCH', url: 'Patient/p8', ifMatch: 'W/"1"' } },
    { resource: replace, request: { method: 'PATCH', url: 'Patient/p9' } },
    {
      fullUrl: 'urn:uuid:o',
      resource: { resourceType: 'Organization', name: 'O' },
      request: { method: 'POST', url: 'Organization' },
    },
  ];
  const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
  const { entry: responses } = await bundleOf(await server.ask('', all, { method: 'POST', body }));
  assert.deepEqual(
    responses.map(({ response }) => response.status),
    ['200', '200', '201'],
  );
  assert.match(await textOf('Patient/p8'), /"managingOrganization":\{"reference":"Organization\/[0-9a-f-]+"\}/);
  assert.match(await textOf('Patient/p9'), /"active":false/);
});
