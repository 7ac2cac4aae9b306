import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateInterval } from './date.ts';

const iso = (text: string) => {
  const interval = dateInterval(text);
  return interval && [new Date(interval.lo).toISOString(), new Date(interval.hi).toISOString()];
};

for (const [text, lo, hi] of [
  ['2024', '2024-01-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
  ['2024-12', '2024-12-01T00:00:00.000Z', '2025-01-01T00:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
  ['2024-02-29T10:00+02:00', '2024-02-29T08:00:00.000Z', '2024-02-29T08:01:00.000Z'],
  ['2024-02-29T10:00:01Z', '2024-02-29T10:00:01.000Z', '2024-02-29T10:00:02.000Z'],
  ['2024-02-29T10:00:01.25-05:00', '2024-02-29T15:00:01.250Z', '2024-02-29T15:00:01.260Z'],
  ['0001', '0001-01-01T00:00:00.000Z', '0002-01-01T00:00:00.000Z'],
] as const) {
  test(`${text} stands for the interval of its precision`, () => assert.deepEqual(iso(text), [lo, hi]));
}

for (const text of ['', '24', '2023-02-29', '2024-13', '2024-1-1', '2024-01-01T25:00Z', 'x2024', '2024-01-01T10']) {
  test(`${text || 'an empty text'} is no date`, () => assert.equal(dateInterval(text), undefined));
}
