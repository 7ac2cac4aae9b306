import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readArchive } from '../../scripts/archive.ts';
import { r4 } from '../definitions/compact.ts';
import { checkFhirPath } from './check.ts';
import { compileFhirPath } from './fhirpath.ts';

for (const [expression, ...problems] of [
  ['Patient.name.given'],
  ["name.where(use = 'official').given.first().length() > 2"],
  ['contained.anything.goes'],
  ['deceased.ofType(dateTime)'],
  ["extension('http://x.example').value.ofType(Coding).code"],
  ['name.select(given | family).first()', 'first() asks for an order where there is none.'],
  ['name.givenName', 'HumanName: there is no element givenName.'],
  ['deceasedDateTime', 'Patient: there is no element deceasedDateTime.'],
  ['Observation.code', 'Patient: there is no element Observation.'],
  ['name.where(type = 1)', 'HumanName: there is no element type.'],
  ['contact.relationship.codings.first()', 'CodeableConcept: there is no element codings.'],
  ['(deceased as boolean).coding', 'boolean: there is no element coding.'],
  ['children()[0]', 'An index asks for an order where there is none.'],
] as const) {
  test(`on Patient, ${expression} has ${problems.length === 0 ? 'nothing wrong' : problems.join(' ')}`, () =>
    assert.deepEqual(checkFhirPath(expression, 'Patient'), problems));
}

test('every search parameter of R4 compiles, and names elements that are there', () => {
  for (const { base, expression, code } of Object.values(r4.searchParameters)) {
    compileFhirPath(expression);
    const [first, ...others] = base;
    if (others.length > 0 || !first) continue;
    assert.deepEqual(checkFhirPath(expression, first), [], `${first} ${code}`);
  }
});

const archive = readArchive('shared/data/fhir/hl7.fhir.r4.core-4.0.1.tar.zst');

type Definition = {
  readonly snapshot?: {
    readonly element: readonly { readonly constraint?: readonly { readonly expression?: string }[] }[];
  };
};

test('every invariant of R4 compiles', {
  skip: archive === undefined && 'the archive is not beside the repository',
}, () => {
  const expressions = new Set<string>();
  for (const { name, text } of archive ?? []) {
    if (!/StructureDefinition-[^/]*\.json$/.test(name)) continue;
    for (const { constraint = [] } of (JSON.parse(text()) as Definition).snapshot?.element ?? []) {
      for (const { expression } of constraint) if (expression !== undefined) expressions.add(expression);
    }
  }
  assert.ok(expressions.size > 200);
  for (const expression of expressions) compileFhirPath(expression);
});
