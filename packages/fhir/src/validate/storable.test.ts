import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storableIssues } from './storable.ts';

const found = (resource: unknown) =>
  storableIssues(resource).map(({ code, expression }) => `${code} ${expression?.join()}`);

test('a resource that breaks the rules of its type can be stored', () => {
  assert.deepEqual(
    found({ resourceType: 'Patient', id: 'a', name: 1, nothing: [], meta: { tag: [{ code: 'x' }] } }),
    [],
  );
});

test('what is no resource cannot, nor one whose id or meta cannot be read', () => {
  assert.deepEqual(found(null), ['structure Resource']);
  assert.deepEqual(found({ resourceType: 'Thing' }), ['structure Resource']);
  assert.deepEqual(found({ resourceType: 'Patient', id: 'a/b' }), ['value Patient.id']);
  assert.deepEqual(found({ resourceType: 'Patient', meta: 'x' }), ['structure Patient.meta']);
  assert.deepEqual(found({ resourceType: 'Patient', meta: { tag: {} } }), ['structure Patient.meta.tag']);
});

test('what lies too deep cannot', () => {
  let name: unknown = 'x';
  for (let depth = 0; depth < 10_000; depth++) name = [name];
  assert.deepEqual(found({ resourceType: 'Patient', name }), ['too-long Patient']);
});
