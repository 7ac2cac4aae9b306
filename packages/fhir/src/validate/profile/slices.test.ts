import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CanonicalResource } from '../../conformance/canonical-source.ts';
import { codesOf, extensionOf, findings, here, profileOf } from '../../testing/profile.ts';

const element = (id: string, rules: object = {}) => {
  const sliceName = /:([^.:]*)$/.exec(id)?.[1];
  return { id, path: id.replace(/:[^.]*/g, ''), ...(sliceName === undefined ? {} : { sliceName }), ...rules };
};
const sliced = (type: string, path: string, more: object = {}) => ({
  slicing: { discriminator: [{ type, path }], rules: 'open', ...more },
});
const observation = (members: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...members,
});
const coding = (code: string) => ({ system: 'http://a.example', code });
const category = (...codes: readonly string[]) =>
  observation({ category: codes.map((code) => ({ coding: [coding(code)] })) });
const check = (resource: object, ...definitions: readonly CanonicalResource[]) => findings(resource, { definitions });

/** Categories sliced by pattern: `a` exactly once, `b` at most once. */
const byPattern = (more: object = {}) =>
  profileOf('Observation', [
    element('Observation.category', sliced('pattern', '$this', more)),
    element('Observation.category:a', { min: 1, max: '1', patternCodeableConcept: { coding: [coding('a')] } }),
    element('Observation.category:b', { max: '1', patternCodeableConcept: { coding: [coding('b')] } }),
  ]);

describe('slices by what they are', () => {
  test('a pattern tells the values of a slice', () => {
    assert.deepEqual(check(category('a', 'b', 'z'), byPattern()), []);
    assert.deepEqual(check(category('z'), byPattern()), ['error required Observation.category']);
    assert.deepEqual(check(category('a', 'b', 'b'), byPattern()), ['error structure Observation.category']);
  });
  test('closed slicing has no other values', () => {
    assert.deepEqual(check(category('a', 'z'), byPattern({ rules: 'closed' })), [
      'error structure Observation.category[1]',
    ]);
  });
  test('openAtEnd has other values at the end alone', () => {
    assert.deepEqual(check(category('a', 'z'), byPattern({ rules: 'openAtEnd' })), []);
    assert.deepEqual(check(category('z', 'a'), byPattern({ rules: 'openAtEnd' })), [
      'error structure Observation.category[1]',
    ]);
  });
  test('ordered slices come in their order', () => {
    assert.deepEqual(check(category('a', 'b'), byPattern({ ordered: true })), []);
    assert.deepEqual(check(category('b', 'a'), byPattern({ ordered: true })), [
      'error structure Observation.category[1]',
    ]);
  });
  test('a value inside tells it: component.code', () => {
    const profile = profileOf('Observation', [
      element('Observation.component', sliced('value', 'code.coding.code')),
      element('Observation.component:a', { min: 1 }),
      element('Observation.component:a.code.coding.code', { min: 1, fixedCode: 'a' }),
      element('Observation.component:a.value[x]', { min: 1, type: [{ code: 'Quantity' }] }),
    ]);
    const component = (code: string, value: object) =>
      observation({ component: [{ code: { coding: [coding(code)] }, ...value }] });
    assert.deepEqual(check(component('a', { valueQuantity: { value: 1 } }), profile), []);
    assert.deepEqual(check(component('a', { valueString: 'x' }), profile), [
      'error structure Observation.component[0].value',
    ]);
    assert.deepEqual(check(component('a', {}), profile), ['error required Observation.component[0].value']);
    assert.deepEqual(check(component('b', { valueString: 'x' }), profile), ['error required Observation.component']);
  });
  test('a value set tells it', () => {
    const binding = { strength: 'required', valueSet: 'http://a.example/vs' };
    const profile = profileOf('Observation', [
      element('Observation.category', sliced('value', '$this')),
      element('Observation.category:known', { min: 1, binding }),
    ]);
    const terminology = codesOf({ 'http://a.example/vs': ['a'] });
    assert.deepEqual(findings(category('z', 'a'), { definitions: [profile], terminology }), []);
    assert.deepEqual(findings(category('z'), { definitions: [profile], terminology }), [
      'error required Observation.category',
    ]);
  });
  test('whether something is there tells it', () => {
    const profile = profileOf('Patient', [
      element('Patient.name', sliced('exists', 'period')),
      element('Patient.name:old', { max: '1' }),
      element('Patient.name:old.period', { min: 1 }),
      element('Patient.name:now', { min: 1 }),
      element('Patient.name:now.period', { max: '0' }),
    ]);
    const name = (...names: readonly object[]) => ({ resourceType: 'Patient', name: names });
    const old = { text: 'x', period: { end: '2000' } };
    assert.deepEqual(check(name(old, { text: 'x' }), profile), []);
    assert.deepEqual(check(name(old, old), profile), ['error structure Patient.name', 'error required Patient.name']);
  });
  test('the default slice holds for the rest', () => {
    const profile = profileOf('Observation', [
      element('Observation.category', sliced('pattern', '$this', { rules: 'closed' })),
      element('Observation.category:a', { patternCodeableConcept: { coding: [coding('a')] } }),
      element('Observation.category:@default', { max: '*' }),
      element('Observation.category:@default.text', { min: 1 }),
    ]);
    assert.deepEqual(check(category('a', 'z'), profile), ['error required Observation.category[1].text']);
  });
  test('a slice may be sliced again', () => {
    const type = (code: string) => ({ type: { coding: [coding(code)] } });
    const profile = profileOf('Patient', [
      element('Patient.identifier', sliced('value', 'system')),
      { ...element('Patient.identifier:a', { max: '2' }), ...sliced('pattern', 'type') },
      element('Patient.identifier:a.system', { min: 1, fixedUri: 'http://a.example' }),
      element('Patient.identifier:a/x', { max: '1' }),
      element('Patient.identifier:a/x.type', { min: 1, patternCodeableConcept: type('x').type }),
    ]);
    const identifiers = (...list: readonly object[]) => ({
      resourceType: 'Patient',
      identifier: list.map((one) => ({ system: 'http://a.example', value: '1', ...one })),
    });
    assert.deepEqual(check(identifiers(type('x'), type('y')), profile), []);
    assert.deepEqual(check(identifiers(type('x'), type('x')), profile), ['error structure Patient.identifier']);
    assert.deepEqual(check(identifiers(type('x'), type('y'), type('y')), profile), [
      'error structure Patient.identifier',
    ]);
  });
});

