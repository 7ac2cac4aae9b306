import assert from 'node:assert/strict';
import { request } from 'node:http';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
let all: string;
before(async () => {
  server = await runningServer();
  all = await server.token('system/*.cruds');
  const name = Array.from({ length: 100 }, (_, i) => ({ family: `Family${i}` }));
  await ask('Patient/h', 'PUT', { body: JSON.stringify({ resourceType: 'Patient', id: 'h', name }) });
});
after(() => server.close());

type Options = { headers?: Record<string, string>; body?: string };
const ask = (path: string, method: string, options: Options = {}) => server.ask(path, all, { method, ...options });
const patient = (id: string, more: object = {}) => JSON.stringify({ resourceType: 'Patient', id, ...more });

test('a write answers the resource, nothing, or an OperationOutcome, as Prefer says', async () => {
  const prefer = (returns: string) => ({ body: patient('prefer'), headers: { prefer: `return=${returns}` } });
  const minimal = await ask('Patient/prefer', 'PUT', prefer('minimal'));
  assert.equal(minimal.status, 201);
  assert.equal(await minimal.text(), '');
  assert.match(minimal.headers.get('location') ?? '', /\/Patient\/prefer\/_history\/1$/);
  assert.equal(minimal.headers.get('content-location'), null);
  const outcome = await ask('Patient/prefer', 'PUT', prefer('OperationOutcome'));
  assert.equal(((await outcome.json()) as { resourceType: string }).resourceType, 'OperationOutcome');
  assert.equal(outcome.headers.get('etag'), 'W/"2"');
  const representation = await ask('Patient/prefer', 'PUT', prefer('representation'));
  assert.equal(((await representation.json()) as { id: string }).id, 'prefer');
  assert.match(representation.headers.get('content-location') ?? '', /\/Patient\/prefer\/_history\/3$/);
  assert.equal(representation.headers.get('location'), null, 'nothing was created');
  const deleted = await ask('Patient/prefer', 'DELETE', { headers: { prefer: 'return=OperationOutcome' } });
  assert.equal(deleted.status, 200);
  assert.equal(((await deleted.json()) as { resourceType: string }).resourceType, 'OperationOutcome');
});

test('a read that knows the version already is a 304 without a body', async () => {
  const first = await ask('Patient/h', 'GET');
  const etag = first.headers.get('etag') ?? '';
  const modified = first.headers.get('last-modified') ?? '';
  const status = async (headers: Record<string, string>, path = 'Patient/h') => {
    const answer = await ask(path, 'GET', { headers });
    if (answer.status === 304) {
      assert.equal(await answer.text(), '');
      assert.equal(answer.headers.get('etag'), etag);
    } else await answer.arrayBuffer();
    return answer.status;
  };
  assert.equal(await status({ 'if-none-match': etag }), 304);
  assert.equal(await status({ 'if-none-match': `W/"9", ${etag}` }), 304);
  assert.equal(await status({ 'if-none-match': '*' }), 304);
  assert.equal(await status({ 'if-none-match': 'W/"9"' }), 200);
  assert.equal(await status({ 'if-none-match': 'nonsense' }), 200);
  assert.equal(await status({ 'if-modified-since': modified }), 304);
  assert.equal(await status({ 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }), 200);
  assert.equal(await status({ 'if-modified-since': modified, 'if-none-match': 'W/"9"' }), 200);
  assert.equal(await status({ 'if-none-match': etag }, 'Patient/h/_history/1'), 304);
  assert.equal(await status({ 'if-none-match': '*' }, 'Patient/nobody'), 404);
});

test('If-None-Match: * on an update creates and never overwrites', async () => {
  const put = (id: string) => ask(`Patient/${id}`, 'PUT', { body: patient(id), headers: { 'if-none-match': '*' } });
  assert.equal((await put('once')).status, 201);
  assert.equal((await put('once')).status, 412);
  assert.deepEqual(
    (await Promise.all(Array.from({ length: 5 }, () => put('race')))).map(({ status }) => status).sort(),
    [201, 412, 412, 412, 412],
  );
});

