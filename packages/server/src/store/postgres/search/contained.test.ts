import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Resource } from '@chartgate/fhir';
import { testChart } from './chart.testing.ts';

const chart = await testChart();
after(chart.drop);

const to = (reference: string) => ({ reference });
const medication = (code: string) => ({ code: { coding: [{ system: 'urn:rx', code }] }, status: 'active' });
const request = (id: string, more: object): Resource => ({
  ...{ resourceType: 'MedicationRequest', id, status: 'active', subject: to('Patient/p') },
  ...more,
});

await chart.put([
  { resourceType: 'Patient', id: 'p' },
  { resourceType: 'Organization', id: 'far', name: 'Far Maker' },
  { resourceType: 'Medication', id: 'm', ...medication('a'), manufacturer: to('Organization/far') },
  request('apart', { medicationReference: to('Medication/m') }),
  request('inside', {
    medicationReference: to('#m'),
    contained: [
      { resourceType: 'Medication', id: 'm', ...medication('a'), manufacturer: to('#o') },
      { resourceType: 'Organization', id: 'o', name: 'Near Maker' },
    ],
  }),
  request('half', {
    medicationReference: to('#m'),
    contained: [{ resourceType: 'Medication', id: 'm', ...medication('b'), manufacturer: to('Organization/far') }],
  }),
  request('unused', {
    medicationCodeableConcept: { text: 'x' },
    contained: [{ resourceType: 'Medication', id: 'm', ...medication('a') }],
  }),
]);
await chart.analyze();

for (const [text, expected] of [
  ['medication.code=a', 'apart inside'],
  ['medication.code=urn:rx|b', 'half'],
  ['medication.code:not=a', 'half'],
  ['medication.code:missing=false', 'apart half inside'],
  ['medication.code:missing=true', ''],
  ['medication.expiration-date:missing=true', 'apart half inside'],
  ['medication._id=m', 'apart'],
  ['medication.manufacturer.name=near', 'inside'],
  ['medication.manufacturer.name=far', 'apart half'],
  ['medication:Medication.manufacturer:Organization.name:exact=Far Maker', 'apart half'],
] as const) {
  test(`A chain by ${text} goes through contained resources as through others`, async () => {
    for (const beside of ['', '&patient=p', '&status=active&_sort=-_lastUpdated']) {
      assert.equal((await chart.find('MedicationRequest', `${text}${beside}`)).sort().join(' '), expected, beside);
    }
    const back = `_has:MedicationRequest:subject:${text}`;
    assert.deepEqual(await chart.find('Patient', back), expected === '' ? [] : ['p']);
  });
}

test('What is contained follows the rule of what contains it, what is apart its own', async () => {
  const scope = 'system/MedicationRequest.rs';
  assert.deepEqual(await chart.find('MedicationRequest', 'medication.code=a', { scope }), ['inside']);
  assert.deepEqual(await chart.find('MedicationRequest', 'medication.manufacturer.name=far', { scope }), []);
  const hidden = 'system/MedicationRequest.rs?status=stopped system/Patient.rs';
  assert.deepEqual(await chart.find('MedicationRequest', 'medication.code=a', { scope: hidden }), []);
  assert.deepEqual(
    await chart.find('Patient', '_has:MedicationRequest:subject:medication.code=a', { scope: hidden }),
    [],
  );
});

test('A contained resource is found by no search of its own type', async () => {
  assert.deepEqual(await chart.find('Medication', 'code=a,b'), ['m']);
  assert.deepEqual(await chart.find('Organization', 'name=near'), []);
});

test('Thousands that contain what is asked for are found as well', async () => {
  const many = Array.from({ length: 1500 }, (_, i) =>
    request(`many${i}`, {
      medicationReference: to('#m'),
      contained: [{ resourceType: 'Medication', id: 'm', ...medication(i % 2 ? 'even' : 'odd') }],
    }),
  );
  await chart.put(many);
  assert.equal((await chart.findAll('MedicationRequest', 'medication.code=even&_count=200')).length, 750);
  assert.equal((await chart.findAll('MedicationRequest', 'medication.code=even,odd&_count=200')).length, 1500);
});
