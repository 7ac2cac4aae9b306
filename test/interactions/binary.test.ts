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

const bytes = new Uint8Array([0, 255, 128, 10, 13, 0xc3, 0x28]);
const write = (path: string, method: string, type: string, body: string | Uint8Array<ArrayBuffer>, more = {}) =>
  server.ask(path, all, { method, body, headers: { 'content-type': type, ...more } });
const read = (path: string, accept: string, token = all) => server.ask(path, token, { headers: { accept } });

test('raw content is stored and answered as it was sent, under its own type', async () => {
  const made = await write('Binary', 'POST', 'image/png', bytes, { 'x-security-context': 'Patient/1' });
  assert.equal(made.status, 201);
  const { id } = (await made.json()) as { id: string };
  for (const accept of ['*/*', 'image/*', 'image/png', 'text/html, image/png;q=0.5']) {
    const answer = await read(`Binary/${id}`, accept);
    assert.equal(answer.status, 200, accept);
    assert.equal(answer.headers.get('content-type'), 'image/png');
    assert.equal(answer.headers.get('x-security-context'), 'Patient/1');
    assert.equal(answer.headers.get('etag'), 'W/"1"');
    assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), bytes);
  }
  assert.equal((await read(`Binary/${id}`, 'image/jpeg')).status, 406);
  const head = await server.ask(`Binary/${id}`, all, { method: 'HEAD' });
  assert.equal(head.headers.get('content-type'), 'image/png');
  assert.equal((await read(`Binary/${id}/_history/1`, '*/*')).headers.get('content-type'), 'image/png');
});

test('who names a FHIR format gets the resource, and may write it', async () => {
  const data = Buffer.from('hello').toString('base64');
  const body = JSON.stringify({ resourceType: 'Binary', id: 'b', contentType: 'text/plain', data });
  assert.equal((await write('Binary/b', 'PUT', 'application/fhir+json', body)).status, 201);
  for (const accept of ['application/fhir+json', 'application/json']) {
    assert.equal(((await (await read('Binary/b', accept)).json()) as { data: string }).data, data);
  }
  assert.equal(((await (await read('Binary/b?_format=json', '*/*')).json()) as { data: string }).data, data);
  assert.equal(await (await read('Binary/b', '*/*')).text(), 'hello');
  assert.equal((await write('Binary/b', 'PUT', 'text/csv', 'a,b')).status, 200);
  const csv = await read('Binary/b', '*/*');
  assert.equal(csv.headers.get('content-type'), 'text/csv');
  assert.equal(await csv.text(), 'a,b');
  assert.equal((await read('Binary/b', 'application/fhir+xml')).status, 406);
});

test('the conditions of a read hold for raw content, too', async () => {
  const answer = await server.ask('Binary/b', all, { headers: { accept: '*/*', 'if-none-match': 'W/"2"' } });
  assert.equal(answer.status, 304);
  await server.ask('Binary/b', all, { method: 'DELETE' });
  assert.equal((await read('Binary/b', '*/*')).status, 410);
  assert.equal((await read('Binary/nobody', '*/*')).status, 404);
});

test('raw content that is too large, compressed, of no type or XML of FHIR is refused', async () => {
  assert.equal((await write('Binary', 'POST', 'image/png', new Uint8Array(6 * 1024 * 1024))).status, 413);
  assert.equal((await write('Binary', 'POST', 'image/png', new Uint8Array(9 * 1024 * 1024))).status, 413);
  assert.equal((await write('Binary', 'POST', 'text/plain', 'x', { 'content-encoding': 'gzip' })).status, 415);
  assert.equal((await write('Binary', 'POST', 'application/fhir+xml', '<Binary/>')).status, 415);
  assert.equal((await write('Binary', 'POST', 'nonsense', 'x')).status, 415);
  assert.equal((await write('Binary', 'POST', 'text/plain', 'x', { 'x-security-context': 'a b' })).status, 400);
});

for (const type of [
  'text/html',
  'image/svg+xml',
  'application/xhtml+xml',
  'text/xml',
  'application/pdf',
  'text/javascript',
]) {
  test(`attack 50: a Binary of ${type} cannot script this origin`, async () => {
    const made = await write('Binary', 'POST', type, '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
    const { id } = (await made.json()) as { id: string };
    const answer = await read(`Binary/${id}`, '*/*');
    assert.equal(answer.headers.get('content-type'), type);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.match(answer.headers.get('content-security-policy') ?? '', /\bsandbox\b/);
    assert.equal(answer.headers.get('content-disposition'), 'attachment');
    await answer.arrayBuffer();
  });
}

test('attack 50: a content type that would break out of its header is sent as none', async () => {
  const body = (contentType: string) => JSON.stringify({ resourceType: 'Binary', id: 'x', contentType, data: 'aGk=' });
  for (const type of ['text/html x: y', 'text/html;charset="', 'a/b,text/html', 'évil/type']) {
    assert.ok((await write('Binary/x', 'PUT', 'application/fhir+json', body(type))).ok, type);
    const answer = await read('Binary/x', '*/*');
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream', type);
    assert.equal(answer.headers.get('content-disposition'), 'attachment');
  }
});

test('attack 50: raw content needs the right to read it', async () => {
  await write('Binary/secret', 'PUT', 'text/plain', 'secret');
  assert.equal((await read('Binary/secret', '*/*', await server.token('system/Patient.rs'))).status, 403);
  assert.equal((await server.ask('Binary/secret', undefined, { headers: { accept: '*/*' } })).status, 401);
});

test('attack 69: a narrative that could script a page is refused or stays text of JSON', async () => {
  const div = (inner: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${inner}</div>`;
  const body = JSON.stringify({
    resourceType: 'Patient',
    text: { status: 'generated', div: div('<script>alert(1)</script>') },
  });
  const answer = await server.ask('Patient', all, { method: 'POST', body });
  if (answer.status === 201) {
    const location = answer.headers.get('location') ?? '';
    const shown = await server.ask(location, all, { headers: { accept: 'text/html' } });
    assert.match(shown.headers.get('content-type') ?? '', /^application\/fhir\+json/);
    assert.equal(shown.headers.get('x-content-type-options'), 'nosniff');
  } else assert.equal(answer.status, 400);
});

test('attack 69: XML is not parsed at all', async () => {
  const bomb =
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Patient xmlns="http://hl7.org/fhir">&b;</Patient>';
  for (const type of ['application/fhir+xml', 'application/xml', 'text/xml']) {
    assert.equal((await write('Patient', 'POST', type, bomb)).status, 415);
  }
});
