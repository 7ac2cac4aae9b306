import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TerminologyError, terminologyOf, valueSetsOf } from '@chartgate/fhir';
import { builtinConformance } from './builtin.ts';

const { canonicals } = builtinConformance();
const terminology = terminologyOf(canonicals);
const r4 = (name: string) => `http://hl7.org/fhir/ValueSet/${name}|4.0.1`;

describe('value sets that are built in', () => {
  // 63 data types, 148 resource types with the two abstract ones, and Any and Type beside them
  for (const [name, count] of [
    ['administrative-gender', 4],
    ['observation-status', 8],
    ['bundle-type', 9],
    ['resource-types', 148],
    ['data-types', 63],
    ['all-types', 213],
    ['defined-types', 211],
    ['contact-point-system', 7],
    ['languages', 56],
    ['doc-typecodes', undefined],
  ] as const) {
    test(`${name} has ${count ?? 'codes that are not at hand'}`, () => {
      assert.equal(terminology.codings(r4(name), 1000)?.length, count);
    });
  }

  test('is-a filters follow the hierarchy of HL7’s code systems', () => {
    const codes = terminology.codings('http://terminology.hl7.org/ValueSet/v3-ActEncounterCode', 100);
    assert.deepEqual(
      codes?.map(({ code }) => code).filter((code) => ['AMB', 'EMER', 'IMP', 'ACUTE'].includes(code ?? '')),
      ['AMB', 'EMER', 'IMP', 'ACUTE'],
    );
    const below = terminology.below('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'IMP', 10);
    assert.deepEqual(below?.toSorted(), ['ACUTE', 'IMP', 'NONAC']);
  });

  test('all but those of licensed codes can be counted out', () => {
    const sets = valueSetsOf(canonicals);
    const [told, untold]: [string[], string[]] = [[], []];
    for (const canonical of canonicals.list('ValueSet')) {
      try {
        for (const _ of sets.find(canonical)?.all() ?? []) break;
        told.push(canonical);
      } catch (error) {
        if (!(error instanceof TerminologyError)) throw error;
        untold.push(canonical);
      }
    }
    assert.ok(told.length > 3600 && untold.length < 200, `${told.length} can, ${untold.length} cannot`);
  });
});
