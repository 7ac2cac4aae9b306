import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAboveUri, uriAncestors } from './hierarchy.ts';

test('a URI lies in what its path and its version are shortened to', () => {
  assert.deepEqual(uriAncestors('url', 'http://a.example/b/c|1.2'), [
    'http://a.example/b/c|1.2',
    'http://a.example/b/c|1',
    'http://a.example/b/c',
    'http://a.example/b',
    'http://a.example',
  ]);
  assert.deepEqual(uriAncestors('url', 'urn:oid:1.2.3'), ['urn:oid:1.2.3']);
  assert.deepEqual(uriAncestors('_profile', 'http://a.example/b|1'), ['http://a.example/b|1', 'http://a.example/b']);
});

test('part of a name is no place, a slash at the end is none either', () => {
  assert.ok(isAboveUri('url', 'http://a.example/b/', 'http://a.example/b/c'));
  assert.ok(isAboveUri('url', 'http://a.example/b', 'http://a.example/b/'));
  assert.ok(!isAboveUri('url', 'http://a.example/b', 'http://a.example/bc'));
  assert.ok(!isAboveUri('url', 'http://a.example/b/c', 'http://a.example/b'));
  assert.ok(!isAboveUri('url', 'http://a.example/b|1', 'http://a.example/b|10'));
});

test('attack 67: a path of thousands of parts has no more ancestors than are kept', () => {
  assert.equal(uriAncestors('url', `http://a.example${'/a'.repeat(5000)}`).length, 30);
});
