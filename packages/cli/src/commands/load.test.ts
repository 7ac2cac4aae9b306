import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { run } from '../program.ts';
import { capturedIo } from '../testing/captured-io.ts';
import { listeningPeer } from '../testing/listen.ts';
import { tar } from '../testing/tar.ts';

const patient = (id: string, more = {}) => ({ resourceType: 'Patient', id, ...more });

function transaction(...resources: readonly object[]): string {
  const entry = resources.map((resource) => ({ resource, request: { method: 'POST', url: 'Patient' } }));
  return JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }, null, 2);
}

/** A peer, and a folder with these files and a credential for it. */
async function scene(
  files: Readonly<Record<string, string | Buffer>>,
  options: Parameters<typeof listeningPeer>[0] = {},
) {
  const peer = await listeningPeer(options);
  const env = { CHARTGATE_ADMIN_TOKEN: 'admin-token-of-the-peer', CHARTGATE_URL: peer.url };
  const first = capturedIo({ env });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(first.cwd, name)), { recursive: true });
    writeFileSync(join(first.cwd, name), content);
  }
  const io = (changes = {}) => capturedIo({ env, cwd: first.cwd, ...changes });
  const ids = () => peer.chart.resources.map(({ id }) => id).sort();
  return { peer, io, cwd: first.cwd, env, ids };
}

const ndjson = (...resources: readonly object[]) => `${resources.map((one) => JSON.stringify(one)).join('\n')}\n`;

test('bundles and NDJSON load plain, by gzip and by zstd', async () => {
  const { io, ids, peer } = await scene({
    'in/a.json': transaction(patient('ignored')),
    'in/b.ndjson': ndjson(patient('b1'), patient('b2')),
    'in/c.ndjson.gz': gzipSync(ndjson(patient('c1'))),
    'in/d/d.ndjson.zst': zstdCompressSync(ndjson(patient('d1'))),
    'in/notes.txt': 'not for loading',
  });
  const one = io();
  assert.equal(await run(['load', 'in', '--concurrency', '1'], one), 0, one.err());
  assert.deepEqual(ids(), ['1', 'b1', 'b2', 'c1', 'd1']);
  assert.equal(one.out(), 'Patient\t5\t5\n');
  assert.match(one.err(), /^5 resources in .*\/s$/m);
  assert.equal(peer.chart.bundles[0], transaction(patient('ignored')), 'a bundle is sent byte for byte');
});

for (const [ending, pack] of [
  ['tar', (data: Buffer) => data],
  ['tar.gz', gzipSync],
  ['tar.zst', zstdCompressSync],
] as const) {
  test(`.${ending} loads, hospitals and practitioners first`, async () => {
    const { io, peer } = await scene({
      [`all.${ending}`]: pack(
        tar({
          'x/Ada.json': transaction(patient('1', { name: [{ text: 'Ada' }] })),
          [`x/${'long'.repeat(40)}.json`]: transaction(patient('2', { name: [{ text: 'Long' }] })),
          'x/practitionerInformation1.json': transaction(patient('3', { name: [{ text: 'Practitioners' }] })),
          'x/hospitalInformation1.json': transaction(patient('4', { name: [{ text: 'Hospitals' }] })),
          'x/README': 'not for loading',
        }),
      ),
    });
    const one = io();
    assert.equal(await run(['load', `all.${ending}`], one), 0, one.err());
    const order = peer.chart.bundles.map((text) => /"text": "(\w+)"/.exec(text)![1]);
    assert.deepEqual(order.slice(0, 2).sort(), ['Hospitals', 'Practitioners']);
    assert.deepEqual(order.slice(2).sort(), ['Ada', 'Long']);
  });
}