test('If-Match takes a version in any of its forms, several, or any', async () => {
  await ask('Patient/match', 'PUT', { body: patient('match') });
  const put = async (ifMatch: string) =>
    (await ask('Patient/match', 'PUT', { body: patient('match'), headers: { 'if-match': ifMatch } })).status;
  assert.equal(await put('W/"1"'), 200);
  assert.equal(await put('"2"'), 200);
  assert.equal(await put('W/"9", W/"3"'), 200);
  assert.equal(await put('*'), 200);
  assert.equal(await put('W/"1"'), 412);
  assert.equal(await put('4'), 400);
});

test('HEAD answers the headers of GET alone', async () => {
  for (const path of [
    'Patient/h',
    'Patient/h/_history/1',
    'Patient/h/_history',
    'Patient/_history',
    'Patient',
    '_history',
  ]) {
    const answer = await ask(path, 'HEAD');
    assert.equal(answer.status, 200, path);
    assert.equal(await answer.text(), '');
    assert.match(answer.headers.get('content-type') ?? '', /^application\/fhir\+json/);
  }
  assert.equal((await ask('Patient/h', 'HEAD')).headers.get('etag'), 'W/"1"');
  assert.equal((await ask('Patient/nobody', 'HEAD')).status, 404);
});

test('a method that a path does not take is a 405 that names those it takes', async () => {
  for (const [method, path, allow] of [
    ['POST', 'Patient/h', 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS'],
    ['PUT', '_history', 'GET, HEAD, OPTIONS'],
    ['DELETE', 'Patient/h/_history', 'GET, HEAD, OPTIONS'],
    ['PATCH', 'Patient/h/_history/1', 'GET, HEAD, OPTIONS'],
    ['GET', 'Patient/_search', 'POST, OPTIONS'],
  ] as const) {
    const answer = await ask(path, method, method === 'GET' || method === 'DELETE' ? {} : { body: '{}' });
    assert.equal(answer.status, 405, `${method} ${path}`);
    assert.equal(answer.headers.get('allow'), allow);
  }
});

test('OPTIONS names the methods, also before a page of another origin may ask', async () => {
  const plain = await fetch(`${server.fhir}/Patient/h`, { method: 'OPTIONS' });
  assert.equal(plain.status, 204);
  assert.equal(plain.headers.get('allow'), 'GET, HEAD, PUT, PATCH, DELETE, OPTIONS');
  const preflight = await fetch(`${server.fhir}/Patient/h`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'PATCH',
      'access-control-request-headers': 'authorization,if-match,prefer',
    },
  });
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PATCH/);
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /if-match/);
});

test('JSON is spoken under each of its names, XML and other versions of FHIR are a 406', async () => {
  const status = async (query: string, accept?: string) =>
    (await ask(`Patient/h${query}`, 'GET', accept === undefined ? {} : { headers: { accept } })).status;
  for (const format of ['json', 'application/json', 'application/fhir%2Bjson', 'application/fhir+json', 'text/json']) {
    assert.equal(await status(`?_format=${format}`, 'application/fhir+xml'), 200, format);
  }
  for (const accept of [
    'application/fhir+json; fhirVersion=4.0',
    'application/fhir+xml;q=0.9, application/fhir+json;q=0.8',
    'text/html,*/*;q=0.1',
  ]) {
    assert.equal(await status('', accept), 200, accept);
  }
  for (const format of ['xml', 'application/fhir%2Bxml', 'text/turtle', 'ttl']) {
    assert.equal(await status(`?_format=${format}`), 406, format);
  }
  for (const accept of [
    'application/fhir+xml',
    'application/fhir+json; fhirVersion=5.0',
    'application/fhir+json;q=0',
  ]) {
    assert.equal(await status('', accept), 406, accept);
  }
  const body = '<Patient xmlns="http://hl7.org/fhir"/>';
  for (const type of ['application/fhir+xml', 'application/xml', 'text/plain']) {
    assert.equal((await ask('Patient', 'POST', { body, headers: { 'content-type': type } })).status, 415, type);
  }
});

