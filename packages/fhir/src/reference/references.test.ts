import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReference } from './parse.ts';
import { references } from './references.ts';

const to = (reference: string) => ({ reference });

test('references are found where the definitions say they are, with their paths', () => {
  const assigner = to('Organization/1');
  const found = references({
    resourceType: 'Observation',
    subject: { ...to('Patient/1'), identifier: { value: 'x', assigner } },
    performer: [to('Practitioner/1'), { display: 'someone' }],
    valueString: 'Patient/9',
    note: [{ authorReference: to('Practitioner/2'), text: 'x' }],
    component: [{ extension: [{ url: 'http://a.example', valueReference: to('Device/1') }] }],
    _status: { extension: [{ url: 'http://a.example', valueReference: to('Device/2') }] },
    contained: [{ resourceType: 'Patient', generalPractitioner: [to('#x')] }],
  });
  assert.deepEqual(
    found.map(({ path, value }) => `${path} ${value.reference}`),
    [
      'Observation.subject Patient/1',
      'Observation.subject.identifier.assigner Organization/1',
      'Observation.performer[0] Practitioner/1',
      'Observation.performer[1] undefined',
      'Observation.note[0].author Practitioner/2',
      'Observation.component[0].extension[0].value Device/1',
      'Observation.status.extension[0].value Device/2',
      'Observation.contained[0].generalPractitioner[0] #x',
    ],
  );
});

test('references are found in the resources of a bundle', () => {
  const resource = { resourceType: 'Encounter', subject: to('urn:uuid:1') };
  const found = references({
    resourceType: 'Bundle',
    entry: [{ resource }, { resource: { resourceType: 'constructor' } }],
  });
  assert.deepEqual(found, [{ path: 'Bundle.entry[0].resource.subject', value: to('urn:uuid:1') }]);
});

test('a resource of no known type has no references', () => {
  assert.deepEqual(references({ resourceType: 'Thing', subject: to('Patient/1') }), []);
});

test('a resource too deep is no harm', () => {
  let extension: unknown = [];
  for (let i = 0; i < 5000; i++) extension = [{ extension }];
  assert.deepEqual(references({ resourceType: 'Patient', extension }), []);
});

for (const [text, expected] of [
  ['Patient/1', { kind: 'local', type: 'Patient', id: '1' }],
  ['Patient/1/_history/2', { kind: 'local', type: 'Patient', id: '1', version: '2' }],
  [
    'http://a.example/fhir/Patient/1',
    { kind: 'absolute', url: 'http://a.example/fhir/Patient/1', type: 'Patient', id: '1' },
  ],
  ['https://a.example/x', { kind: 'absolute', url: 'https://a.example/x' }],
  ['#p', { kind: 'contained', id: 'p' }],
  ['urn:uuid:1', { kind: 'other', text: 'urn:uuid:1' }],
  ['Patient?identifier=1', { kind: 'other', text: 'Patient?identifier=1' }],
  ['Thing/1', { kind: 'other', text: 'Thing/1' }],
  ['Patient/', { kind: 'other', text: 'Patient/' }],
  ['Patient/1/2', { kind: 'other', text: 'Patient/1/2' }],
  ['fhir/Patient/1', { kind: 'other', text: 'fhir/Patient/1' }],
] as const) {
  test(`${text} is ${expected.kind === 'other' ? 'something else' : expected.kind}`, () => {
    assert.deepEqual(parseReference(text), expected);
  });
}
