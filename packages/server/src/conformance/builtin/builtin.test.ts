import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resourceTypes } from '@chartgate/fhir';
import { builtinConformance } from './builtin.ts';

const { canonicals, packages } = builtinConformance();
const structure = (name: string) =>
  canonicals.find('StructureDefinition', `http://hl7.org/fhir/StructureDefinition/${name}`);

type Elements = { readonly element: readonly { readonly path: string }[] };
function pathsOf(name: string): readonly string[] {
  const snapshot = structure(name)?.snapshot as Elements | undefined;
  return snapshot?.element.map(({ path }) => path) ?? [];
}

describe('built-in canonicals', () => {
  test('hold the structure of every resource type of R4, and profiles and extensions', () => {
    for (const type of resourceTypes) assert.equal(structure(type)?.type, type);
    for (const name of ['HumanName', 'Meta', 'decimal', 'vitalsigns', 'patient-birthPlace'])
      assert.ok(structure(name), name);
    assert.equal(structure('SubscriptionStatus'), undefined, 'which is of R4B');
  });

  test('hold no search parameters, so that listing them reads nothing', () => {
    assert.deepEqual(canonicals.list('SearchParameter'), []);
  });

  test('hold the elements of R4 alone', () => {
    assert.ok(pathsOf('Meta').includes('Meta.profile'));
    assert.ok(!pathsOf('Meta').includes('Meta.project'));
    assert.ok(pathsOf('Patient').includes('Patient.deceased[x]'));
    assert.ok(!pathsOf('ResearchStudy').some((path) => path.startsWith('ResearchStudy.associatedParty')));
    assert.ok(pathsOf('Questionnaire').includes('Questionnaire.item.item'));
  });

  test('hold the terminology: of a code system that has both, not R4’s old copy but HL7’s present one', () => {
    assert.deepEqual(packages, [
      { name: 'hl7.fhir.r4.core', version: '4.0.1' },
      { name: 'hl7.terminology.r4', version: '7.0.1' },
    ]);
    const url = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
    assert.match(canonicals.find('CodeSystem', url)?.version ?? '', /^\d+\.\d+\.\d+$/);
    assert.equal(canonicals.find('CodeSystem', `${url}|2018-08-12`)?.version, '2018-08-12');
    assert.equal(
      canonicals.find('ValueSet', 'http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')?.version,
      '4.0.1',
    );
    assert.equal(canonicals.find('ValueSet', 'http://hl7.org/fhir/ValueSet/nothing'), undefined);
  });

  test('every place leads to the resource it names', () => {
    for (const type of ['CodeSystem', 'ConceptMap', 'ValueSet']) {
      const all = canonicals.list(type);
      assert.ok(all.length > 10);
      for (const canonical of all) {
        const { resourceType, url } = canonicals.find(type, canonical) ?? {};
        assert.deepEqual([resourceType, url?.split('|')[0]], [type, canonical.split('|')[0]]);
      }
    }
  });
});
