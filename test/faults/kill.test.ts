import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, run, start } from '../support/command.ts';
import { freePort } from '../support/free-port.ts';

const node = 'node';
let folder: string;
let url: string;
let serving: Command;
let token: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chartgate-kill-'));
  url = `http://localhost:${await freePort()}`;
  await serve();
});
after(async () => {
  serving.child.kill('SIGINT');
  await serving.ended;
  await rm(folder, { recursive: true, force: true });
});

/** Starts the server as its own process, so that killing it kills just it. */
async function serve(): Promise<void> {
  const { port } = new URL(url);
  const main = 'packages/cli/bin/chartgate.js';
  serving = start(node, ['--conditions=@chartgate/source', main, 'serve', '--port', port, '--data', folder]);
  await serving.printed(/Chartgate is up/);
  const { token: admin } = JSON.parse(await readFile(join(folder, 'admin.json'), 'utf8'));
  const answer = await fetch(`${url}/apis/default/admin/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}` },
    body: JSON.stringify({ scope: 'system/*.cruds' }),
  });
  token = ((await answer.json()) as { access_token: string }).access_token;
}

/** Creates patients one after another until told to stop; the ids of those whose creation was acknowledged. */
async function createUntil(stopped: () => boolean, acknowledged: string[], others: number[]): Promise<void> {
  while (!stopped()) {
    const answer = await fetch(`${url}/apis/default/fhir/Patient`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      body: '{"resourceType":"Patient"}',
    }).catch(() => undefined);
    if (answer?.status === 201) acknowledged.push(((await answer.json()) as { id: string }).id);
    else others.push(answer?.status ?? 0);
    if (answer?.status !== 201) await sleep(20);
  }
}

async function missing(ids: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (const id of ids) {
    const answer = await fetch(`${url}/apis/default/fhir/Patient/${id}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) lost.push(id);
  }
  return lost;
}

test('kill -9 of the server loses nothing that was acknowledged', async () => {
  const acknowledged: string[] = [];
  let stop = false;
  const writers = Array.from({ length: 8 }, () => createUntil(() => stop, acknowledged, []));
  await sleep(1000);
  serving.child.kill('SIGKILL');
  await serving.ended;
  stop = true;
  await Promise.all(writers);
  assert.ok(acknowledged.length > 50, `${acknowledged.length} were written`);
  await serve();
  assert.deepEqual(await missing(acknowledged), []);
});

test('kill -9 of the database is a 503 for a moment, and loses nothing that was acknowledged', async () => {
  const acknowledged: string[] = [];
  const others: number[] = [];
  let stop = false;
  const writers = Array.from({ length: 8 }, () => createUntil(() => stop, acknowledged, others));
  await sleep(500);
  const before = acknowledged.length;
  const postmaster = Number((await readFile(join(folder, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
  process.kill(postmaster, 'SIGKILL');
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline && acknowledged.length < before + 200) await sleep(50);
  stop = true;
  await Promise.all(writers);
  assert.ok(acknowledged.length >= before + 200, 'it writes again, by itself');
  assert.deepEqual(
    others.filter((status) => status !== 503),
    [],
    'what was not written was refused with 503',
  );
  assert.deepEqual(await missing(acknowledged), []);
});

test('a second server on the same data directory is refused with a sentence that says so', async () => {
  const { code, stderr } = await run('chartgate', ['serve', '--port', String(await freePort()), '--data', folder]);
  assert.notEqual(code, 0);
  assert.match(stderr, /in use/);
  assert.doesNotMatch(stderr, /\.ts:\d/);
});

test('a port that is taken is refused with a sentence that says so', async () => {
  const other = await mkdtemp(join(tmpdir(), 'chartgate-port-'));
  const { port } = new URL(url);
  const { code, stderr } = await run('chartgate', ['serve', '--port', port, '--data', other]);
  await rm(other, { recursive: true, force: true });
  assert.notEqual(code, 0);
  assert.match(stderr, new RegExp(`Port ${port} is taken`));
  assert.doesNotMatch(stderr, /\.ts:\d/);
});
