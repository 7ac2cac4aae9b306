import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FhirError } from '../outcome/fhir-error.ts';
import { validate } from '../validate/validate.ts';
import { projector } from './project.ts';
import { parseProjection } from './projection.ts';

const tag = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
  display: 'subsetted',
};
const meta = { versionId: '1', lastUpdated: '2026-01-31T09:30:00.000Z' };
const observation = {
  resourceType: 'Observation',
  id: '1',
  meta,
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
  extension: [{ url: 'http://a.example', valueString: 'x' }],
  modifierExtension: [{ url: 'http://b.example', valueString: 'x' }],
  status: 'final',
  category: [{ text: 'vital' }],
  code: { text: 'weight' },
  valueQuantity: { value: 1.5, unit: 'kg' },
  note: [{ text: 'a note' }],
  component: [{ code: { text: 'part' }, valueString: 'v', interpretation: [{ text: 'high' }] }],
};

const shown = (query: string, resource: { readonly resourceType: string }) => {
  const projection = parseProjection(new URLSearchParams(query), resource.resourceType);
  assert.ok(projection);
  return JSON.parse(projector(projection)(resource.resourceType, JSON.stringify(resource)));
};

describe('what an answer shows of a resource', () => {
  test('_summary=true shows the elements of the summary at every depth, and modifiers', () => {
    const { category, note, text, extension, ...rest } = observation;
    assert.deepEqual(shown('_summary=true', observation), {
      ...rest,
      meta: { tag: [tag], ...meta },
      component: [{ code: { text: 'part' }, valueString: 'v' }],
    });
  });

  test('_summary=true leaves out the data of an attachment, and what would be an empty object', () => {
    const photo = { contentType: 'image/png', data: 'AAAA' };
    const content = [{ attachment: photo }, { attachment: { data: 'AAAA' } }];
    const status = 'current';
    const document = { resourceType: 'DocumentReference', id: '1', meta, status, content };
    assert.deepEqual(shown('_summary=true', document).content, [{ attachment: { contentType: 'image/png' } }]);
  });

  test('_summary=text shows the narrative and what is mandatory', () => {
    const { status, code, text, modifierExtension, resourceType, id } = observation;
    assert.deepEqual(shown('_summary=text', observation), {
      ...{ resourceType, id, meta: { tag: [tag], ...meta }, text, modifierExtension, status, code },
    });
  });

  test('_summary=data leaves out the narrative alone', () => {
    const { text, ...rest } = observation;
    assert.deepEqual(shown('_summary=data', observation), { ...rest, meta: { tag: [tag], ...meta } });
  });

  test('_elements shows what is named, by element, member or type, and what is mandatory', () => {
    const names = (query: string) => Object.keys(shown(query, observation));
    const always = ['resourceType', 'id', 'meta', 'modifierExtension', 'status', 'code'];
    assert.deepEqual(names('_elements=note'), [...always, 'note']);
    assert.deepEqual(names('_elements=value,note').sort(), [...always, 'valueQuantity', 'note'].sort());
    assert.deepEqual(names('_elements=value[x]'), [...always, 'valueQuantity']);
    assert.deepEqual(names('_elements=valueQuantity'), [...always, 'valueQuantity']);
    assert.deepEqual(names('_elements=Observation.note,Patient.name'), [...always, 'note']);
  });

  test('the companion of a primitive stays with it', () => {
    const patient = { resourceType: 'Patient', meta, birthDate: '1980', _birthDate: { id: 'x' }, gender: 'male' };
    assert.deepEqual(Object.keys(shown('_elements=birthDate', patient)), [
      'resourceType',
      'meta',
      'birthDate',
      '_birthDate',
    ]);
  });

  test('a tag that is there stays, and decimals stay as written', () => {
    const project = projector({ kind: 'summary' });
    const text =
      '{"resourceType":"Observation","meta":{"tag":[{"code":"x"}]},"status":"final","code":{"text":"y"},"valueQuantity":{"value":1.50}}';
    const projected = project('Observation', text);
    assert.match(projected, /"value":1\.50/);
    assert.deepEqual(JSON.parse(projected).meta.tag, [tag, { code: 'x' }]);
  });

  test('what is left is valid', () => {
    for (const query of ['_summary=true', '_summary=text', '_summary=data', '_elements=note']) {
      const errors = validate(shown(query, observation)).filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, [], query);
    }
  });

  for (const query of ['_summary=yes', '_elements=colour', '_elements=name.given', '_elements=Nothing.name']) {
    test(`${query} is refused`, () => {
      assert.throws(() => parseProjection(new URLSearchParams(query), 'Patient'), FhirError);
    });
  }

  test('both parameters at once are refused, and neither asks for nothing less than all', () => {
    assert.throws(
      () =>
        parseProjection([
          ['_summary', 'true'],
          ['_elements', 'name'],
        ]),
      FhirError,
    );
    assert.equal(parseProjection([['_summary', 'false']]), undefined);
    assert.equal(parseProjection([['_elements', '']]), undefined);
  });
});
