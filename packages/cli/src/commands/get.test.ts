import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from '../program.ts';
import { capturedIo } from '../testing/captured-io.ts';
import { listeningPeer } from '../testing/listen.ts';

/** A peer with 45 patients and an io that is connected to it. */
async function connected(options: Parameters<typeof listeningPeer>[0] = {}) {
  const peer = await listeningPeer({ approval: false, ...options });
  for (let at = 0; at < 45; at++) {
    peer.chart.resources.push({ resourceType: 'Patient', id: `p${at}`, name: [{ text: `Person ${at}` }] });
  }
  const first = capturedIo();
  assert.equal(await run(['connect', peer.url], first), 0, first.err());
  peer.log.length = 0;
  return { peer, io: (changes = {}) => capturedIo({ cwd: first.cwd, ...changes }) };
}

test('get shows the first page of a search as a table and says that there is more', async () => {
  const { io } = await connected();
  const one = io();
  assert.equal(await run(['get', 'Patient?_count=20'], one), 0, one.err());
  assert.equal(one.out().split('\n').length, 21);
  assert.match(one.err(), /There is more: --all/);
});

test('get --all --json follows the pages and prints a resource a line', async () => {
  const { io, peer } = await connected();
  const one = io();
  assert.equal(await run(['get', 'Patient', '--all', '--json'], one), 0, one.err());
  const lines = one
    .out()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id);
  assert.deepEqual(
    lines,
    Array.from({ length: 45 }, (_, at) => `p${at}`),
  );
  assert.equal(peer.log.filter((line) => line.startsWith('GET')).length, 3);
});

test('get of one resource prints JSON with each decimal as it was written', async () => {
  const { io, peer } = await connected();
  peer.intercept = (request) =>
    request.url.endsWith('/Observation/o1')
      ? new Response('{"resourceType":"Observation","id":"o1","valueQuantity":{"value":1.50}}')
      : undefined;
  const one = io();
  assert.equal(await run(['get', 'Observation/o1'], one), 0, one.err());
  assert.match(one.out(), /"value": 1\.50\n/);
});

test('one token serves many commands, and a token that the server no longer takes is renewed', async () => {
  const { io, peer } = await connected();
  await run(['get', 'Patient/p1'], io());
  await run(['token'], io());
  assert.equal(peer.log.filter((line) => line.endsWith('/token')).length, 0);
  peer.gate.tokens.clear();
  const one = io();
  assert.equal(await run(['get', 'Patient/p1'], one), 0, one.err());
  assert.equal(peer.log.filter((line) => line.endsWith('/token')).length, 1);
});

test('token prints a live token and nothing else to stdout', async () => {
  const { io, peer } = await connected();
  const one = io();
  assert.equal(await run(['token'], one), 0, one.err());
  assert.deepEqual(
    [one.out()],
    [...peer.gate.tokens.keys()].map((token) => `${token}\n`),
  );
  const fresh = io();
  await run(['token', '--new'], fresh);
  assert.notEqual(fresh.out(), one.out());
});

test('a token near its end is not used again', async () => {
  const { io, peer } = await connected({ tokenLife: 20 });
  await run(['token'], io());
  await run(['token'], io());
  assert.equal(peer.log.filter((line) => line.endsWith('/token')).length, 2);
});

for (const query of ['https://elsewhere.example/Patient', '../admin/clients', '//elsewhere.example/x']) {
  test(`get ${query} does not take the token out of the FHIR base`, async () => {
    const { io, peer } = await connected();
    const one = io();
    const code = await run(['get', query], one);
    assert.ok(code === 3 || code === 6, `${code} ${one.err()}`);
    assert.ok(peer.log.every((line) => line.startsWith('GET /apis/default/fhir/')));
  });
}

test('a next link to another origin is refused', async () => {
  const { io, peer } = await connected();
  const link = [{ relation: 'next', url: 'https://elsewhere.example/Patient?page=2' }];
  peer.intercept = (request) =>
    request.url.includes('Patient') ? Response.json({ resourceType: 'Bundle', type: 'searchset', link }) : undefined;
  const one = io();
  assert.equal(await run(['get', 'Patient', '--all'], one), 1);
  assert.match(one.err(), /another origin/);
});

test('what is not there is exit code 6, and get without a profile is exit code 4', async () => {
  const { io } = await connected();
  assert.equal(await run(['get', 'Patient/nobody'], io()), 6);
  const stranger = capturedIo();
  assert.equal(await run(['get', 'Patient'], stranger), 4);
  assert.match(stranger.err(), /npx chartgate connect URL/);
});

test('a refusal by scope is exit code 5 with the words of the server', async () => {
  const { io, peer } = await connected();
  const issue = [{ severity: 'error', code: 'forbidden', diagnostics: 'Needs system/Encounter.s' }];
  peer.intercept = (request) =>
    request.url.includes('Encounter')
      ? Response.json({ resourceType: 'OperationOutcome', issue }, { status: 403 })
      : undefined;
  const one = io();
  assert.equal(await run(['get', 'Encounter', '--json'], one), 5);
  assert.deepEqual(JSON.parse(one.err()).issue, issue);
});