describe('slices by type', () => {
  const byType = profileOf('Observation', [
    element('Observation.value[x]', sliced('type', '$this', { rules: 'closed' })),
    element('Observation.value[x]:valueQuantity', { type: [{ code: 'Quantity' }] }),
    element('Observation.value[x]:valueQuantity.unit', { min: 1 }),
  ]);
  test('a type tells the slice of a choice', () => {
    assert.deepEqual(check(observation({ valueQuantity: { value: 1, unit: 'g' } }), byType), []);
    assert.deepEqual(check(observation({ valueQuantity: { value: 1 } }), byType), [
      'error required Observation.value.unit',
    ]);
    assert.deepEqual(check(observation({ valueString: 'x' }), byType), ['error structure Observation.value']);
  });
  test('a choice’s slice may be written by its member', () => {
    const profile = profileOf('Observation', [
      element('Observation.value[x]', {}),
      { ...element('Observation.valueQuantity', { type: [{ code: 'Quantity' }] }), sliceName: 'valueQuantity' },
      element('Observation.valueQuantity.unit', { min: 1 }),
    ]);
    assert.deepEqual(check(observation({ valueQuantity: { value: 1 } }), profile), [
      'error required Observation.value.unit',
    ]);
    assert.deepEqual(check(observation({ valueString: 'x' }), profile), []);
  });
  const byTarget = profileOf('Observation', [
    element('Observation.performer', sliced('type', 'resolve()')),
    element('Observation.performer:organization', {
      min: 1,
      type: [{ code: 'Reference', targetProfile: ['http://hl7.org/fhir/StructureDefinition/Organization'] }],
    }),
  ]);
  test('the type of a reference’s target tells the slice', () => {
    assert.deepEqual(check(observation({ performer: [{ reference: 'Organization/1' }] }), byTarget), []);
    assert.deepEqual(
      check(
        observation({
          performer: [{ reference: '#o' }],
          contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
        }),
        byTarget,
      ),
      [],
    );
    assert.deepEqual(check(observation({ performer: [{ reference: 'Patient/1' }] }), byTarget), [
      'error required Observation.performer',
    ]);
  });
  test('the type of an entry’s resource tells the slice', () => {
    const profile = profileOf('Bundle', [
      element('Bundle.entry', sliced('type', 'resource')),
      element('Bundle.entry:patient', { min: 1, max: '1' }),
      element('Bundle.entry:patient.resource', { min: 1, type: [{ code: 'Patient' }] }),
      element('Bundle.entry:patient.resource.name', { min: 1 }),
    ]);
    const bundle = (...list: readonly object[]) => ({
      resourceType: 'Bundle',
      type: 'collection',
      entry: list.map((resource, at) => ({ fullUrl: `urn:uuid:0000000${at}-0000-0000-0000-000000000000`, resource })),
    });
    assert.deepEqual(check(bundle({ resourceType: 'Patient', name: [{ text: 'x' }] }), profile), []);
    assert.deepEqual(check(bundle({ resourceType: 'Patient', active: true }), profile), [
      'error required Bundle.entry[0].resource.name',
    ]);
    assert.deepEqual(check(bundle({ resourceType: 'Binary', contentType: 'x/y' }), profile), [
      'error required Bundle.entry',
    ]);
  });
});

