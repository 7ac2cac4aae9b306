import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isResourceType } from '../definitions/type.ts';
import { r4SearchParameters } from './parameters.ts';

const { of: searchParameters, find: searchParameter } = r4SearchParameters;

test('a type has its own search parameters and those of all resources', () => {
  const codes = searchParameters('Location').map((parameter) => parameter.code);
  for (const code of ['_id', '_lastUpdated', '_tag', '_profile', '_security', '_source', 'address', 'name', 'near']) {
    assert.ok(codes.includes(code), code);
  }
  assert.deepEqual(codes, [...codes].sort());
  assert.ok(!codes.includes('birthdate'));
});

test('a search parameter knows its type, its resource type and its targets', () => {
  assert.deepEqual(searchParameter('Encounter', 'subject'), {
    code: 'subject',
    type: 'reference',
    resourceType: 'Encounter',
    expression: 'Encounter.subject',
    target: ['Group', 'Patient'],
    url: 'http://hl7.org/fhir/SearchParameter/Encounter-subject',
  });
});

test('one that resolves to patients points at patients alone', () => {
  assert.deepEqual(searchParameter('Observation', 'patient')?.target, ['Patient']);
  assert.deepEqual(searchParameter('Provenance', 'target')?.target.includes('Parameters'), false);
});

test('what R4 does not have is not there', () => {
  assert.equal(searchParameter('Patient', 'nothing'), undefined);
  assert.equal(searchParameter('Patient', 'constructor'), undefined);
  assert.deepEqual(searchParameters('Thing'), []);
  for (const text of ['Resource', 'patient', 'constructor', 'Patient.contact', ''])
    assert.ok(!isResourceType(text), text);
});
