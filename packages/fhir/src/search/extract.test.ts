import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readArchive } from '../../scripts/archive.ts';
import { resourceTypes } from '../definitions/type.ts';
import type { Resource } from '../resource/resource.ts';
import { parseExpression } from './extract/expression.ts';
import { r4SearchParameters } from './parameters.ts';

const { of: searchParameters, valuesOf: searchValues } = r4SearchParameters;

/** The values of one parameter, without the words that repeat. */
function valuesOf(resource: Resource, parameter: string): unknown[] {
  return searchValues(resource)
    .filter((value) => value.parameter === parameter)
    .map(({ kind: _, parameter: __, ...value }) => value);
}

const day = 86_400_000;
const at = (text: string) => Date.parse(text);
const [loinc, ucum] = ['http://loinc.org', 'http://unitsofmeasure.org'];

test('every search parameter of every resource type compiles', () => {
  for (const resourceType of resourceTypes) {
    const values = searchValues({ resourceType });
    const expected = resourceType === 'Patient' ? [{ kind: 'token', parameter: 'deceased', code: 'false' }] : [];
    assert.deepEqual(values, expected, resourceType);
  }
});

const cases: readonly (readonly [name: string, resource: Resource, parameter: string, expected: readonly unknown[]])[] =
  [
    [
      'a CodeableConcept is a token for each coding, and its text',
      {
        resourceType: 'Observation',
        code: { coding: [{ system: loinc, code: '8480-6', display: 'BP' }], text: 'Systolic' },
      },
      'code',
      [{ system: loinc, code: '8480-6', text: 'BP' }, { text: 'Systolic' }],
    ],
    [
      'a Coding without a system keeps its code alone',
      { resourceType: 'Encounter', class: { code: 'AMB' } },
      'class',
      [{ code: 'AMB' }],
    ],
    [
      'a code has the system its value set implies',
      { resourceType: 'Observation', status: 'final' },
      'status',
      [{ system: 'http://hl7.org/fhir/observation-status', code: 'final' }],
    ],
    [
      'a code whose value set draws on several systems has none',
      {
        resourceType: 'OperationDefinition',
        inputProfile: 'http://a.example',
        kind: 'query',
        code: 'x',
        resource: ['Patient'],
      },
      'kind',
      [{ system: 'http://hl7.org/fhir/operation-kind', code: 'query' }],
    ],
    ['a boolean is true or false', { resourceType: 'Patient', active: false }, 'active', [{ code: 'false' }]],
    [
      'an Identifier is a token with the text of its type',
      {
        resourceType: 'Patient',
        identifier: [{ type: { text: 'MRN' }, system: 'urn:a', value: '1' }, { value: '2' }, { use: 'usual' }],
      },
      'identifier',
      [{ system: 'urn:a', code: '1', text: 'MRN' }, { code: '2' }],
    ],
    [
      'a ContactPoint is its value',
      {
        resourceType: 'Patient',
        telecom: [
          { system: 'email', value: 'a@b.example' },
          { system: 'phone', value: '555' },
        ],
      },
      'telecom',
      [{ code: 'a@b.example' }, { code: '555' }],
    ],
    [
      'where(system=…) takes the contact points of that system',
      {
        resourceType: 'Patient',
        telecom: [
          { system: 'email', value: 'a@b.example' },
          { system: 'phone', value: '555' },
        ],
      },
      'phone',
      [{ code: '555' }],
    ],
    ['a string may be a token', { resourceType: 'ValueSet', version: '1.0' }, 'version', [{ code: '1.0' }]],
    ['an id may be a token', { resourceType: 'ImagingStudy', series: [{ uid: '1.2' }] }, 'series', [{ code: '1.2' }]],
    [
      'a relative reference is a type and an id, and perhaps a version',
      { resourceType: 'Observation', subject: { reference: 'Patient/1/_history/2' } },
      'subject',
      [{ type: 'Patient', id: '1', version: '2' }],
    ],
    [
      'a place is its degrees',
      { resourceType: 'Location', position: { latitude: 42.25, longitude: -83.69 } },
      'near',
      [{ latitude: 42.25, longitude: -83.69 }],
    ],
    [
      'an identifier has the types that its type is coded with',
      { resourceType: 'Patient', identifier: [{ value: '7', type: { coding: [{ system: 'urn:t', code: 'MR' }] } }] },
      'identifier',
      [{ code: '7', types: [{ system: 'urn:t', code: 'MR' }] }],
    ],
    [
      'a composite has the parts of each element that has all of them',
      {
        resourceType: 'Observation',
        code: { coding: [{ code: 'bp' }] },
        component: [
          { code: { coding: [{ code: 'sys' }] }, valueQuantity: { value: 120 } },
          { code: { coding: [{ code: 'dia' }] }, valueString: 'unsure' },
        ],
      },
      'combo-code-value-quantity',
      [
        {
          key: 'Observation.component(token code $ quantity value.as(Quantity))',
          parts: [
            [{ kind: 'token', parameter: 'combo-code', code: 'sys' }],
            [{ kind: 'quantity', parameter: 'combo-value-quantity', lo: 120, hi: 120 }],
          ],
        },
      ],
    ],
    [
      'a part of a composite may lie beside the element',
      {
        resourceType: 'MolecularSequence',
        referenceSeq: { chromosome: { coding: [{ code: '7' }] } },
        variant: [{ start: 10, end: 20 }],
      },
      'chromosome-variant-coordinate',
      [
        {
          key: 'MolecularSequence.variant(token %resource.referenceSeq.chromosome $ number start $ number end)',
          parts: [
            [{ kind: 'token', parameter: 'chromosome', code: '7' }],
            [{ kind: 'number', parameter: 'variant-start', lo: 10, hi: 10 }],
            [{ kind: 'number', parameter: 'variant-end', lo: 20, hi: 20 }],
          ],
        },
      ],
    ],
    [
      'a document relates to another in a certain way',
      {
        resourceType: 'DocumentReference',
        relatesTo: [{ code: 'replaces', target: { reference: 'DocumentReference/1' } }],
      },
      'relationship',
      [
        {
          key: 'DocumentReference.relatesTo(token code $ reference target)',
          parts: [
            [
              {
                kind: 'token',
                parameter: 'relation',
                system: 'http://hl7.org/fhir/document-relationship-type',
                code: 'replaces',
              },
            ],
            [{ kind: 'reference', parameter: 'relatesto', type: 'DocumentReference', id: '1' }],
          ],
        },
      ],
    ],
    [
      'an absolute reference is its URL',
      { resourceType: 'Observation', subject: { reference: 'https://a.example/fhir/Patient/1' } },
      'patient',
      [{ url: 'https://a.example/fhir/Patient/1' }],
    ],
    [
      'resolve() is Patient is decided by the text of the reference',
      { resourceType: 'Observation', subject: { reference: 'Group/1' } },
      'patient',
      [],
    ],
    [
      'resolve() is Patient is decided by the member type where the text does not tell',
      { resourceType: 'Observation', subject: { type: 'Patient', identifier: { system: 'urn:a', value: '1' } } },
      'patient',
      [{ identifier: { system: 'urn:a', value: '1' } }],
    ],
    [
      'resolve() is Patient is decided by the contained resource',
      { resourceType: 'Observation', contained: [{ resourceType: 'Patient', id: 'p' }], subject: { reference: '#p' } },
      'patient',
      [{ url: '#p' }],
    ],
    [
      'a canonical is found with its version and without',
      { resourceType: 'QuestionnaireResponse', questionnaire: 'http://a.example/Questionnaire/q|2' },
      'questionnaire',
      [{ url: 'http://a.example/Questionnaire/q|2' }, { url: 'http://a.example/Questionnaire/q' }],
    ],
    [
      'a canonical is a uri',
      { resourceType: 'ConceptMap', sourceCanonical: 'http://a.example/v' },
      'source-uri',
      [{ url: 'http://a.example/v' }],
    ],
    [
      'the first entry of a document is the composition',
      {
        resourceType: 'Bundle',
        entry: [
          { resource: { resourceType: 'Composition', id: 'c' } },
          { resource: { resourceType: 'Patient', id: 'p' } },
        ],
      },
      'composition',
      [{ type: 'Composition', id: 'c' }],
    ],
    [
      'a date is the interval of its precision',
      { resourceType: 'Patient', birthDate: '1970-01-02' },
      'birthdate',
      [{ lo: day, hi: 2 * day }],
    ],
    [
      'a Period without an end is open',
      { resourceType: 'Encounter', period: { start: '2024-01-01' } },
      'date',
      [{ lo: at('2024-01-01'), hi: Number.POSITIVE_INFINITY }],
    ],
    [
      'a Period reaches to the end of its last day',
      { resourceType: 'Encounter', period: { start: '2024-01-01', end: '2024-01-03' } },
      'date',
      [{ lo: at('2024-01-01'), hi: at('2024-01-04') }],
    ],
    ['a Period with neither end is no value', { resourceType: 'Encounter', period: {} }, 'date', []],
    [
      'of a Timing only the outer limits matter',
      {
        resourceType: 'Observation',
        effectiveTiming: { event: ['2024-02-01', '2024-01-01'], repeat: { boundsPeriod: { end: '2024-03' } } },
      },
      'date',
      [{ lo: Number.NEGATIVE_INFINITY, hi: at('2024-04-01') }],
    ],
    [
      'a choice is read in each type it may have',
      { resourceType: 'Observation', effectiveInstant: '2024-01-01T00:00:00Z' },
      'date',
      [{ lo: at('2024-01-01'), hi: at('2024-01-01T00:00:01Z') }],
    ],
    [
      'a Quantity keeps its unit',
      { resourceType: 'Observation', valueQuantity: { value: 5.4, unit: 'mg', system: ucum, code: 'mg' } },
      'value-quantity',
      [{ lo: 5.4, hi: 5.4, system: ucum, code: 'mg', unit: 'mg', canonical: { unit: 'mg', lo: 5.4, hi: 5.4 } }],
    ],
    [
      'a Quantity with a comparator is open',
      { resourceType: 'Observation', valueQuantity: { value: 5, comparator: '<' } },
      'value-quantity',
      [{ lo: Number.NEGATIVE_INFINITY, hi: 5 }],
    ],
    [
      'sampled data reach from the least to the greatest',
      {
        resourceType: 'Observation',
        valueSampledData: {
          origin: { value: 100, code: 'uV', system: ucum },
          factor: 2,
          data: '-1 E 3 U',
          upperLimit: 10,
        },
      },
      'value-quantity',
      [{ lo: 98, hi: 120, system: ucum, code: 'uV', canonical: { unit: 'C-1.g.m2.s-2', lo: 0.098, hi: 0.12 } }],
    ],
    [
      'a Range is an interval with the unit of its ends',
      { resourceType: 'Condition', onsetRange: { low: { value: 3, code: 'a' }, high: { value: 5 } } },
      'onset-age',
      [{ lo: 3, hi: 5, code: 'a' }],
    ],
    [
      'money is a quantity in its currency',
      { resourceType: 'Invoice', totalGross: { value: 12.5, currency: 'EUR' } },
      'totalgross',
      [{ lo: 12.5, hi: 12.5, system: 'urn:iso:std:iso:4217', code: 'EUR' }],
    ],
    [
      'a decimal is a number',
      { resourceType: 'RiskAssessment', prediction: [{ probabilityDecimal: 0.2 }] },
      'probability',
      [{ lo: 0.2, hi: 0.2 }],
    ],
    [
      'every part of a HumanName is a string',
      {
        resourceType: 'Patient',
        name: [{ family: 'Olsen', given: ['Eva', 'M.'], prefix: ['Dr.'], text: 'Eva Olsen' }],
      },
      'name',
      ['Eva Olsen', 'Olsen', 'Eva', 'M.', 'Dr.'].map((value) => ({ value })),
    ],
    [
      'every part of an Address is a string',
      {
        resourceType: 'Patient',
        address: [{ line: ['1 Road'], city: 'Ober', postalCode: '1', country: 'AT', use: 'home' }],
      },
      'address',
      ['1 Road', 'Ober', '1', 'AT'].map((value) => ({ value })),
    ],
    [
      'the text of a CodeableConcept may be a string',
      { resourceType: 'Observation', valueCodeableConcept: { text: 'Positive' } },
      'value-string',
      [{ value: 'Positive' }],
    ],
    [
      'a uri is as written',
      { resourceType: 'ValueSet', url: 'http://a.example/v' },
      'url',
      [{ value: 'http://a.example/v' }],
    ],
    [
      'a path may begin without the type',
      { resourceType: 'InsurancePlan', name: 'Gold', alias: ['Au'] },
      'name',
      [{ value: 'Gold' }, { value: 'Au' }],
    ],
    [
      'someone with a date of death is deceased',
      { resourceType: 'Patient', deceasedDateTime: '2020' },
      'deceased',
      [{ code: 'true' }],
    ],
    [
      'someone said to live is not deceased',
      { resourceType: 'Patient', deceasedBoolean: false },
      'deceased',
      [{ code: 'false' }],
    ],
    [
      'whether someone is deceased may be unknown',
      { resourceType: 'Patient', _deceasedBoolean: { extension: [{ url: 'http://a.example', valueCode: 'unknown' }] } },
      'deceased',
      [],
    ],
    [
      'tags and profiles are those of meta',
      { resourceType: 'Patient', meta: { tag: [{ code: 'a' }], profile: ['http://a.example/p'], source: 'urn:s' } },
      '_tag',
      [{ code: 'a' }],
    ],
  ];

