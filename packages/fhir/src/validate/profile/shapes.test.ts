import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extensionOf, findings, profileOf } from '../../testing/profile.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p',
  meta: {
    profile: ['http://hl7.org/fhir/StructureDefinition/Patient'],
    tag: [{ system: 'http://a.example', code: 'x' }],
  },
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
  extension: [{ url: 'http://clinic.example/StructureDefinition/ward', valueReference: { reference: '#o' } }],
  name: [{ family: 'x', given: ['a', 'b'], _given: [null, { id: 'g' }], period: { start: '2000' } }],
  birthDate: '1970',
  _birthDate: { extension: [{ url: 'http://a.example/time', valueDateTime: '1970-01-01' }] },
  photo: [{ contentType: 'a/b', data: 'QUJD', size: 3 }],
  deceasedBoolean: false,
  managingOrganization: { reference: '#o' },
};
const observation = {
  resourceType: 'Observation',
  status: 'final',
  category: [{ coding: [{ system: 'http://a.example', code: 'a' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: '1' }], text: 'x' },
  subject: { reference: 'Patient/p', type: 'Patient' },
  valueQuantity: { value: 1, unit: 'g' },
  component: [{ code: { text: 'x' }, valueString: 'x' }],
};
const bundle = {
  resourceType: 'Bundle',
  type: 'document',
  link: [{ relation: 'self', url: 'http://a.example' }],
  entry: [
    { fullUrl: 'http://a.example/Patient/p', resource: { resourceType: 'Patient', id: 'p', active: true } },
    { fullUrl: 'http://a.example/Observation/o', resource: observation, search: { mode: 'match' } },
  ],
};
const parameters = {
  resourceType: 'Parameters',
  parameter: [{ name: 'x', part: [{ name: 'y', resource: { resourceType: 'Patient', id: 'p', active: true } }] }],
};

const slicing = (path: string, type = 'value') => ({
  slicing: { discriminator: [{ type, path }], rules: 'closed', ordered: true },
});
const element = (id: string, rules: object) => {
  const sliceName = /:([^.:]*)$/.exec(id)?.[1];
  return { id, path: id.replace(/:[^.]*/g, ''), ...(sliceName ? { sliceName } : {}), ...rules };
};
const definitions = [
  extensionOf('ward', [element('Extension.value[x]', { type: [{ code: 'Reference' }] })], {
    context: [{ type: 'element', expression: 'Patient' }],
  }),
  profileOf('Observation', [
    element('Observation.category', slicing('coding.code')),
    element('Observation.category:a', { min: 1 }),
    element('Observation.category:a.coding.code', { min: 1, fixedCode: 'a' }),
    element('Observation.subject', slicing('resolve()', 'type')),
    element('Observation.subject:p', {
      type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Patient'] }],
    }),
    element('Observation.value[x]', slicing('$this', 'type')),
    element('Observation.value[x]:valueQuantity', {
      type: [{ code: 'Quantity' }],
      maxValueQuantity: { value: 9, unit: 'g' },
    }),
  ]),
];

const shapes: readonly unknown[] = [
  ...[null, 5, 'x', '', true, '#', {}, [], [null], [[{}]], { a: 1 }, [5, 'x', null]],
  ...[{ url: 5 }, { reference: 5 }, { reference: '#' }, { coding: [null, 5] }, { extension: [null, { url: {} }] }],
  ...[{ resourceType: 'Patient' }, [{ resourceType: 'Bundle', entry: [null, { resource: 5 }] }], { id: {}, value: [] }],
];

/** The value with each part of it, one after the other, replaced by something else. */
function* spoilt(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const put = (other: unknown) =>
      Array.isArray(value) ? value.map((one, at) => (String(at) === key ? other : one)) : { ...value, [key]: other };
    for (const shape of shapes) yield put(shape);
    for (const other of spoilt(inner)) yield put(other);
  }
}

for (const resource of [patient, observation, bundle, parameters]) {
  test(`whatever shape a part of a ${resource.resourceType} has, validation ends with its issues`, () => {
    assert.deepEqual(
      findings(resource, { definitions }).filter((found) => found.startsWith('error') && !found.includes('Bundle')),
      [],
    );
    let count = 0;
    for (const other of spoilt(resource)) {
      findings(other as object, { definitions });
      count += 1;
    }
    assert.ok(count > 150);
  });
}
