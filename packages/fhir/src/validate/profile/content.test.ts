import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noTerminology } from '../../terminology/terminology.ts';
import { r4Canonicals } from '../../testing/canonicals.ts';
import { extensionOf, findings, here, profileOf } from '../../testing/profile.ts';
import { validateProfiles } from './validate-profiles.ts';

const patient = (members: object) => ({ resourceType: 'Patient', ...members });
const observation = (members: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...members,
});
const element = (id: string, rules: object) => ({ id, path: id, ...rules });
const core = 'http://hl7.org/fhir/StructureDefinition';

describe('extensions', () => {
  const value = (type: string) => element('Extension.value[x]', { min: 1, type: [{ code: type }] });
  const onPatient = { context: [{ type: 'element', expression: 'Patient' }] };
  const ward = extensionOf('ward', [value('string')], onPatient);
  const check = (resource: object) => findings(resource, { definitions: [ward] });

  test('a known one has the value its definition asks for', () => {
    assert.deepEqual(check(patient({ extension: [{ url: ward.url, valueString: 'x' }] })), []);
    assert.deepEqual(check(patient({ extension: [{ url: ward.url, valueInteger: 1 }] })), [
      'error structure Patient.extension[0].value',
    ]);
  });
  test('it stands where it may', () => {
    const resource = patient({ name: [{ text: 'x', extension: [{ url: ward.url, valueString: 'x' }] }] });
    assert.deepEqual(check(resource), ['error extension Patient.name[0].extension[0]']);
  });
  test('contexts may be paths, types, other extensions and FHIRPath', () => {
    const at = (type: string, expression: string) => {
      const one = extensionOf('one', [value('string')], { context: [{ type, expression }] });
      const extension = [{ url: one.url, valueString: 'x' }];
      const name = [{ text: 'x', extension, _family: { extension } }];
      return findings(patient({ name, contact: [{ name: { extension, text: 'x' } }] }), { definitions: [one] });
    };
    const [contact, name, family] = ['contact[0].name', 'name[0]', 'name[0].family'].map(
      (place) => `error extension Patient.${place}.extension[0]`,
    );
    assert.deepEqual(at('element', 'HumanName'), [family]);
    assert.deepEqual(at('element', 'Patient.contact.name'), [name, family]);
    assert.deepEqual(at('element', 'HumanName.family'), [name, contact]);
    assert.deepEqual(at('element', 'string'), [name, contact]);
    assert.deepEqual(at('element', 'Element'), []);
    assert.deepEqual(at('fhirpath', 'Patient.name'), [family, contact]);
    assert.deepEqual(at('extension', 'http://a.example/other'), [name, family, contact]);
  });
  test('a modifier is used as one', () => {
    const not = extensionOf('not', [element('Extension', { isModifier: true }), value('boolean')], onPatient);
    const extension = [{ url: not.url, valueBoolean: true }];
    assert.deepEqual(findings(patient({ modifierExtension: extension }), { definitions: [not] }), []);
    assert.deepEqual(findings(patient({ extension }), { definitions: [not] }), [
      'error extension Patient.extension[0]',
    ]);
  });
  test('an unknown one is told: as information, a modifier as a warning', () => {
    const extension = [{ url: 'http://a.example/unknown', valueString: 'x' }];
    assert.deepEqual(check(patient({ extension })), []);
    assert.deepEqual(check(patient({ modifierExtension: extension })), [
      'warning not-found Patient.modifierExtension[0]',
    ]);
  });
  test('its URL is absolute and names no version', () => {
    for (const url of ['ward', `${ward.url}|1.0`]) {
      assert.deepEqual(check(patient({ extension: [{ url, valueString: 'x' }] })), [
        'error extension Patient.extension[0]',
      ]);
    }
  });
  test('ext-1: it has a value or extensions', () => {
    const found = check(patient({ extension: [{ url: 'http://a.example/x' }] }));
    assert.deepEqual(found, ['error invariant Patient.extension[0]']);
  });
  test('one in a primitive is checked as well', () => {
    const resource = patient({ birthDate: '1970', _birthDate: { extension: [{ url: ward.url, valueString: 'x' }] } });
    assert.deepEqual(check(resource), ['error extension Patient.birthDate.extension[0]']);
  });
});

