import assert from 'node:assert/strict';
import { test } from 'node:test';
import { containedValues } from './contained.ts';
import { r4SearchParameters } from './parameters.ts';

const request = {
  resourceType: 'MedicationRequest',
  id: 'r',
  contained: [
    { resourceType: 'Medication', id: 'm', code: { coding: [{ code: 'c' }] }, manufacturer: { reference: '#o' } },
    { resourceType: 'Organization', id: 'o', name: 'Maker', partOf: { reference: 'Organization/whole' } },
    { resourceType: 'Patient', id: 'unused', gender: 'male' },
  ],
  medicationReference: { reference: '#m' },
  requester: { reference: '#o' },
  subject: { reference: 'Patient/1' },
};

test('what a contained resource holds is searched along the references to it, one behind the other', () => {
  const found = containedValues(request, r4SearchParameters).map((value) => {
    const text = 'code' in value ? value.code : 'value' in value ? value.value : '';
    return `${value.parameter} ${value.kind === 'reference' ? `${value.type}/${value.id}` : text}`;
  });
  for (const expected of [
    'medication:Medication. Medication',
    'medication:Medication.code c',
    'medication:Medication.manufacturer:Organization.name Maker',
    'medication:Medication.manufacturer:Organization.partof Organization/whole',
    'requester:Organization.name Maker',
  ]) {
    assert.ok(found.includes(expected), `${expected} in ${found.join(', ')}`);
  }
  assert.ok(
    found.every((one) => !one.includes('Patient') && !one.includes('gender')),
    'what nothing points at is not searched',
  );
  assert.equal(request.medicationReference.reference, '#m', 'the resource is left as it is');
});

test('a resource that contains nothing holds nothing', () => {
  assert.deepEqual(containedValues({ resourceType: 'Patient', id: 'p' }, r4SearchParameters), []);
});

test('attack 67: contained resources in a circle, and very many, are followed no further than they may', () => {
  const circle = { resourceType: 'Organization', id: 'o', partOf: { reference: '#o' }, name: 'x' };
  const around = { resourceType: 'Organization', contained: [circle], partOf: { reference: '#o' } };
  const values = containedValues(around, r4SearchParameters);
  assert.ok(values.length > 3 && values.length < 30);
  const codes = Array.from({ length: 5000 }, (_, i) => ({ code: `${i}` }));
  const many = { resourceType: 'Medication', id: 'm', code: { coding: codes } };
  const full = { resourceType: 'MedicationRequest', contained: [many], medicationReference: { reference: '#m' } };
  assert.equal(containedValues(full, r4SearchParameters).length, 2000);
});
