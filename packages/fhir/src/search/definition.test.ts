import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchParameterDefinition } from './definition.ts';
import { searchParametersWith } from './parameters.ts';
import { parseSearch } from './parse.ts';

const race = {
  resourceType: 'SearchParameter',
  url: 'http://hl7.org/fhir/us/core/SearchParameter/us-core-race',
  code: 'race',
  type: 'token',
  base: ['Patient'],
  expression:
    "Patient.extension.where(url = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race').extension.value.code",
};

function parametersOf(resource: Parameters<typeof searchParameterDefinition>[0]) {
  const definition = searchParameterDefinition(resource);
  if ('problem' in definition) throw new Error(definition.problem);
  return definition.parameters;
}

function problemOf(change: Record<string, unknown>): string {
  const definition = searchParameterDefinition({ ...race, ...change });
  return 'problem' in definition ? definition.problem : '';
}

test('a parameter of a guide finds values and is searched like any other', () => {
  const parameters = searchParametersWith(parametersOf(race));
  const url = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race';
  const system = 'urn:oid:2.16.840.1.113883.6.238';
  const values = parameters.valuesOf({
    resourceType: 'Patient',
    extension: [
      { url, extension: [{ url: 'ombCategory', valueCoding: { system, code: '2106-3' } }] },
      { url: 'http://other.example', extension: [{ url: 'ombCategory', valueCoding: { system, code: '2054-5' } }] },
    ],
  } as never);
  const found = values.filter(({ parameter }) => parameter === 'race');
  assert.deepEqual(found, [{ kind: 'token', parameter: 'race', code: '2106-3' }]);
  const { query } = parseSearch('Patient', [['race', '2106-3']], { parameters });
  assert.equal(query.criteria[0]?.kind, 'token');
});

test('a choice may be written by its member', () => {
  const parameters = searchParametersWith(
    parametersOf({
      ...race,
      code: 'asserted-date',
      type: 'date',
      base: ['Condition'],
      expression:
        "Condition.extension.where(url = 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate').valueDateTime",
    }),
  );
  const extension = [
    { url: 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate', valueDateTime: '2020-01-01' },
  ];
  const values = parameters.valuesOf({ resourceType: 'Condition', extension } as never);
  assert.deepEqual(
    values.map(({ parameter, kind }) => [parameter, kind]),
    [['asserted-date', 'date']],
  );
});

test('an expression beyond the subset that is compiled is evaluated as FHIRPath', () => {
  const find = (expression: string, type: string, resource: object) => {
    const { valuesOf } = searchParametersWith(parametersOf({ ...race, code: 'own', type, expression }));
    return valuesOf(resource as never).filter(({ parameter }) => parameter === 'own');
  };
  const patient = { resourceType: 'Patient', name: [{ family: 'Ash', given: ['Al', 'Bo'] }], birthDate: '1950-05-01' };
  const names = "Patient.name.where(family.startsWith('A')).given.first()";
  assert.deepEqual(find(names, 'string', patient), [{ kind: 'string', parameter: 'own', value: 'Al' }]);
  assert.deepEqual(find('Patient.name.given.count()', 'number', patient), [
    { kind: 'number', parameter: 'own', lo: 2, hi: 2 },
  ]);
  assert.deepEqual(find('Patient.birthDate.exists()', 'token', patient), [
    { kind: 'token', parameter: 'own', code: 'true' },
  ]);
  assert.equal(find('iif(birthDate.exists(), birthDate, @1900-01-01)', 'date', patient).length, 1);
  assert.deepEqual(find('Patient.name.family + 1', 'string', patient), [], 'what fails finds nothing');
});

test('attack 67: an expression that takes too long is given up, and finds nothing', () => {
  const expression = 'Patient.name.given.select($this.toChars()).first()';
  const { valuesOf } = searchParametersWith(parametersOf({ ...race, code: 'own', type: 'string', expression }));
  const name = Array.from({ length: 500 }, () => ({ given: ['x'.repeat(500)] }));
  const values = valuesOf({ resourceType: 'Patient', name } as never);
  assert.ok(!values.some(({ parameter }) => parameter === 'own'));
});

test('a type on which R4 has the code already keeps R4’s parameter', () => {
  assert.deepEqual(parametersOf({ ...race, code: 'name', expression: 'Patient.name' }), []);
});

test('one for all resources is a parameter of every type', () => {
  const all = parametersOf({ ...race, code: 'language', base: ['Resource'], expression: 'Resource.language' });
  assert.ok(all.length > 140);
  const { valuesOf } = searchParametersWith(all);
  assert.deepEqual(
    valuesOf({ resourceType: 'Basic', language: 'es' } as never).map(({ parameter }) => parameter),
    ['language'],
  );
});

test('what cannot be used says why', () => {
  assert.match(problemOf({ code: 'a.b' }), /code/);
  assert.match(problemOf({ type: 'special' }), /type must be one of/);
  assert.match(problemOf({ expression: undefined }), /expression/);
  assert.match(problemOf({ expression: 'x'.repeat(4001) }), /4000/);
  assert.match(problemOf({ expression: 'Patient.nothing' }), /cannot be used on Patient/);
});

test('until it is indexed nothing can be found by it', () => {
  const parameters = searchParametersWith(parametersOf(race).map((one) => ({ ...one, isIndexing: true as const })));
  assert.throws(() => parseSearch('Patient', [['race', 'x']], { parameters }), /still being indexed/);
  assert.throws(() => parseSearch('Patient', [['_sort', 'race']], { parameters }), /still being indexed/);
  assert.throws(() => parseSearch('Observation', [['patient.race', 'x']], { parameters }), /still being indexed/);
});