describe('references', () => {
  const targets = (...targetProfile: readonly string[]) =>
    profileOf('Observation', [element('Observation.subject', { type: [{ code: 'Reference', targetProfile }] })]);

  test('the target has a type that the definition allows', () => {
    assert.deepEqual(findings(observation({ subject: { reference: 'Patient/1' } })), []);
    assert.deepEqual(findings(observation({ subject: { reference: 'Claim/1' } })), [
      'error structure Observation.subject',
    ]);
    assert.deepEqual(findings(observation({ subject: { type: 'Claim', display: 'x' } })), [
      'error structure Observation.subject',
    ]);
    assert.deepEqual(
      findings(observation({ subject: { reference: 'urn:uuid:1' } })),
      ['error value Observation.subject.reference'].slice(1),
    );
  });
  test('the stated type is the target’s', () => {
    const found = findings(observation({ subject: { reference: 'Patient/1', type: 'Group' } }));
    assert.deepEqual(found, ['error invalid Observation.subject']);
  });
  test('a target at hand meets one of the profiles', () => {
    const named = profileOf('Patient', [element('Patient.name', { min: 1 })], { url: `${here}/named` });
    const contained = (members: object) =>
      observation({ subject: { reference: '#p' }, contained: [patient({ id: 'p', ...members })] });
    const definitions = [targets(named.url), named];
    assert.deepEqual(findings(contained({ name: [{ text: 'x' }] }), { definitions }), []);
    assert.deepEqual(findings(contained({ active: true }), { definitions }), ['error structure Observation.subject']);
  });
  test('the caller may know the target', () => {
    const named = profileOf('Patient', [element('Patient.name', { min: 1 })], { url: `${here}/named` });
    const profile = targets(named.url);
    const canonicals = {
      ...r4Canonicals(),
      find: (type: string, url: string) =>
        [named, profile].find((one) => one.url === url) ?? r4Canonicals().find(type, url),
    };
    const resolve = (reference: string) => (reference === 'Patient/1' ? patient({ id: '1' }) : undefined);
    const context = { conformance: { canonicals, terminology: noTerminology }, resolve };
    const of = (reference: string) =>
      validateProfiles(observation({ subject: { reference } }), context, [profile.url]).filter(
        ({ severity }) => severity === 'error',
      );
    assert.equal(of('Patient/1').length, 1);
    assert.equal(of('Patient/2').length, 0);
  });
  test('aggregation says where the target may lie', () => {
    const profile = profileOf('Observation', [
      element('Observation.subject', {
        type: [{ code: 'Reference', targetProfile: [`${core}/Patient`], aggregation: ['contained'] }],
      }),
    ]);
    const contained = { subject: { reference: '#p' }, contained: [patient({ id: 'p', active: true })] };
    assert.deepEqual(findings(observation(contained), { definitions: [profile] }), []);
    const found = findings(observation({ subject: { reference: 'Patient/1' } }), { definitions: [profile] });
    assert.deepEqual(found, ['error structure Observation.subject']);
  });
  test('versioning says whether a version is named', () => {
    const profile = (versioning: string) =>
      profileOf('Observation', [
        element('Observation.subject', {
          type: [{ code: 'Reference', targetProfile: [`${core}/Patient`], versioning }],
        }),
      ]);
    const check = (reference: string, versioning: string) =>
      findings(observation({ subject: { reference } }), { definitions: [profile(versioning)] });
    assert.deepEqual(check('Patient/1', 'specific'), ['error structure Observation.subject']);
    assert.deepEqual(check('Patient/1/_history/1', 'independent'), ['error structure Observation.subject']);
    assert.deepEqual(check('Patient/1/_history/1', 'specific'), []);
  });
  test('ref-1: a link to a contained resource leads somewhere', () => {
    assert.deepEqual(findings(observation({ subject: { reference: '#p' } })), ['error invariant Observation.subject']);
  });
});

