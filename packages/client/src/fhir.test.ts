import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FhirError, UnexpectedAnswer } from './errors.ts';
import { type Bundle, fhirClient } from './fhir.ts';
import { peer } from './testing/peer.ts';
import type { Token } from './token.ts';

const base = 'http://smart.example/apis/default/fhir';

function scene() {
  const server = peer();
  for (let at = 0; at < 45; at++) server.chart.resources.push({ resourceType: 'Patient', id: `p${at}` });
  const tokens: string[] = [];
  // The third token and those after it are never good.
  const token = async (rejected?: Token): Promise<Token> => {
    if (rejected || tokens.length === 0) {
      tokens.push(`secret-token-${tokens.length}`);
      if (tokens.length < 3) server.gate.tokens.set(tokens.at(-1)!, Date.now() + 300_000);
    }
    return { accessToken: tokens.at(-1)!, expiresAt: Date.now() + 300_000, scope: '' };
  };
  const calls: string[] = [];
  const fetch = (url: string, init?: RequestInit) => {
    calls.push(url);
    return server.fetch(url, init);
  };
  return { server, calls, tokens, fhir: fhirClient({ base, token, fetch }) };
}

test('read gives the resource and its text', async () => {
  const { fhir } = scene();
  const { resource, text } = await fhir.read('Patient/p1');
  assert.deepEqual(resource, JSON.parse(text));
});

test('resources walks through all pages, one request a page, and stops when the reader does', async () => {
  const { fhir, calls } = scene();
  const ids: unknown[] = [];
  for await (const { id } of fhir.resources('Patient?_count=20')) ids.push(id);
  assert.deepEqual([new Set(ids).size, calls.length], [45, 3]);
  for await (const _page of fhir.pages('Patient')) break;
  assert.equal(calls.length, 4);
});

for (const [what, url] of [
  ['another origin', 'https://smart.example/apis/default/fhir/Patient?page=2'],
  ['another port', 'http://smart.example:81/Patient'],
  ['the same page', `${base}/Patient`],
  ['no address', 'http://'],
] as const) {
  test(`a next link to ${what} is refused and not followed`, async () => {
    const { fhir, server, calls } = scene();
    const bundle = { resourceType: 'Bundle', type: 'searchset', link: [{ relation: 'next', url }] };
    server.intercept = () => Response.json(bundle);
    await assert.rejects(async () => {
      for await (const _page of fhir.pages('Patient'));
    }, UnexpectedAnswer);
    assert.equal(calls.length, 1);
  });
}

for (const reference of [
  'https://elsewhere.example/Patient',
  '../admin/clients',
  '..',
  'http://smart.example/apis/default/fhirlike',
]) {
  test(`${reference} does not leave the base`, async () => {
    const { fhir, calls } = scene();
    await assert.rejects(async () => fhir.read(reference), TypeError);
    assert.equal(calls.length, 0);
  });
}

test('a refused token is renewed once, and the refusal after that is given on without the token', async () => {
  const { fhir, server, tokens } = scene();
  await fhir.read('Patient/p1');
  server.gate.tokens.clear();
  await fhir.read('Patient/p1');
  assert.equal(tokens.length, 2);
  server.gate.tokens.clear();
  const error = await fhir.read('Patient/p1').catch((cause: unknown) => cause);
  assert.ok(error instanceof FhirError);
  assert.deepEqual([error.status, error.issues[0]?.code], [401, 'login']);
  assert.ok(!`${JSON.stringify(error)}${error.stack}`.includes('secret-token'));
});

for (const status of [429, 503]) {
  test(`${status} is waited out as Retry-After says, and no longer than so often`, async () => {
    const { fhir, server, calls } = scene();
    server.intercept = () =>
      calls.length <= 2 ? new Response(null, { status, headers: { 'retry-after': '0' } }) : undefined;
    await fhir.read('Patient/p1');
    assert.equal(calls.length, 3);
    server.intercept = () => new Response(null, { status, headers: { 'retry-after': new Date(0).toUTCString() } });
    await assert.rejects(fhir.read('Patient/p1'), FhirError);
    assert.equal(calls.length, 3 + 6);
  });
}

test('an outcome comes with its expression, and the message holds no query', async () => {
  const { fhir, server } = scene();
  const issue = [{ severity: 'error', code: 'invalid', diagnostics: 'Unknown parameter', expression: ['Patient.nme'] }];
  server.intercept = () => Response.json({ resourceType: 'OperationOutcome', issue }, { status: 400 });
  const error = await fhir.search('Patient?nme=Ada').catch((cause: unknown) => cause);
  assert.ok(error instanceof FhirError);
  assert.deepEqual(error.issues, issue);
  assert.equal(error.message, `${base}/Patient answered 400: Unknown parameter`);
});

test('a transaction given as text is sent byte for byte', async () => {
  const { fhir, server } = scene();
  const text = '{ "resourceType":"Bundle","type":"transaction","entry":[] , "x": 1.50 }';
  const answer: Bundle = (await fhir.transaction(text)).resource;
  assert.deepEqual([server.chart.bundles[0], answer.type], [text, 'transaction-response']);
});

test('an answer longer than the limit is not read to its end', async () => {
  const body = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1 << 16)) });
  const fhir = fhirClient({ base, limit: 1 << 20, fetch: async () => new Response(body) });
  await assert.rejects(fhir.read('Patient/1'), /longer than/);
});

test('waiting ends as soon as the signal is aborted', async () => {
  const stop = new AbortController();
  const fetch = async () => new Response(null, { status: 503, headers: { 'retry-after': '60' } });
  const reading = fhirClient({ base, fetch, signal: stop.signal }).read('Patient/1');
  setTimeout(() => stop.abort(new Error('stopped')), 10);
  await assert.rejects(reading, /stopped/);
});
