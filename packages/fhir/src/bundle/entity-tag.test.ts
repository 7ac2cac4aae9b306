import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesVersion, parseEntityTags } from './entity-tag.ts';

for (const [text, expected] of [
  ['W/"3"', ['3']],
  ['"3"', ['3']],
  [' W/"3" , "abc-1.x"', ['3', 'abc-1.x']],
  ['*', '*'],
  ['3', undefined],
  ['W/"3', undefined],
  ['', undefined],
  ['W/"3",', undefined],
  ['w/"3"', undefined],
  [`"${'1'.repeat(65)}"`, undefined],
  [Array(51).fill('"1"').join(','), undefined],
] as const) {
  test(`${text.slice(0, 30) || 'nothing'} ${expected === undefined ? 'names no version' : `names ${expected}`}`, () => {
    assert.deepEqual(parseEntityTags(text), expected);
  });
}

test('a star names every version, a list those in it', () => {
  assert.ok(namesVersion('*', 7));
  assert.ok(namesVersion(['6', '7'], 7));
  assert.ok(!namesVersion(['07'], 7));
});