describe('contained resources', () => {
  const holding = (contained: object, reference = '#c') =>
    findings(
      observation({
        contained: [{ resourceType: 'Patient', id: 'c', active: true, ...contained }],
        subject: { reference },
      }),
    );

  test('one that is linked to is fine', () => assert.deepEqual(holding({}), []));
  test('dom-3: one that nothing links to is refused', () => {
    assert.deepEqual(holding({}, 'Patient/1'), ['error invariant Observation.contained[0]']);
  });
  test('dom-3: one that links to the resource around is fine', () => {
    const back = {
      resourceType: 'Provenance',
      target: [{ reference: '#' }],
      recorded: '2020-01-01T00:00:00Z',
      agent: [{ who: { display: 'x' } }],
    };
    assert.deepEqual(
      holding({ ...back, active: undefined }, 'Patient/1').filter((found) => found.includes('invariant')),
      [],
    );
  });
  test('dom-2: it contains no others', () => {
    assert.deepEqual(holding({ contained: [{ resourceType: 'Patient', id: 'd', active: true }] }), [
      'error invariant Observation.contained[0]',
    ]);
  });
  test('dom-4, dom-5: it has neither version nor security labels', () => {
    const meta = { versionId: '1', security: [{ system: 'http://a.example', code: 'x' }] };
    assert.deepEqual(holding({ meta }), [
      'error invariant Observation.contained[0]',
      'error invariant Observation.contained[0]',
    ]);
  });
  test('it is checked by its own type', () => {
    assert.deepEqual(holding({ contact: [{ gender: 'male' }] }), [
      'error invariant Observation.contained[0].contact[0]',
    ]);
  });
});

describe('bundles', () => {
  const bundle = (type: string, ...entry: readonly object[]) => findings({ resourceType: 'Bundle', type, entry });
  const at = (fullUrl: string, resource: object) => ({ fullUrl, resource });
  const base = 'http://a.example/fhir';

  test('a fullUrl is absolute and agrees with the id', () => {
    assert.deepEqual(bundle('collection', at('Patient/1', patient({ id: '1' }))), ['error invalid Bundle.entry[0]']);
    assert.deepEqual(bundle('collection', at(`${base}/Patient/2`, patient({ id: '1' }))), [
      'error invalid Bundle.entry[0]',
    ]);
  });
  test('references between entries are followed by fullUrl', () => {
    const result = observation({ id: 'o', subject: { reference: 'Patient/1' } });
    const [there, elsewhere] = [`${base}/Observation/o`, 'http://b.example/Observation/o'];
    const person = at(`${base}/Patient/1`, patient({ id: '1' }));
    const document = (fullUrl: string) =>
      bundle('document', person, at(fullUrl, result)).filter((found) => found.includes('subject'));
    assert.deepEqual(document(there), []);
    assert.deepEqual(document(elsewhere), ['error not-found Bundle.entry[1].resource.subject']);
  });
  test('a urn:uuid that no entry has is told', () => {
    const subject = { reference: 'urn:uuid:00000000-0000-0000-0000-000000000001' };
    const found = bundle('collection', at(`${base}/Observation/o`, observation({ id: 'o', subject })));
    assert.deepEqual(found, ['warning not-found Bundle.entry[0].resource.subject']);
  });
  test('entries are checked by their types and claims', () => {
    const meta = { profile: [`${core}/bodyweight`] };
    const found = bundle('collection', at(`${base}/Observation/o`, observation({ id: 'o', meta })));
    assert.ok(found.includes('error required Bundle.entry[0].resource.subject'), found.join('\n'));
  });
});

describe('ids, URIs, attachments', () => {
  test('ids of elements are unique', () => {
    const name = [
      { id: 'a', text: 'x' },
      { id: 'a', text: 'y' },
    ];
    assert.deepEqual(findings(patient({ name })), ['error business-rule Patient.name[1]']);
  });
  test('a code system is named absolutely', () => {
    const code = { coding: [{ system: 'local', code: 'x' }] };
    assert.deepEqual(findings(observation({ code })), ['error invalid Observation.code.coding[0].system']);
  });
  test('a UUID is one', () => {
    const identifier = [{ system: 'urn:uuid:1', value: 'x' }];
    assert.deepEqual(findings(patient({ identifier })), ['error value Patient.identifier[0].system']);
  });
  test('the size of an attachment is that of its data', () => {
    assert.deepEqual(findings(patient({ photo: [{ contentType: 'a/b', data: 'QUJD', size: 3 }] })), []);
    assert.deepEqual(findings(patient({ photo: [{ contentType: 'a/b', data: 'QUI=', size: 3 }] })), [
      'error structure Patient.photo[0]',
    ]);
  });
});
