import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { bundleOf, nextLink, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  for (const [id, family] of [
    ['a', 'Ash'],
    ['b', 'Birch'],
    ['c', 'Cedar'],
  ]) {
    const body = JSON.stringify({ resourceType: 'Patient', id, name: [{ family }] });
    assert.equal((await server.ask(`Patient/${id}`, all, { method: 'PUT', body })).status, 201);
  }
});
after(() => server.close());

/** The answer must be an OperationOutcome with this status, and hold no trace of our code. */
async function refused(answer: Response, status: number): Promise<string> {
  const text = await answer.text();
  assert.equal(answer.status, status, text);
  assert.match(answer.headers.get('content-type') ?? '', /^application\/fhir\+json/);
  const outcome = JSON.parse(text);
  assert.equal(outcome.resourceType, 'OperationOutcome');
  assert.ok(outcome.issue.length > 0 && outcome.issue[0].diagnostics);
  assert.doesNotMatch(text, /node:|\.ts:|at \w+ \(|select |postgres/i, 'no inside is shown');
  return text;
}

const post = (type: string, body: string, headers: Record<string, string> = {}) =>
  server.ask(type, all, { method: 'POST', body, headers });

test('attack 57: a token of this site opens no other site, and an unknown site is none', async () => {
  const other = `${server.url}/apis/other/fhir/Patient`;
  await refused(await server.ask(other, all), 404);
  await refused(await server.ask(other, undefined), 404);
  await refused(await server.ask(`${server.url}/apis/..%2f..%2fetc/fhir/Patient`, all), 404);
});

test('attack 58: a paging link that was changed, or belongs to another client or search, is refused', async () => {
  const first = await bundleOf(await server.ask('Patient?_count=1', all));
  const next = nextLink(first);
  const second = await bundleOf(await server.ask(next, all));
  assert.equal(second.entry.length, 1);
  assert.notEqual(second.entry[0]?.resource.id, first.entry[0]?.resource.id);

  const [url = '', cursor = ''] = next.split('_cursor=');
  const [payload = '', seal = ''] = cursor.split('.');
  const forged = Buffer.from(JSON.stringify({ keys: [], rid: '0' })).toString('base64url');
  await refused(await server.ask(`${url}_cursor=${forged}.${seal}`, all), 400);
  await refused(await server.ask(`${url}_cursor=${payload}`, all), 400);
  await refused(await server.ask(`${url}_cursor=`, all), 400);
  await refused(await server.ask(next.replace('Patient?', 'Patient?name=Ash&'), all), 400);
  await refused(await server.ask(next.replace('/Patient?', '/Observation?'), all), 400);
});

test('attack 58: the rights are looked at anew on every page', async () => {
  const patients = await server.token('system/Patient.rs');
  const first = await bundleOf(await server.ask('Patient?_count=1', patients));
  const next = nextLink(first);
  const observations = await server.token('system/Observation.rs');
  await refused(await server.ask(next, observations), 403);
});

const metacharacters = [`'`, `''; drop table res;--`, '"', '\\', '%', '_', '$1', '$$', '{}', '{a,b}', 'a\nb', '\u2028'];

for (const name of [
  '_id',
  'identifier',
  'name',
  'name:exact',
  'name:contains',
  'gender',
  'birthdate',
  'general-practitioner',
  'general-practitioner:Practitioner.name',
  '_has:Observation:patient:code',
  '_lastUpdated',
  '_sort',
  '_include',
  '_revinclude',
  '_elements',
  '_count',
  '_total',
  '_cursor',
  '_tag',
  '_profile',
]) {
  test(`attack 59: SQL metacharacters in ${name} are a value or a 400, never SQL`, async () => {
    for (const value of metacharacters) {
      const answer = await server.ask(`Patient?${encodeURIComponent(name)}=${encodeURIComponent(value)}`, all);
      if (answer.status === 200) assert.equal((await bundleOf(answer)).type, 'searchset');
      else await refused(answer, 400);
    }
    const everyone = await bundleOf(await server.ask('Patient?_total=accurate&_count=0', all));
    assert.equal(everyone.total, 3);
  });
}

test('attack 59: a parameter whose name is SQL is an unknown one', async () => {
  const name = `name' or '1'='1`;
  assert.match(await refused(await server.ask(`Patient?${encodeURIComponent(name)}=x`, all), 400), /no such parameter/);
});

test('attack 61: an export without a token is 401, without a system scope that opens anything 403, else not there yet', async () => {
  for (const path of ['$export', 'Patient/$export', 'Group/1/$export']) {
    await refused(await server.ask(path, undefined), 401);
    await refused(await server.ask(path, await server.token('system/Observation.c')), 403);
    await refused(await server.ask(path, all), 501);
  }
});

const nested = (depth: number) => `${'{"extension":['.repeat(depth)}${']}'.repeat(depth)}`;

for (const [what, body, status] of [
  ['JSON nested a hundred thousand deep', `{"resourceType":"Patient","x":${'['.repeat(100_000)}`, 400],
  ['extensions nested a thousand deep', `{"resourceType":"Patient","contained":[${nested(1000)}]}`, 400],
  ['an array of a million elements', `{"resourceType":"Patient","name":[${'{},'.repeat(1_000_000)}{}]}`, 413],
  ['a member written twice', '{"resourceType":"Patient","id":"a","id":"b"}', 400],
  ['the member __proto__', '{"resourceType":"Patient","__proto__":{"active":true}}', 400],
  ['a lone surrogate', '{"resourceType":"Patient","name":[{"family":"\\ud800"}]}', 400],
  ['a number of a thousand digits', `{"resourceType":"Patient","multipleBirthInteger":${'9'.repeat(1000)}}`, 400],
  ['a number beyond all bounds', '{"resourceType":"Observation","valueQuantity":{"value":1e999}}', 400],
  ['NUL in a string', '{"resourceType":"Patient","name":[{"family":"a\\u0000b"}]}', 400],
] as const) {
  test(`attack 66: ${what} is refused at once`, async () => {
    const started = performance.now();
    await refused(await post('Patient', body), status);
    assert.ok(performance.now() - started < 5000, 'in bounded time');
  });
}

test('attack 66: a compressed body is not taken, so it cannot grow', async () => {
  const bomb = new Uint8Array(gzipSync(`[${' '.repeat(10_000_000)}`));
  const headers = { 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' };
  const answer = await fetch(`${server.fhir}/Patient`, {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${all}` },
    body: bomb,
  });
  await refused(answer, 415);
});

for (const [what, query] of [
  ['a chain of six links', `Location?${'partof.'.repeat(6)}name=x`],
  ['six times `_has`', `Observation?${'_has:Observation:has-member:'.repeat(6)}code=x`],
  ['`_has` and chains of six links', `Patient?_has:Observation:patient:${'has-member:Observation.'.repeat(5)}code=x`],
  ['a chain to any type', 'Provenance?target._id=x'],
  ['a hundred chains', `Observation?${Array(100).fill('patient.name=x').join('&')}`],
  ['lists without end', `Patient?${Array(70).fill('_list=x').join('&')}`],
  ['an OR-list of a thousand', `Patient?gender=${Array(1000).fill('male').join(',')}`],
  ['two hundred parameters', `Patient?${Array(200).fill('gender=male').join('&')}`],
  ['fifty includes', `Patient?${Array(50).fill('_include=Patient:organization').join('&')}`],
  ['a value of ten thousand characters', `Patient?name=${'a'.repeat(10_000)}`],
] as const) {
  test(`attack 68: ${what} is beyond the caps`, async () => {
    assert.match(await refused(await server.ask(query, all), 400), /at most|not supported|one level|link/i);
  });
}

test('attack 68: _count is cut to its cap, and the answer says so in its self link', async () => {
  const bundle = await bundleOf(await server.ask('Patient?_count=1000000', all));
  assert.equal(bundle.entry.length, 3);
});

test('attack 43: neither tokens nor what is searched for reach the log', async () => {
  await (await server.ask('Patient?name=Secretname', all)).arrayBuffer();
  const log = server.log.join('');
  assert.match(log, /\/apis\/:site\/fhir\/:type/, 'requests are logged by their route');
  assert.ok(!log.includes(all), 'no token');
  assert.ok(!log.includes('Secretname'), 'no query');
});
