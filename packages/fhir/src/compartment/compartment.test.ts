import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Resource } from '../resource/resource.ts';
import { compartmentParameters, compartments } from './compartment.ts';

const to = (reference: string) => ({ reference });
const ids = (resource: Resource) => compartments(resource).map(({ id }) => id);

test('a patient lies in its own compartment', () => {
  assert.deepEqual(compartments({ resourceType: 'Patient', id: 'a' }), [{ type: 'Patient', id: 'a' }]);
});

test('a patient lies in that of the patient it links to', () => {
  assert.deepEqual(ids({ resourceType: 'Patient', id: 'a', link: [{ other: to('Patient/b'), type: 'refer' }] }), [
    'a',
    'b',
  ]);
});

test('a resource lies in the compartment of each patient its parameters point at, once', () => {
  const observation = {
    resourceType: 'Observation',
    subject: to('Patient/a'),
    performer: [to('Patient/b'), to('Patient/a')],
  };
  assert.deepEqual(ids(observation), ['b', 'a']);
});

test('a reference that is no parameter of the compartment opens nothing', () => {
  assert.deepEqual(ids({ resourceType: 'Observation', focus: [to('Patient/a')] }), []);
});

test('groups, other servers’ patients and contained ones open nothing', () => {
  for (const reference of ['Group/a', 'https://a.example/fhir/Patient/a', '#a', 'urn:uuid:a']) {
    assert.deepEqual(ids({ resourceType: 'Observation', subject: to(reference) }), []);
  }
});

test('a type without parameters lies in no compartment', () => {
  assert.deepEqual(compartmentParameters('Location'), []);
  assert.deepEqual(compartmentParameters('constructor'), []);
  assert.deepEqual(compartmentParameters('Observation'), ['subject', 'performer']);
});
