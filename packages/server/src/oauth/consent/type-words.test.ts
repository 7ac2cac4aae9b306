import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceTypes } from '@chartgate/fhir';
import { everydayTypes, groupWords, wordsOf } from './type-words.ts';

/** What US Core 7 has profiles of, and what is read with it. */
const usCore =
  `AllergyIntolerance CarePlan CareTeam Condition Coverage Device DiagnosticReport DocumentReference Encounter Goal
  Immunization Location Medication MedicationDispense MedicationRequest Observation Organization Patient Practitioner
  PractitionerRole Procedure Provenance QuestionnaireResponse RelatedPerson ServiceRequest Specimen`.split(/\s+/);

test('every resource type of R4 has words that a patient can read', () => {
  for (const type of resourceTypes) {
    const { group, words } = wordsOf(type);
    assert.ok(Object.hasOwn(groupWords, group), type);
    assert.match(words, /^[a-z][\p{L}\d ,:“”-]+$/u, type);
    assert.ok(words.length < 90, type);
  }
});

test('no two types have the same words', () => {
  const words = resourceTypes.map((type) => wordsOf(type).words);
  assert.deepEqual(new Set(words).size, words.length);
});

test('every type of US Core has everyday words, and a box of its own when everything is asked for', () => {
  for (const type of usCore) {
    assert.ok(!wordsOf(type).words.startsWith('technical'), type);
    assert.ok(everydayTypes.includes(type), type);
  }
});

test('what the table does not have is said by its name', () => {
  assert.deepEqual(wordsOf('SubstanceNucleicAcid').words, 'technical records of the kind “substance nucleic acid”');
  assert.deepEqual(wordsOf('constructor').group, 'other');
});