for (const [name, resource, parameter, expected] of cases) {
  test(name, () => assert.deepEqual(valuesOf(resource, parameter), expected));
}

test('what is not as R4 has it is passed over', () => {
  const odd: Resource = {
    resourceType: 'Patient',
    name: 'x',
    telecom: [null, 3, 'y'],
    birthDate: [1],
    identifier: { value: 1 },
    meta: {},
  };
  assert.deepEqual(valuesOf(odd, 'name'), []);
  assert.deepEqual(
    searchValues(odd).map((value) => value.parameter),
    ['deceased'],
  );
  assert.deepEqual(searchValues({ resourceType: 'Nothing' }), []);
});

test('an expression beyond the subset is refused', () => {
  for (const expression of [
    'Patient.name.first()',
    'Patient.',
    'Patient.name |',
    "Patient.where(a='b'",
    'Patient.a + 1',
    '',
  ]) {
    assert.throws(() => parseExpression(expression), /beyond the subset/, expression);
  }
});

const synthea = readArchive('shared/data/synthea/us-core-100.tar.zst');

describe('Synthea patients', { skip: synthea ? false : 'they are not at ../shared/data/synthea' }, () => {
  test('yield values for the parameters of what they hold, each of its parameter’s kind', () => {
    const found = new Map<string, number>();
    for (const file of (synthea ?? []).filter((one) => one.name.endsWith('.json')).slice(0, 6)) {
      const bundle = JSON.parse(file.text()) as { entry: { resource: Resource }[] };
      for (const { resource } of bundle.entry) {
        const kinds = new Map<string, string>(searchParameters(resource.resourceType).map((p) => [p.code, p.type]));
        for (const value of searchValues(resource)) {
          assert.equal(value.kind, kinds.get(value.parameter));
          const name = `${resource.resourceType}.${value.parameter}`;
          found.set(name, (found.get(name) ?? 0) + 1);
        }
      }
    }
    for (const name of [
      'Patient.name',
      'Patient.birthdate',
      'Patient.gender',
      'Observation.code',
      'Observation.date',
    ]) {
      assert.ok(found.has(name), name);
    }
    for (const name of [
      'Observation.value-quantity',
      'Observation.subject',
      'Condition.onset-date',
      'Encounter.class',
    ]) {
      assert.ok(found.has(name), name);
    }
    assert.ok(found.size > 80, `${found.size} parameters have values`);
  });
});