describe('slices by profile and extension', () => {
  test('a profile of the target tells the slice', () => {
    const named = profileOf('Patient', [element('Patient.name', { min: 1 })], { url: `${here}/named` });
    const profile = profileOf('Observation', [
      element('Observation.performer', sliced('profile', 'resolve()')),
      element('Observation.performer:named', { min: 1, type: [{ code: 'Reference', targetProfile: [named.url] }] }),
    ]);
    const performed = (members: object) =>
      observation({ performer: [{ reference: '#p' }], contained: [{ resourceType: 'Patient', id: 'p', ...members }] });
    assert.deepEqual(check(performed({ name: [{ text: 'x' }] }), named, profile), []);
    assert.deepEqual(check(performed({ active: true }), named, profile), ['error required Observation.performer']);
  });
  test('an extension’s value tells the slice', () => {
    const kind = extensionOf('kind', [], { context: [{ type: 'element', expression: 'Element' }] });
    const profile = profileOf('Patient', [
      element('Patient.name', sliced('value', `extension('${kind.url}').value`)),
      element('Patient.name:legal', { max: '1' }),
      element('Patient.name:legal.extension', sliced('value', 'url')),
      element('Patient.name:legal.extension:kind', { min: 1, type: [{ code: 'Extension', profile: [kind.url] }] }),
      element('Patient.name:legal.extension:kind.value[x]', { min: 1, fixedCode: 'legal' }),
    ]);
    const name = (valueCode: string) => ({ text: 'x', extension: [{ url: kind.url, valueCode }] });
    const patient = (...names: readonly object[]) => ({ resourceType: 'Patient', name: names });
    assert.deepEqual(check(patient(name('legal'), name('other')), kind, profile), []);
    assert.deepEqual(check(patient(name('legal'), name('legal')), kind, profile), ['error structure Patient.name']);
  });
  test('extensions are told by their URL, and may be required', () => {
    const ward = extensionOf('ward', [element('Extension.value[x]', { min: 1, type: [{ code: 'string' }] })], {
      context: [{ type: 'element', expression: 'Patient' }],
    });
    const profile = profileOf('Patient', [
      element('Patient.extension', sliced('value', 'url')),
      element('Patient.extension:ward', { min: 1, max: '1', type: [{ code: 'Extension', profile: [ward.url] }] }),
    ]);
    const patient = (...extension: readonly object[]) => ({
      resourceType: 'Patient',
      active: true,
      ...(extension.length ? { extension } : {}),
    });
    assert.deepEqual(check(patient({ url: ward.url, valueString: 'x' }), ward, profile), []);
    assert.deepEqual(check(patient(), ward, profile), ['error required Patient.extension']);
    assert.deepEqual(check(patient({ url: ward.url, valueCode: 'x' }), ward, profile), [
      'error structure Patient.extension[0].value',
    ]);
  });
  test('slices that nothing tells are not checked', () => {
    const profile = profileOf('Observation', [
      element('Observation.category', { slicing: { rules: 'closed' } }),
      element('Observation.category:a', { min: 1 }),
    ]);
    assert.deepEqual(check(category('a'), profile), []);
  });
});