test('_pretty breaks lines, and changes nothing else', async () => {
  const plain = await (await ask('Patient/h', 'GET')).text();
  const pretty = await (await ask('Patient/h?_pretty=true', 'GET')).text();
  assert.equal(pretty, JSON.stringify(JSON.parse(plain), null, 2));
});

/** fetch decompresses by itself; this shows what is on the wire. */
function raw(
  path: string,
  acceptEncoding: string,
): Promise<{ encoding: string | undefined; bytes: Buffer; vary?: string }> {
  return new Promise((done, failed) => {
    const headers = { authorization: `Bearer ${all}`, 'accept-encoding': acceptEncoding };
    request(`${server.fhir}/${path}`, { headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => {
        const { 'content-encoding': encoding, vary } = answer.headers;
        done({ encoding, bytes: Buffer.concat(chunks), ...(vary === undefined ? {} : { vary }) });
      });
    })
      .on('error', failed)
      .end();
  });
}

test('answers are compressed for who accepts it, but not small ones', async () => {
  const plain = await raw('Patient/h', 'identity');
  assert.equal(plain.encoding, undefined);
  assert.match(plain.vary ?? '', /Accept-Encoding/);
  const gzip = await raw('Patient/h', 'gzip');
  assert.equal(gzip.encoding, 'gzip');
  assert.ok(gzip.bytes.length < plain.bytes.length / 2);
  assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes);
  const br = await raw('Patient/h', 'gzip, deflate, br');
  assert.equal(br.encoding, 'br');
  assert.deepEqual(brotliDecompressSync(br.bytes), plain.bytes);
  assert.equal((await raw('Patient/h', 'br;q=0, gzip;q=0.5')).encoding, 'gzip');
  assert.equal((await raw('Patient/h', '*;q=0')).encoding, undefined);
  assert.equal((await raw('Patient/h?_elements=active', 'gzip, br')).encoding, undefined);
});

test('a part of a resource does not overwrite the whole', async () => {
  const part = await (await ask('Patient/h?_elements=name', 'GET')).text();
  assert.match(part, /SUBSETTED/);
  const answer = await ask('Patient/h', 'PUT', { body: part });
  assert.equal(answer.status, 422);
  assert.match(await answer.text(), /SUBSETTED/);
});

test('attack 54: what is hidden and what is not there are answered alike, by every method', async () => {
  const category = 'http://terminology.hl7.org/CodeSystem/observation-category|vital-signs';
  const token = await server.token(`system/Observation.cruds?category=${category}`);
  const body = (id: string, code: string) =>
    JSON.stringify({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: 'x' },
      category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] }],
    });
  await ask('Observation/hidden', 'PUT', { body: body('hidden', 'laboratory') });
  const patch = JSON.stringify([{ op: 'remove', path: '/code' }]);
  for (const [method, suffix, options] of [
    ['GET', '', {}],
    ['HEAD', '', {}],
    ['GET', '?_elements=status', {}],
    ['GET', '', { headers: { 'if-none-match': '*' } }],
    ['GET', '/_history', {}],
    ['GET', '/_history/1', {}],
    ['DELETE', '', {}],
    ['DELETE', '', { headers: { 'if-match': 'W/"1"' } }],
    ['PATCH', '', { body: patch, headers: { 'content-type': 'application/json-patch+json' } }],
  ] as const) {
    const [hidden, absent] = await Promise.all(
      ['hidden', 'absent'].map(async (id) => {
        const answer = await server.ask(`Observation/${id}${suffix}`, token, { method, ...options });
        return `${answer.status} ${(await answer.text()).replaceAll(id, 'id')}`;
      }),
    );
    assert.equal(hidden, absent, `${method} ${suffix}`);
  }
  assert.equal((await ask('Observation/hidden', 'GET')).status, 200);
});
