import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExact, stringifyExact } from '../json/exact.ts';
import type { FhirError } from '../outcome/fhir-error.ts';
import { applyFhirPathPatch } from './fhirpath-patch.ts';
import { patchLimits } from './limits.ts';

const patient = () => ({
  resourceType: 'Patient',
  active: true,
  name: [
    { use: 'official', family: 'Secret', given: ['a', 'b', 'c'], _given: [null, { id: 'b' }, null] },
    { use: 'usual', given: ['d'] },
  ],
  deceasedBoolean: false,
  birthDate: '1970-01-01',
  _birthDate: { extension: [{ url: 'http://x.example', valueCode: 'x' }] },
  generalPractitioner: [{ reference: '#p' }],
  contained: [{ resourceType: 'Practitioner', id: 'p', active: true }],
});

type Json = Readonly<Record<string, unknown>>;

/** Parts by name; a string is a valueString, what is an object a part as it is. */
function operation(parts: Readonly<Record<string, string | number | Json>>): Json {
  const part = Object.entries(parts).map(([name, value]) => {
    if (name === 'type') return { name, valueCode: value };
    if (typeof value === 'object') return { name, ...value };
    return { name, [typeof value === 'number' ? 'valueInteger' : 'valueString']: value };
  });
  return { name: 'operation', part };
}

function parameters(...operations: readonly unknown[]): Json {
  return { resourceType: 'Parameters', parameter: operations };
}

function patched(...operations: readonly Parameters<typeof operation>[0][]) {
  return applyFhirPathPatch(patient(), parameters(...operations.map(operation))) as ReturnType<typeof patient> &
    Record<string, unknown>;
}

test('elements are added by their name, choices by the type of the value', () => {
  assert.equal(patched({ type: 'add', path: 'Patient', name: 'gender', value: { valueCode: 'male' } }).gender, 'male');
  const born = patched({ type: 'add', path: 'Patient', name: 'multipleBirth', value: { valueInteger: 2 } });
  assert.equal(born.multipleBirthInteger, 2);
  const named = patched({
    type: 'add',
    path: "Patient.name.where(use = 'usual')",
    name: 'given',
    value: { valueString: 'e' },
  });
  assert.deepEqual(named.name[1]?.given, ['d', 'e']);
  const resource = { resourceType: 'Organization', id: 'o' };
  assert.equal(patched({ type: 'add', path: 'Patient', name: 'contained', value: { resource } }).contained.length, 2);
});

test('an element without a name of its type is added by its parts', () => {
  const part = [
    { name: 'relationship', valueCodeableConcept: { text: 'x' } },
    { name: 'relationship', valueCodeableConcept: { text: 'y' } },
    { name: 'name', part: [{ name: 'text', valueString: 'z' }] },
  ];
  assert.deepEqual(patched({ type: 'add', path: 'Patient', name: 'contact', value: { part } }).contact, [
    { relationship: [{ text: 'x' }, { text: 'y' }], name: { text: 'z' } },
  ]);
});

test('primitives carry their extensions along', () => {
  const moved = patched({
    type: 'move',
    path: "Patient.name.where(use = 'official').given",
    source: 1,
    destination: 0,
  });
  assert.deepEqual(
    [moved.name[0]?.given, moved.name[0]?._given],
    [
      ['b', 'a', 'c'],
      [{ id: 'b' }, null, null],
    ],
  );
  const removed = patched({ type: 'delete', path: "Patient.name.given.where($this = 'b')" });
  assert.deepEqual(removed.name[0], { use: 'official', family: 'Secret', given: ['a', 'c'] });
  const replaced = patched({ type: 'replace', path: 'Patient.birthDate', value: { valueDate: '1971' } });
  assert.deepEqual([replaced.birthDate, '_birthDate' in replaced], ['1971', false]);
  const extension = { url: 'http://y.example', valueCode: 'y' };
  // An Extension is no type that a parameter may have, so it comes in parts.
  const parts = {
    part: [
      { name: 'url', valueUri: extension.url },
      { name: 'value', valueCode: extension.valueCode },
    ],
  };
  const extended = patched({
    type: 'add',
    path: 'Patient.active',
    name: 'extension',
    value: parts,
  });
  assert.deepEqual([extended.active, extended._active], [true, { extension: [extension] }]);
  const bare = patched({ type: 'delete', path: 'Patient.birthDate.extension' });
  assert.deepEqual([bare.birthDate, '_birthDate' in bare], ['1970-01-01', false]);
  const inList = patched({
    type: 'add',
    path: 'Patient.name[0].given[0]',
    name: 'extension',
    value: parts,
  });
  assert.deepEqual(inList.name[0]?._given, [{ extension: [extension] }, { id: 'b' }, null]);
});

test('a value of a choice may be replaced by one of another type', () => {
  const result = patched({ type: 'replace', path: 'Patient.deceased', value: { valueDateTime: '2020' } });
  assert.deepEqual([result.deceasedDateTime, 'deceasedBoolean' in result], ['2020', false]);
});

test('what becomes empty goes, and deleting what is not there changes nothing', () => {
  const result = patched(
    { type: 'delete', path: 'Patient.name[1].given' },
    { type: 'delete', path: 'Patient.name[1].use' },
  );
  assert.equal(result.name.length, 1);
  assert.deepEqual(patched({ type: 'delete', path: 'Patient.gender' }), patient());
});

test('resolve() leads to contained resources and to no others', () => {
  const path = 'Patient.generalPractitioner.resolve()';
  const result = patched({ type: 'replace', path: `${path}.active`, value: { valueBoolean: false } });
  assert.equal(result.contained[0]?.active, false);
});

