import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Candidate, latestOfGroups } from './latest.ts';

const coded = (...codes: string[]) => ({ coding: codes.map((code) => ({ system: 's', code })) });
const one = (key: string, at: number | undefined, concept: unknown): Candidate<string> => ({
  key,
  at: at === undefined ? undefined : BigInt(at),
  concept,
});

test('the latest of each group, latest first', () => {
  const all = [one('a1', 1, coded('a')), one('b1', 5, coded('b')), one('a2', 3, coded('a')), one('a3', 2, coded('a'))];
  assert.deepEqual(latestOfGroups(all, 1), ['b1', 'a2']);
  assert.deepEqual(latestOfGroups(all, 2), ['b1', 'a2', 'a3']);
});

test('codings in common make a group, also over others', () => {
  const [a, b, ab, c] = [
    one('a', 1, coded('a')),
    one('b', 2, coded('b')),
    one('ab', 3, coded('a', 'b')),
    one('c', 4, coded('c')),
  ];
  assert.deepEqual(latestOfGroups([a, b, c], 1), ['c', 'b', 'a']);
  assert.deepEqual(latestOfGroups([a, b, ab, c], 1), ['c', 'ab']);
});

test('texts are compared as written where there is no coding', () => {
  const all = ['textM', 'Text', 't e x t'].map((text, n) => one(text, n, { text }));
  assert.deepEqual(latestOfGroups(all, 1).length, 3);
  assert.deepEqual(latestOfGroups([...all, one('again', 9, { text: 'Text' })], 1).length, 3);
});

test('those at the same time as the last come too; those without a date come last', () => {
  const a = coded('a');
  const all = [one('x', 3, a), one('y', 2, a), one('z', 2, a), one('w', 1, a), one('n', undefined, a)];
  assert.deepEqual(latestOfGroups(all, 2), ['x', 'y', 'z']);
  assert.deepEqual(latestOfGroups(all, 9).at(-1), 'n');
});
