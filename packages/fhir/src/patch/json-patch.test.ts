import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExact, stringifyExact } from '../json/exact.ts';
import type { FhirError } from '../outcome/fhir-error.ts';
import { applyJsonPatch } from './json-patch.ts';
import { patchLimits } from './limits.ts';

const patient = () => ({
  resourceType: 'Patient',
  name: [{ family: 'Secret', given: ['a', 'b'] }],
  telecom: [{ system: 'phone' }],
  'a/b': 1,
  'm~n': 2,
  '': 3,
});

type Operation = { readonly op: string; readonly path?: unknown; readonly from?: unknown; readonly value?: unknown };

function patched(...operations: readonly Operation[]) {
  return applyJsonPatch(patient(), operations) as ReturnType<typeof patient> & Record<string, unknown>;
}

function refusal(document: unknown, resource: unknown = patient()): FhirError {
  let found: unknown;
  assert.throws(
    () => applyJsonPatch(resource, document),
    (error: Error) => {
      found = error;
      return error.name === 'FhirError';
    },
  );
  return found as FhirError;
}

test('paths lead through objects and arrays, with their escapes', () => {
  assert.deepEqual(patched({ op: 'add', path: '/name/0/given/1', value: 'x' }).name[0]?.given, ['a', 'x', 'b']);
  assert.deepEqual(patched({ op: 'add', path: '/name/0/given/-', value: 'x' }).name[0]?.given, ['a', 'b', 'x']);
  assert.equal(patched({ op: 'replace', path: '/a~1b', value: 5 })['a/b'], 5);
  assert.equal(patched({ op: 'replace', path: '/m~0n', value: 5 })['m~n'], 5);
  assert.equal(patched({ op: 'replace', path: '/', value: 5 })[''], 5);
  assert.deepEqual(applyJsonPatch(patient(), [{ op: 'replace', path: '', value: { resourceType: 'Basic' } }]), {
    resourceType: 'Basic',
  });
});

test('operations see what those before them did', () => {
  const result = patched(
    { op: 'move', from: '/name/0/given/0', path: '/name/0/given/1' },
    { op: 'copy', from: '/name/0', path: '/name/-' },
    { op: 'replace', path: '/name/1/given/0', value: 'c' },
    {
      op: 'test',
      path: '/name',
      value: [
        { family: 'Secret', given: ['b', 'a'] },
        { given: ['c', 'a'], family: 'Secret' },
      ],
    },
  );
  assert.deepEqual(result.name[0]?.given, ['b', 'a']);
});

test('what a patch empties goes, as FHIR has no empty arrays and objects', () => {
  assert.equal('telecom' in patched({ op: 'remove', path: '/telecom/0' }), false);
  assert.equal('telecom' in patched({ op: 'remove', path: '/telecom/0/system' }), false);
  const again = patched(
    { op: 'remove', path: '/telecom/0' },
    { op: 'add', path: '/telecom/-', value: { system: 'sms' } },
  );
  assert.deepEqual(again.telecom, [{ system: 'sms' }]);
  const companions = { resourceType: 'Patient', given: ['a', 'b'], _given: [{ id: 'x' }, { id: 'y' }] };
  assert.deepEqual(applyJsonPatch(companions, [{ op: 'remove', path: '/_given/0/id' }]), {
    ...companions,
    _given: [null, { id: 'y' }],
  });
});

test('decimals stay as written, and are compared by their value', () => {
  const text =
    '{"resourceType":"Observation","valueQuantity":{"value":1.50},"component":[{"valueQuantity":{"value":2.0}}]}';
  const patch = parseExact(
    '[{"op":"test","path":"/valueQuantity/value","value":1.5},{"op":"copy","from":"/valueQuantity","path":"/component/0/valueQuantity"},{"op":"add","path":"/x","value":3.00}]',
  );
  assert.equal(
    stringifyExact(applyJsonPatch(parseExact(text), patch)),
    '{"resourceType":"Observation","valueQuantity":{"value":1.50},"component":[{"valueQuantity":{"value":1.50}}],"x":3.00}',
  );
});

for (const [name, document] of [
  ['an object', {}],
  ['an operation that is none', [1]],
  ['an unknown op', [{ op: 'merge', path: '/a', value: 1 }]],
  ['no path', [{ op: 'remove' }]],
  ['a path without a slash', [{ op: 'remove', path: 'name' }]],
  ['a wrong escape', [{ op: 'remove', path: '/a~2b' }]],
  ['no value', [{ op: 'add', path: '/a' }]],
  ['no from', [{ op: 'copy', path: '/a' }]],
  ['__proto__ in its path', [{ op: 'add', path: '/__proto__/x', value: 1 }]],
  [
    'too many operations',
    Array.from({ length: patchLimits.operations + 1 }, () => ({ op: 'test', path: '/a', value: 1 })),
  ],
] as const) {
  test(`a patch with ${name} is malformed`, () => assert.equal(refusal(document).status, 400));
}

for (const [name, ...operations] of [
  ['leads nowhere', { op: 'remove', path: '/gender' }],
  ['leads behind an array', { op: 'add', path: '/name/3', value: {} }],
  ['has a leading zero', { op: 'replace', path: '/name/00', value: {} }],
  ['has an index that is none', { op: 'add', path: '/name/x', value: {} }],
  ['replaces behind the last one', { op: 'replace', path: '/name/-', value: {} }],
  ['leads into a string', { op: 'add', path: '/name/0/family/x', value: 1 }],
  ['leads to what every object inherits', { op: 'remove', path: '/constructor' }],
  ['leads to the length of an array', { op: 'replace', path: '/name/length', value: 0 }],
  ['removes the resource', { op: 'remove', path: '' }],
  ['moves something into itself', { op: 'move', from: '/name', path: '/name/0' }],
  ['tests another value', { op: 'test', path: '/name/0/family', value: 'Hidden' }],
  ['tests another type', { op: 'test', path: '/a~1b', value: '1' }],
] as const) {
  test(`a patch that ${name} cannot be applied, and says so without a value`, () => {
    const error = refusal([{ op: 'test', path: '/resourceType', value: 'Patient' }, ...operations]);
    assert.equal(error.status, 422);
    assert.match(error.message, /^Operation 2 of the patch: /);
    assert.doesNotMatch(error.message, /Secret|Hidden/);
  });
}

test('a patch cannot reach prototypes', () => {
  const value = JSON.parse('{"__proto__":{"polluted":true}}');
  const result = patched({ op: 'add', path: '/x', value }, { op: 'copy', from: '/x', path: '/y' });
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.deepEqual(Object.keys(result.y as object), ['__proto__']);
});

test('copies of copies are counted, and depth is bounded', () => {
  const doubling = Array.from({ length: 40 }, (_, i) => ({ op: 'copy', from: '', path: `/x${i}` }));
  assert.equal(refusal(doubling).status, 422);
  const large = Array.from({ length: patchLimits.added + 1 }, () => 1);
  assert.equal(refusal([{ op: 'add', path: '/x', value: large }]).status, 422);
  const long = [{ op: 'add', path: '/x', value: 'x'.repeat(1_000_000) }];
  const copies = Array.from({ length: 20 }, (_, i) => ({ op: 'copy', from: '/x', path: `/x${i}` }));
  assert.equal(refusal([...long, ...copies]).status, 422);
  assert.equal(patched(...long, ...copies.slice(0, 5)).x4, long[0]?.value);
  const nesting = Array.from({ length: 100 }, (_, i) => ({ op: 'add', path: '/x'.repeat(i + 1), value: {} }));
  assert.match(refusal(nesting).message, /inside each other/);
});
