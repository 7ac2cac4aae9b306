import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from './testing/captured-io.ts';
import { listeningPeer } from './testing/listen.ts';

const bin = fileURLToPath(new URL('../bin/chartgate.js', import.meta.url));
const env = { ...process.env, CHARTGATE_CONFIG: temporaryFolder() };

test('the command starts itself again where the export condition is missing', () => {
  const { status, stdout } = spawnSync(process.execPath, [bin, 'help', 'exit-codes'], { encoding: 'utf8', env });
  assert.equal(status, 0);
  assert.match(stdout, /^Exit codes/);
});

test('exit codes pass through', () => {
  assert.equal(spawnSync(process.execPath, [bin, 'nonsense'], { env }).status, 3);
});

test('where no Node is new enough, a sentence says what to do', () => {
  const { status, stderr } = spawnSync(process.execPath, [bin], {
    encoding: 'utf8',
    env: { ...env, CHARTGATE_STARTED_AGAIN: '1' },
  });
  assert.equal(status, 1);
  assert.match(stderr, /needs Node 22\.18 or newer.*npm ci/);
});

test('an old system Node finds the Node of the project', { skip: !existsSync('/usr/bin/node') }, () => {
  const { status, stdout } = spawnSync('/usr/bin/node', [bin, '--version'], { encoding: 'utf8', env });
  assert.deepEqual([status, stdout], [0, '0.1.0\n']);
});

for (const [signal, code] of [
  ['SIGINT', 2],
  ['SIGTERM', 2],
  ['SIGKILL', null],
] as const) {
  test(`${signal} ends the command and the Node it started`, async () => {
    const peer = await listeningPeer();
    const child = spawn(process.execPath, [bin, 'connect', peer.url], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    const words: string[] = [];
    child.stderr.on('data', (chunk) => words.push(String(chunk)));
    const ended = new Promise((done) => child.on('exit', done));
    // The inner Node holds the other end of stderr, so its end is seen there.
    const closed = new Promise((done) => child.stderr.on('close', done));
    while (!words.join('').includes('clients approve')) await new Promise((done) => setTimeout(done, 20));
    child.kill(signal);
    assert.equal(await ended, code);
    await closed;
    assert.match(words.join(''), /Cancelled\./);
  });
}
