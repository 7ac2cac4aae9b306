import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalIndex, firstOf, newestOf } from './canonical-index.ts';

const url = 'http://a.example/ValueSet/v';

function entry(version: string | undefined, name: string) {
  const named = { resourceType: 'ValueSet', url, ...(version === undefined ? {} : { version }) };
  return { ...named, read: () => ({ ...named, name }) };
}

const nameOf = (source: ReturnType<typeof canonicalIndex>, canonical: string) =>
  source.find('ValueSet', canonical)?.name;

test('a canonical without a version is the newest one', () => {
  const source = canonicalIndex([entry('1.9.0', 'b'), entry('1.10.0', 'c'), entry(undefined, 'a')]);
  assert.equal(nameOf(source, url), 'c');
  assert.equal(nameOf(source, `${url}|1.9.0`), 'b');
  assert.equal(nameOf(source, `${url}|1`), 'c');
  assert.equal(nameOf(source, `${url}|2.0.0`), undefined);
  assert.equal(source.find('CodeSystem', url), undefined);
  assert.deepEqual([...source.list('ValueSet')].sort(), [url, `${url}|1.10.0`, `${url}|1.9.0`]);
});

test('of the same version the later entry counts, and is listed once', () => {
  const source = canonicalIndex([entry('1.0', 'first'), entry('1.0', 'second')]);
  assert.equal(nameOf(source, url), 'second');
  assert.deepEqual(source.list('ValueSet'), [`${url}|1.0`]);
});

test('an entry is read only when it is found', () => {
  const unread = { ...entry('1.0', 'x'), read: () => assert.fail('was read') };
  const source = canonicalIndex([unread, entry('2.0', 'y')]);
  assert.equal(nameOf(source, url), 'y');
});

test('several sources are one: the newest of them, or the first that has it', () => {
  const [older, newer] = [canonicalIndex([entry('1.0', 'old')]), canonicalIndex([entry('2.0', 'new')])];
  assert.equal(nameOf(newestOf([older, newer]), url), 'new');
  assert.equal(nameOf(firstOf([older, newer]), url), 'old');
  assert.equal(nameOf(firstOf([older, newer]), `${url}|2.0`), 'new');
  assert.equal(newestOf([older, newer]).list('ValueSet').length, 2);
  const twin = canonicalIndex([entry('1.0', 'twin')]);
  assert.equal(nameOf(newestOf([older, twin]), url), 'old', 'of equal ones that of the first source');
});