test('a bad file or line is named with its line and reason, and the rest is loaded', async () => {
  const { io, ids } = await scene({
    'in/broken.json': '{\n  "resourceType": "Bundle",\n  "type": oops\n}',
    'in/collection.json': '{"resourceType":"Bundle","type":"collection"}',
    'in/lines.ndjson': `${JSON.stringify(patient('l1'))}\n{"resourceType": \n\n[]\n${JSON.stringify(patient('l5', { bad: 'no such member' }))}\n${JSON.stringify(patient('x y'))}\n${JSON.stringify(patient('l7'))}`,
    'in/refused.json': transaction(patient('1'), patient('2', { bad: 'birthDate is no date' })),
    'in/short.tar': tar({ 'x/t.ndjson': ndjson(patient('t1')) }).subarray(0, 520),
    'in/short.ndjson.gz': gzipSync(ndjson(patient('s1'))).subarray(0, 20),
    'in/z.json': transaction(patient('ok')),
  });
  const one = io();
  assert.equal(await run(['load', 'in', '--concurrency', '1'], one), 1);
  assert.deepEqual(ids(), ['3', 'l1', 'l7'].sort());
  for (const named of [
    'in/broken.json:3: not JSON',
    'in/collection.json:1: the Bundle is a collection',
    'in/lines.ndjson:2: not JSON',
    'in/lines.ndjson:4: not a FHIR resource',
    'in/lines.ndjson:5: no such member',
    'in/lines.ndjson:6: its id is no FHIR id',
    'in/refused.json:15: birthDate is no date (Bundle.entry[1].resource)',
    'in/short.ndjson.gz: unexpected end of file',
    'in/short.tar: not a whole tar archive: it ends too soon',
  ]) {
    assert.ok(one.err().includes(named), `${named}\nin\n${one.err()}`);
  }
  assert.match(one.err(), /10 failed\./);
});

test('a second run sends nothing that was stored, and only the lines that were not', async () => {
  const bad = patient('b', { bad: 'not now' });
  const { io, peer, cwd } = await scene({ 'in.ndjson': ndjson(patient('a'), bad, patient('c')) });
  assert.equal(await run(['load', 'in.ndjson'], io()), 1);
  const sent = peer.chart.bundles.length;
  const again = io();
  assert.equal(await run(['load', 'in.ndjson'], again), 1);
  assert.equal(peer.chart.bundles.length, sent + 1);
  assert.deepEqual(
    JSON.parse(peer.chart.bundles.at(-1)!).entry.map((entry: { resource: { id: string } }) => entry.resource.id),
    ['b'],
  );
  assert.match(again.err(), /in\.ndjson:2: not now/);

  writeFileSync(join(cwd, 'good.ndjson'), ndjson(patient('g')));
  assert.equal(await run(['load', 'good.ndjson'], io()), 0);
  const skipped = io();
  assert.equal(await run(['load', 'good.ndjson', '--json'], skipped), 0);
  assert.deepEqual(
    { ...JSON.parse(skipped.out()), seconds: 0 },
    { stored: 0, skipped: 1, failed: 0, seconds: 0, types: {}, problems: [] },
  );
  assert.equal(await run(['load', 'good.ndjson', '--again', '--json'], io()), 0);
  assert.equal(peer.chart.bundles.length, sent + 3);
});

test('of a batch that was stored in part, the next run sends the other part', async () => {
  const entry = [patient('a', { bad: 'not now' }), patient('b')].map((resource) => ({
    resource,
    request: { method: 'PUT', url: `Patient/${resource.id}` },
  }));
  const { io, peer } = await scene({ 'in.json': JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry }) });
  assert.equal(await run(['load', 'in.json'], io()), 1);
  assert.equal(await run(['load', 'in.json'], io()), 1);
  assert.deepEqual(JSON.parse(peer.chart.bundles[1]!).entry, [entry[0]]);
});

