import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distance } from './near.ts';

for (const [from, to, km] of [
  [[52.52, 13.405], [48.8566, 2.3522], 877.5],
  [[0, 179.5], [0, -179.5], 111.2],
  [[90, 0], [90, 123], 0],
  [[0, 0], [0, 180], 20015.1],
] as const) {
  test(`from ${from} to ${to} it is ${km} km`, () => {
    const place = ([latitude, longitude]: readonly [number, number]) => ({ latitude, longitude });
    assert.ok(Math.abs(distance(place(from), place(to)) - km) < 0.5);
  });
}
