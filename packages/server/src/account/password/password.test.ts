import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { defaultAccountConfig } from '../config.ts';
import { readEmail, readUserName } from '../names.ts';
import { hashQueue } from './hash-queue.ts';
import { passwords } from './password-hash.ts';
import { requireGoodPassword } from './password-rules.ts';

const { argon2, hashing } = defaultAccountConfig;

function refusal(work: () => unknown): string {
  try {
    work();
    return 'none';
  } catch (error) {
    return error instanceof OAuthError ? error.refusal : String(error);
  }
}

test('a password is hashed by argon2id in the form of PHC, each time with another salt', async () => {
  const { hash, matches } = passwords(argon2, hashing);
  const [one, two] = await Promise.all([hash('correct horse battery'), hash('correct horse battery')]);
  assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(one, two);
  assert.equal(await matches('correct horse battery', one), true);
  assert.equal(await matches('correct horse batterz', one), false);
});

test('the hash of the reference implementation is understood', async () => {
  // printf password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 -e, of the reference implementation's own tests
  const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';
  assert.equal(await passwords(argon2, hashing).matches('password', known), true);
});

test('one password in two spellings of Unicode is one password', async () => {
  const { hash, matches } = passwords(argon2, hashing);
  assert.equal(await matches('Zu\u0308rich im Regen', await hash('Zürich im Regen')), true);
});

test('without a hash, or with a broken one, no password is right, at the same cost', async () => {
  const { matches, queue } = passwords(argon2, hashing);
  for (const stored of [undefined, '', '$argon2id$v=19$m=1,t=1,p=1$x$y', '$2y$10$abc']) {
    const before = queue.count;
    assert.equal(await matches('anything at all', stored), false);
    assert.equal(queue.count, before + 1);
  }
});

test('a hash of another cost is told to be outdated', async () => {
  const today = passwords(argon2, hashing);
  const weak = passwords({ memory: 64, passes: 1, parallelism: 1 }, hashing);
  assert.equal(today.isOutdated(await weak.hash('seven green kettles')), true);
  assert.equal(today.isOutdated(await today.hash('seven green kettles')), false);
});

test('few hashes run at the same time, some wait, and what is too much is refused', async () => {
  const queue = hashQueue({ atOnce: 2, waiting: 3 });
  let running = 0;
  let most = 0;
  const open: (() => void)[] = [];
  const work = async () => {
    most = Math.max(most, ++running);
    await new Promise<void>((go) => open.push(go));
    running--;
  };
  const all = Array.from({ length: 8 }, () =>
    queue.run(work).then(
      () => 'done',
      (error) => error.refusal,
    ),
  );
  for (let i = 0; i < 20; i++) {
    await new Promise(setImmediate);
    open.shift()?.();
  }
  const outcomes = await Promise.all(all);
  assert.equal(most, 2);
  assert.deepEqual(outcomes.filter((one) => one === 'done').length, 5);
  assert.deepEqual(outcomes.filter((one) => one === 'password-queue').length, 3);
  assert.equal(await queue.run(async () => 'again'), 'again');
});

test('a password is long enough, not too long, not one’s own name and not among the commonest', () => {
  const whose = { userName: 'Josephine-Baker', email: 'josephine.b@mail.example' };
  const refused = ['short', 'nine char', 'x'.repeat(201), 'josephine-baker', 'JOSEPHINE.B@mail.example', 'josephine.b'];
  for (const password of [...refused, 'Password123', 'qwertyuiop', '1234567890', 'zzzzzzzzzzzz', 'ababababab']) {
    assert.equal(
      refusal(() => requireGoodPassword(password, whose)),
      'password-rules',
      password,
    );
  }
  for (const password of [
    'seven green kettles',
    'ten-chars!',
    '🐧 walks to the 🌊',
    'x1'.repeat(4) + 'q'.repeat(192),
  ]) {
    assert.equal(
      refusal(() => requireGoodPassword(password, whose)),
      'none',
      password,
    );
  }
});

test('user names hold no @, and addresses nothing that a mail header would read otherwise', () => {
  for (const name of ['ab', 'jo@mail.example', 'a b c', 'jo\r\nBcc', '-jo', 'x'.repeat(65), 'jo\0e', '']) {
    assert.equal(
      refusal(() => readUserName(name)),
      'user-name',
      name,
    );
  }
  assert.equal(readUserName(' Zoë.Müller-2 '), 'Zoë.Müller-2');
  const wrong = [
    'jo',
    'jo@',
    '@mail.example',
    'jo@mail',
    'jo@mail.example\r\nBcc: x@y.example',
    'jo@mail.example,x@y.example',
  ];
  for (const email of [
    ...wrong,
    'Jo <jo@mail.example>',
    'jo @mail.example',
    'jo@mäil.example',
    `${'x'.repeat(65)}@mail.example`,
  ]) {
    assert.equal(
      refusal(() => readEmail(email)),
      'email',
      email,
    );
  }
  assert.equal(readEmail(' jo+clinic@mail.example '), 'jo+clinic@mail.example');
});
