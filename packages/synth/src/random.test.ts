import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from './random.ts';

test('a name gives the same numbers each time, another name others', () => {
  const draw = (name: string) => {
    const random = new Random(name);
    return [random.uint32(), random.fraction(), random.int(1, 6), random.uuid()];
  };
  assert.deepEqual(draw('a'), draw('a'));
  assert.notDeepEqual(draw('a'), draw('b'));
});

test('fractions fill the range from 0 to 1 evenly', () => {
  const random = new Random('even');
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const tenth = Math.floor(random.fraction() * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  for (const count of tenths) assert.ok(count > 880 && count < 1120, `a tenth was drawn ${count} times of 10,000`);
});

test('ids are shaped like a UUID version 4 and do not repeat', () => {
  const random = new Random('ids');
  const ids = new Set(Array.from({ length: 20_000 }, () => random.uuid()));
  assert.equal(ids.size, 20_000);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