test('a killed run goes on where it was', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, at) => [
      `in/${at + 10}.json`,
      transaction(patient(`p${at}`, { name: [{ text: `n${at}` }] })),
    ]),
  );
  const { io, peer, cwd, env } = await scene(files);
  let slow = true;
  peer.intercept = async (request) => {
    if (slow && request.url.endsWith('/fhir')) await new Promise((done) => setTimeout(done, 30));
    return undefined;
  };
  const bin = fileURLToPath(new URL('../main.ts', import.meta.url));
  const args = ['--conditions=@chartgate/source', bin, 'load', 'in', '--concurrency', '2'];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env, CHARTGATE_CONFIG: join(cwd, 'config') },
  });
  while (peer.chart.bundles.length < 8) await new Promise((done) => setTimeout(done, 5));
  child.kill('SIGKILL');
  await new Promise((done) => child.on('exit', done));
  await new Promise((done) => setTimeout(done, 100));
  slow = false;
  const before = peer.chart.bundles.length;
  const one = io();
  assert.equal(await run(['load', 'in'], one), 0, one.err());
  const names = new Set(peer.chart.bundles.map((text) => /n\d+/.exec(text)![0]));
  assert.equal(names.size, 30);
  const twice = peer.chart.bundles.length - 30;
  assert.ok(before >= 8 && twice <= 2, `only what was on its way may be sent twice: ${twice}`);
  if (twice > 0) assert.match(one.err(), new RegExp(`^${twice} requests? (was|were) on`, 'm'));
});

test('a server that goes away stops the run with a sentence, and the next run does the rest', async () => {
  const { io, peer } = await scene({ 'in.ndjson': ndjson(patient('a')), 'in2.ndjson': ndjson(patient('b')) });
  peer.intercept = (request) =>
    request.url.endsWith('/fhir') ? new Response(null, { status: 503, headers: { 'retry-after': '0' } }) : undefined;
  const one = io();
  assert.equal(await run(['load', 'in.ndjson', 'in2.ndjson', '--concurrency', '1'], one), 1);
  assert.match(one.err(), /Error: .* answered 503.* Run the same command again/);
  assert.equal(peer.log.filter((line) => line === 'POST /apis/default/fhir').length, 6);
  peer.intercept = undefined;
  assert.equal(await run(['load', 'in.ndjson', 'in2.ndjson'], io()), 0);
  assert.equal(peer.chart.resources.length, 2);
});

test('503 with Retry-After is waited out', async () => {
  const { io, peer } = await scene({ 'in.ndjson': ndjson(patient('a')) });
  let refused = 0;
  peer.intercept = (request) =>
    request.url.endsWith('/fhir') && refused++ < 2
      ? new Response(null, { status: 503, headers: { 'retry-after': '0' } })
      : undefined;
  const one = io();
  assert.equal(await run(['load', 'in.ndjson'], one), 0, one.err());
  assert.equal(refused, 3);
});

test('the ledger lies in the data directory, for its owner only', async () => {
  const { io, cwd } = await scene({ 'in.ndjson': ndjson(patient('a')), 'data/keep': '' });
  assert.equal(await run(['load', 'in.ndjson', '--data', 'data'], io()), 0);
  const [ledger] = readdirSync(join(cwd, 'data', 'loads'));
  assert.equal(statSync(join(cwd, 'data', 'loads', ledger!)).mode & 0o777, 0o600);
  assert.ok(!readFileSync(join(cwd, 'data', 'loads', ledger!), 'utf8').includes('Patient'));
});

test('decimals and ids of NDJSON reach the server as written', async () => {
  const { io, peer } = await scene({
    'o.ndjson': '{"resourceType":"Observation","id":"o.1","valueQuantity":{"value":1.50}}',
  });
  assert.equal(await run(['load', 'o.ndjson'], io()), 0);
  assert.equal(
    peer.chart.bundles[0],
    '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Observation","id":"o.1","valueQuantity":{"value":1.50}},"request":{"method":"PUT","url":"Observation/o.1"}}]}',
  );
});

test('a path that is not there is exit code 6, and a kind it does not know 3', async () => {
  const { io } = await scene({ 'a.xml': '<x/>' });
  assert.equal(await run(['load', 'nothing.json'], io()), 6);
  assert.equal(await run(['load', 'a.xml'], io()), 3);
});
