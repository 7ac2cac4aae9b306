import assert from 'node:assert/strict';
import { test } from 'node:test';
import { prettyJson } from './pretty.ts';

test('each member and element gets a line, as JSON.stringify would print it', () => {
  const value = { a: [1, { b: 'x{,"[' }], c: {}, d: [], e: null, f: [[true]], g: 'a\\' };
  assert.equal(prettyJson(JSON.stringify(value)), JSON.stringify(value, null, 2));
});

test('decimals stay as written', () => {
  assert.equal(prettyJson('{"value":1.50}'), '{\n  "value": 1.50\n}');
});
