import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCondition } from './condition.ts';

test('a condition is a search whose page tells one match from several', () => {
  const query = parseCondition('Patient', 'identifier=http%3A%2F%2Fa.example%7C1&name=x');
  assert.deepEqual(
    query.criteria.map(({ kind }) => kind),
    ['token', 'string'],
  );
  assert.equal(query.count, 2);
});

for (const [query, expected] of [
  ['', /condition is empty/],
  ['identifier=', /identifier: expected a value/],
  ['identifier=1,', /identifier: expected a value/],
  ['name', /name: expected a value/],
  ['identifier=1&_count=5', /_count: a condition takes no parameters about the result/],
  ['identifier=1&_sort=name', /_sort: a condition takes no/],
  ['idntifier=1&nme=2', /idntifier: .*Did you mean identifier\?; .*nme: /],
] as const) {
  test(`the condition ${query || 'of nothing'} is refused`, () =>
    assert.throws(() => parseCondition('Patient', query), expected));
}
