import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FhirError } from '@chartgate/fhir';
import { concurrencyLimit } from './concurrency-limit.ts';

test('attack 68: beyond its share of requests at once a client is told to wait, others are not', async () => {
  const limit = concurrencyLimit(2);
  let release = () => {};
  const held = new Promise<void>((done) => {
    release = done;
  });
  const running = [limit.run('a', () => held), limit.run('a', () => held)];
  await assert.rejects(
    limit.run('a', async () => 1),
    (error) => error instanceof FhirError && error.status === 429,
  );
  assert.equal(await limit.run('b', async () => 2), 2);
  release();
  await Promise.all(running);
  assert.equal(await limit.run('a', async () => 3), 3, 'its share is free again');
});

test('a request that fails gives its place back', async () => {
  const limit = concurrencyLimit(1);
  await assert.rejects(
    limit.run('a', () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await limit.run('a', async () => 1), 1);
});
