import assert from 'node:assert/strict';
import { test } from 'node:test';
import { preferredEncoding } from './compress.ts';

for (const [accept, expected] of [
  [undefined, undefined],
  ['', undefined],
  ['identity', undefined],
  ['gzip', 'gzip'],
  ['br', 'br'],
  ['gzip, deflate, br', 'br'],
  ['gzip;q=1.0, br;q=0.5', 'gzip'],
  ['gzip;q=0', undefined],
  ['*', 'br'],
  ['br;q=0, *;q=0.1', 'gzip'],
  ['GZIP', 'gzip'],
  ['gzip;q=nonsense', undefined],
] as const) {
  test(`Accept-Encoding: ${accept ?? '(none)'} gets ${expected ?? 'the plain answer'}`, () => {
    assert.equal(preferredEncoding(accept), expected);
  });
}
