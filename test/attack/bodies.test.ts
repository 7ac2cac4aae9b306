import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  await server.ask('Patient/a', all, { method: 'PUT', body: '{"resourceType":"Patient","id":"a"}' });
});
after(() => server.close());

const nested = (depth: number) => `${'{"a":['.repeat(depth)}${']}'.repeat(depth)}`;
const many = `[${'{},'.repeat(1_000_000)}{}]`;

/** Each way in that takes a body, with what must stand around a value for its JSON to be looked at. */
const ways = [
  [
    'a create',
    'POST',
    'Patient',
    'application/fhir+json',
    (value: string) => `{"resourceType":"Patient","x":${value}}`,
  ],
  [
    'an update',
    'PUT',
    'Patient/a',
    'application/fhir+json',
    (value: string) => `{"resourceType":"Patient","id":"a","x":${value}}`,
  ],
  [
    'a JSON Patch',
    'PATCH',
    'Patient/a',
    'application/json-patch+json',
    (value: string) => `[{"op":"add","path":"/x","value":${value}}]`,
  ],
  [
    'a FHIRPath Patch',
    'PATCH',
    'Patient/a',
    'application/fhir+json',
    (value: string) => `{"resourceType":"Parameters","parameter":[{"name":"operation","x":${value}}]}`,
  ],
  [
    'a batch',
    'POST',
    '',
    'application/fhir+json',
    (value: string) => `{"resourceType":"Bundle","type":"batch","entry":[],"x":${value}}`,
  ],
  [
    'a transaction',
    'POST',
    '',
    'application/fhir+json',
    (value: string) => `{"resourceType":"Bundle","type":"transaction","x":${value}}`,
  ],
  [
    'an operation',
    'POST',
    '$nothing',
    'application/fhir+json',
    (value: string) => `{"resourceType":"Parameters","x":${value}}`,
  ],
] as const;

const values: readonly (readonly [string, string])[] = [
  ['JSON nested a thousand deep', nested(1000)],
  ['an array of a million elements', many],
  ['a member written twice', '{"a":1,"a":2}'],
  ['the member __proto__', '{"__proto__":{"active":true}}'],
  ['a lone surrogate', '"\\udc00"'],
  ['a decimal of ten thousand digits', `1.${'9'.repeat(10_000)}`],
  ['a number beyond all bounds', '1e999'],
  ['NUL in a string', '"a\\u0000b"'],
];

for (const [way, method, path, type, around] of ways) {
  test(`attack 66: ${way} with hostile JSON is a bounded 4xx`, async () => {
    const started = performance.now();
    for (const [what, value] of values) {
      const answer = await server.ask(path, all, { method, body: around(value), headers: { 'content-type': type } });
      const text = await answer.text();
      assert.ok([400, 413, 422, 404].includes(answer.status), `${what}: ${answer.status} ${text.slice(0, 200)}`);
      if (answer.status === 404) assert.equal(path, '$nothing');
      assert.equal(JSON.parse(text).resourceType, 'OperationOutcome');
    }
    assert.ok(performance.now() - started < 20_000, 'in bounded time');
    assert.equal(({} as { active?: boolean }).active, undefined);
  });

  test(`attack 66: ${way} that is compressed or no UTF-8 is refused`, async () => {
    const bomb = new Uint8Array(gzipSync(`[${' '.repeat(5_000_000)}`));
    const headers = { 'content-type': type };
    const zipped = await server.ask(path, all, {
      method,
      body: bomb,
      headers: { ...headers, 'content-encoding': 'gzip' },
    });
    assert.equal(zipped.status, 415);
    const broken = new Uint8Array(Buffer.from(around('"\xff"'), 'latin1'));
    assert.equal((await server.ask(path, all, { method, body: broken, headers })).status, 400);
  });
}

test('attack 66: none of it changed anything', async () => {
  const patient = (await (await server.ask('Patient/a', all)).json()) as { meta: { versionId: string } };
  assert.equal(patient.meta.versionId, '1');
});