test('decimals stay as written', () => {
  const observation = parseExact('{"resourceType":"Observation","valueQuantity":{"value":1.50}}');
  const patch = parseExact(
    '{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Observation"},{"name":"name","valueString":"component"},{"name":"value","part":[{"name":"value","valueQuantity":{"value":2.00}}]}]}]}',
  );
  assert.equal(
    stringifyExact(applyFhirPathPatch(observation, patch)),
    '{"resourceType":"Observation","valueQuantity":{"value":1.50},"component":[{"valueQuantity":{"value":2.00}}]}',
  );
});

function refusal(patch: unknown): FhirError {
  let found: unknown;
  assert.throws(
    () => applyFhirPathPatch(patient(), patch),
    (error: Error) => {
      found = error;
      return error.name === 'FhirError';
    },
  );
  return found as FhirError;
}

const value = { valueString: 'x' };

for (const [name, patch] of [
  ['is no Parameters', { resourceType: 'Patient' }],
  ['has a parameter that is no operation', parameters({ name: 'other' })],
  ['has no type', parameters(operation({ path: 'Patient' }))],
  ['has an unknown type', parameters(operation({ type: 'upsert', path: 'Patient' }))],
  ['has no path', parameters(operation({ type: 'delete' }))],
  ['has a path that is none', parameters(operation({ type: 'delete', path: 'Patient..name' }))],
  ['adds no value', parameters(operation({ type: 'add', path: 'Patient', name: 'gender' }))],
  ['adds a value that is none', parameters(operation({ type: 'add', path: 'Patient', name: 'gender', value: {} }))],
  ['inserts without an index', parameters(operation({ type: 'insert', path: 'Patient.name', value }))],
  ['inserts at a negative index', parameters(operation({ type: 'insert', path: 'Patient.name', index: -1, value }))],
  ['gives a part twice', parameters({ name: 'operation', part: [{ name: 'type' }, { name: 'type' }] })],
  [
    'has too many operations',
    parameters(
      ...Array.from({ length: patchLimits.operations + 1 }, () => operation({ type: 'delete', path: 'Patient.id' })),
    ),
  ],
] as const) {
  test(`a FHIRPath Patch that ${name} is malformed`, () => assert.equal(refusal(patch).status, 400));
}

for (const [name, parts] of [
  ['adds where nothing is', { type: 'add', path: 'Patient.maritalStatus', name: 'text', value }],
  ['adds to several elements', { type: 'add', path: 'Patient.name', name: 'text', value }],
  ['adds an element that is there', { type: 'add', path: 'Patient', name: 'birthDate', value: { valueDate: '1970' } }],
  [
    'adds a choice that is there',
    { type: 'add', path: 'Patient', name: 'deceasedDateTime', value: { valueDateTime: '1970' } },
  ],
  ['adds an unknown element', { type: 'add', path: 'Patient', name: 'nickname', value }],
  ['adds an inherited name', { type: 'add', path: 'Patient', name: '__proto__', value }],
  ['adds a value of a wrong type', { type: 'add', path: 'Patient', name: 'maritalStatus', value }],
  ['adds a choice of a wrong type', { type: 'add', path: 'Patient', name: 'multipleBirth', value }],
  ['deletes what no Patient has', { type: 'delete', path: 'Patient.brithDate' }],
  ['deletes several elements', { type: 'delete', path: 'Patient.name' }],
  ['deletes the resource', { type: 'delete', path: 'Patient' }],
  ['replaces nothing', { type: 'replace', path: 'Patient.gender', value: { valueCode: 'male' } }],
  ['replaces what is computed', { type: 'replace', path: "Patient.name.first().family & 'x'", value }],
  [
    'inserts behind a list',
    { type: 'insert', path: 'Patient.name', index: 3, value: { valueHumanName: { text: 'x' } } },
  ],
  [
    'inserts into a part of a list',
    { type: 'insert', path: 'Patient.name.first()', index: 0, value: { valueHumanName: {} } },
  ],
  ['inserts into several lists', { type: 'insert', path: 'Patient.name.given', index: 0, value }],
  ['inserts into no list', { type: 'insert', path: 'Patient.birthDate', index: 0, value: { valueDate: '1970' } }],
  ['moves from behind a list', { type: 'move', path: 'Patient.name', source: 2, destination: 0 }],
  ['moves behind a list', { type: 'move', path: 'Patient.name', source: 0, destination: 2 }],
  ['has a path that fails', { type: 'delete', path: 'Patient.name.single()' }],
  ['has a path that takes too long', { type: 'delete', path: '1.repeat($this + 1)' }],
] as const) {
  test(`a FHIRPath Patch that ${name} cannot be applied, and says so without a value`, () => {
    const error = refusal(parameters(operation({ type: 'delete', path: 'Patient.id' }), operation(parts)));
    assert.equal(error.status, 422);
    assert.match(error.message, /^Operation 2 of the patch: /);
    assert.deepEqual(error.issues[0]?.expression, ['Parameters.parameter[1]']);
    assert.doesNotMatch(error.message, /Secret/);
  });
}

test('neither the resource nor the patch changes', () => {
  const [resource, patch] = [
    patient(),
    parameters(
      operation({ type: 'add', path: 'Patient', name: 'name', value: { valueHumanName: { given: ['x'] } } }),
      operation({ type: 'add', path: 'Patient.name.last()', name: 'given', value: { valueString: 'y' } }),
    ),
  ];
  const before = JSON.stringify([resource, patch]);
  applyFhirPathPatch(resource, patch);
  assert.equal(JSON.stringify([resource, patch]), before);
});
