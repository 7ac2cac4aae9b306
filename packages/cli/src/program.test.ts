import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './program.ts';
import { capturedIo } from './testing/captured-io.ts';

const commands = [
  'serve',
  'connect',
  'token',
  'get',
  'load',
  'keys new',
  'clients list',
  'clients show',
  'clients approve',
  'clients suspend',
  'clients revoke',
  'clients inbox',
  'clients reject',
  'clients ask',
  'clients history',
  'settings show',
  'settings set',
  'admins list',
  'admins create',
  'admins revoke',
  'ig add',
  'ig list',
  'ig remove',
  'tickets show',
  'profiles list',
  'profiles use',
];

for (const command of commands) {
  test(`${command} --help leads with examples`, async () => {
    const io = capturedIo();
    assert.equal(await run([...command.split(' '), '--help'], io), 0);
    const [, blank, heading, example] = io.out().split('\n');
    assert.deepEqual([blank, heading], ['', 'Examples:']);
    assert.ok(example?.startsWith(`  chartgate ${command}`), example);
    assert.ok(io.out().includes(`Usage: chartgate ${command}`));
    assert.equal(io.err(), '');
  });
}

test('help COMMAND is the same as COMMAND --help', async () => {
  const [one, other] = [capturedIo(), capturedIo()];
  await run(['help', 'keys', 'new'], one);
  await run(['keys', 'new', '--help'], other);
  assert.equal(one.out(), other.out());
});

test('help exit-codes lists them', async () => {
  const io = capturedIo();
  assert.equal(await run(['help', 'exit-codes'], io), 0);
  for (const code of [0, 1, 2, 3, 4, 5, 6, 8]) assert.match(io.out(), new RegExp(`^  ${code}  `, 'm'));
});

for (const [words, hint] of [
  [['conect', 'http://x.example'], /Did you mean connect\?/],
  [['clients', 'aprove', 'x'], /Did you mean approve\?/],
  [['keys', 'new', '--ald', 'ES384'], /Did you mean --alg\?/],
] as const) {
  test(`${words.join(' ')} is exit code 3 with the word that was meant`, async () => {
    const io = capturedIo();
    assert.equal(await run(words, io), 3);
    assert.match(io.err(), hint);
    assert.equal(io.out(), '');
  });
}

for (const words of [
  ['clients', 'show'],
  ['profiles', 'use', 'a', 'b'],
  ['load'],
  ['clients'],
  ['connect'],
  ['profiles', 'use', '../x'],
  ['serve', '--port', 'x'],
  ['serve', '--validation', 'x'],
  ['serve', '--smtp-url', 'smtp://mail.example'],
]) {
  test(`${words.join(' ')} is exit code 3`, async () => assert.equal(await run(words, capturedIo()), 3));
}
