import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CanonicalResource } from '../../conformance/canonical-source.ts';
import { noTerminology } from '../../terminology/terminology.ts';
import { r4Canonicals } from '../../testing/canonicals.ts';
import { codesOf, findings, here, profileOf } from '../../testing/profile.ts';
import { validateProfiles } from './validate-profiles.ts';

const patient = (members: object) => ({ resourceType: 'Patient', ...members });
const observation = (members: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...members,
});
const element = (id: string, rules: object) => ({ id, path: id.replace(/:[^.]*/g, ''), ...rules });
const coding = (code: string, system = 'http://a.example') => ({ system, code });
const concept = (code: string) => ({ coding: [coding(code)] });

type Case = readonly [
  name: string,
  resource: object,
  profile: CanonicalResource | undefined,
  expected: readonly string[],
];

function cases(list: readonly Case[]): void {
  for (const [name, resource, profile, expected] of list) {
    test(name, () => assert.deepEqual(findings(resource, { definitions: profile ? [profile] : [] }), expected));
  }
}

const withRules = (id: string, rules: object) => profileOf(id.split('.')[0]!, [element(id, rules)]);

describe('cardinality and types', () => {
  cases([
    [
      'a profile may ask for an element',
      patient({}),
      withRules('Patient.birthDate', { min: 1 }),
      ['error required Patient.birthDate'],
    ],
    ['and is met by it', patient({ birthDate: '1970' }), withRules('Patient.birthDate', { min: 1 }), []],
    [
      'a profile may forbid an element',
      patient({ photo: [{ title: 'x' }] }),
      withRules('Patient.photo', { max: '0' }),
      ['error structure Patient.photo'],
    ],
    [
      'a profile may allow fewer values',
      patient({ name: [{ text: 'a' }, { text: 'b' }] }),
      withRules('Patient.name', { max: '1' }),
      ['error structure Patient.name'],
    ],
    [
      'a profile may ask for an element inside of a data type',
      patient({ name: [{ text: 'a' }, { family: 'b' }] }),
      withRules('Patient.name.family', { min: 1 }),
      ['error required Patient.name[0].family'],
    ],
    [
      'a profile may allow fewer types of a choice',
      observation({ valueString: 'x' }),
      withRules('Observation.value[x]', { type: [{ code: 'Quantity' }] }),
      ['error structure Observation.value'],
    ],
    [
      'the base type is checked beside the profile',
      { resourceType: 'Observation', code: { text: 'x' } },
      withRules('Observation.code', { min: 1 }),
      ['error required Observation.status'],
    ],
    [
      'a profile of another type is not met',
      patient({ meta: { profile: ['http://hl7.org/fhir/StructureDefinition/bodyweight'] } }),
      undefined,
      ['error structure Patient'],
    ],
  ]);
});

describe('values', () => {
  const code = { coding: [coding('a')] };
  cases([
    [
      'a fixed value is the whole value',
      observation({ code: { ...code, text: 'x' } }),
      withRules('Observation.code', { fixedCodeableConcept: code }),
      ['error value Observation.code'],
    ],
    [
      'a fixed value is met by the same',
      observation({ code }),
      withRules('Observation.code', { fixedCodeableConcept: code }),
      [],
    ],
    [
      'a pattern allows more',
      observation({ code: { coding: [coding('b'), coding('a')], text: 'x' } }),
      withRules('Observation.code', { patternCodeableConcept: code }),
      [],
    ],
    [
      'a pattern asks for its parts',
      observation({ code: concept('b') }),
      withRules('Observation.code', { patternCodeableConcept: code }),
      ['error value Observation.code'],
    ],
    [
      'a number has a least value',
      observation({ valueInteger: 1 }),
      withRules('Observation.value[x]', { minValueInteger: 2 }),
      ['error value Observation.value'],
    ],
    [
      'a date has a latest value',
      patient({ birthDate: '2001' }),
      withRules('Patient.birthDate', { maxValueDate: '2000-06-01' }),
      ['error value Patient.birthDate'],
    ],
    [
      'a date that may be before it is let be',
      patient({ birthDate: '2000' }),
      withRules('Patient.birthDate', { maxValueDate: '2000-06-01' }),
      [],
    ],
    [
      'a quantity of another unit is not compared',
      observation({ valueQuantity: { value: 9, unit: 'kg' } }),
      withRules('Observation.value[x]', { maxValueQuantity: { value: 1, unit: 'g' } }),
      [],
    ],
    [
      'a quantity of the same unit is',
      observation({ valueQuantity: { value: 9, unit: 'g' } }),
      withRules('Observation.value[x]', { maxValueQuantity: { value: 1, unit: 'g' } }),
      ['error value Observation.value'],
    ],
    [
      'a text has a length',
      observation({ valueString: 'abc' }),
      withRules('Observation.value[x]', { maxLength: 2 }),
      ['error value Observation.value'],
    ],
  ]);
});

describe('bindings', () => {
  const bound = (strength: string, more: object = {}) =>
    withRules('Observation.code', { binding: { strength, valueSet: 'http://a.example/vs', ...more } });
  const terminology = codesOf({ 'http://a.example/vs': ['a'], 'http://a.example/max': ['a', 'b'] });
  const check = (code: object, profile: CanonicalResource) =>
    findings(observation({ code }), { definitions: [profile], terminology });

  test('a required binding wants one code of the value set', () => {
    assert.deepEqual(check({ coding: [coding('z'), coding('a')] }, bound('required')), []);
    assert.deepEqual(check(concept('z'), bound('required')), ['error code-invalid Observation.code']);
    assert.deepEqual(check({ text: 'z' }, bound('required')), ['error code-invalid Observation.code']);
  });
  test('an extensible binding warns, but not of a text alone', () => {
    assert.deepEqual(check(concept('z'), bound('extensible')), ['warning code-invalid Observation.code']);
    assert.deepEqual(check({ text: 'z' }, bound('extensible')), []);
  });
  test('a preferred binding says nothing', () => assert.deepEqual(check(concept('z'), bound('preferred')), []));
  test('a maximum is required whatever the strength', () => {
    const extension = [
      {
        url: 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet',
        valueCanonical: 'http://a.example/max',
      },
    ];
    assert.deepEqual(check(concept('b'), bound('preferred', { extension })), []);
    assert.deepEqual(check(concept('z'), bound('extensible', { extension })), [
      'error code-invalid Observation.code',
      'warning code-invalid Observation.code',
    ]);
  });
  test('codes that are not at hand are let be', () => {
    const unknown = withRules('Observation.code', { binding: { strength: 'required', valueSet: 'http://b.example' } });
    assert.deepEqual(check(concept('z'), unknown), []);
  });
  test('a code that must be of a value set cannot be left to an extension', () => {
    const _status = {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
    };
    const resource = { resourceType: 'Observation', code: { text: 'x' }, _status };
    assert.deepEqual(findings(resource), ['error code-invalid Observation.status']);
  });
});

describe('invariants', () => {
  const rule = (expression: string, more: object = {}) =>
    withRules('Patient', { constraint: [{ key: 'x-1', severity: 'error', human: 'Some rule', expression, ...more }] });
  cases([
    ['an invariant that does not hold is an error', patient({}), rule('name.exists()'), ['error invariant Patient']],
    ['one that holds is none', patient({ name: [{ text: 'x' }] }), rule('name.exists()'), []],
    [
      'one may be a warning',
      patient({}),
      rule('name.exists()', { severity: 'warning' }),
      ['warning invariant Patient'],
    ],
    [
      'a best practice is at most a warning',
      patient({}),
      rule('name.exists()', {
        extension: [
          { url: 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice', valueBoolean: true },
        ],
      }),
      ['warning invariant Patient'],
    ],
    ['nothing is not true', patient({}), rule("name.text.startsWith('x')"), ['error invariant Patient']],
    ['a broken expression is told, and no crash', patient({}), rule('name.('), ['warning incomplete Patient']],
    [
      'an error while it runs is told, and no crash',
      patient({ name: [{ text: 'a' }, { text: 'b' }] }),
      rule("name.text & 'x' = 'ax'"),
      ['warning incomplete Patient'],
    ],
    [
      'R4’s own hold: a period ends after it starts',
      patient({ name: [{ text: 'x', period: { start: '2001', end: '2000' } }] }),
      undefined,
      ['error invariant Patient.name[0].period'],
    ],
    [
      'R4’s own hold: obs-6',
      observation({ valueString: 'x', dataAbsentReason: { text: 'x' } }),
      undefined,
      ['error invariant Observation'],
    ],
    [
      'R4’s own hold where an element has the content of another',
      observation({ component: [{ code: { text: 'x' }, referenceRange: [{ type: { text: 'x' } }] }] }),
      undefined,
      ['error invariant Observation.component[0].referenceRange[0]'],
    ],
    [
      'a profile holds where an element has the content of another',
      {
        resourceType: 'Questionnaire',
        status: 'draft',
        name: 'Test',
        item: [{ linkId: '1', type: 'group', item: [{ linkId: '2', type: 'string' }] }],
      },
      withRules('Questionnaire.item.text', { min: 1 }),
      ['error required Questionnaire.item[0].text', 'error required Questionnaire.item[0].item[0].text'],
    ],
    [
      'R4’s own hold in backbone elements',
      patient({ contact: [{ gender: 'male' }] }),
      undefined,
      ['error invariant Patient.contact[0]'],
    ],
  ]);

  test('attack 67: an expression that never ends is cut off', () => {
    const name = Array.from({ length: 300 }, () => ({ text: 'x', given: ['a', 'b', 'c'] }));
    const cross = 'name.given.where($this in %resource.descendants().where($this in %resource.descendants())).exists()';
    const start = performance.now();
    assert.deepEqual(findings(patient({ name }), { definitions: [rule(cross)] }), ['warning incomplete Patient']);
    assert.ok(performance.now() - start < 2000);
  });
  test('attack 67: a regular expression of a profile cannot run away', () => {
    const start = performance.now();
    const definitions = [rule("name.text.matches('^(a+)+$')")];
    findings(patient({ name: [{ text: `${'a'.repeat(40)}!` }] }), { definitions });
    assert.ok(performance.now() - start < 2000);
  });
});

describe('what a finding says', () => {
  test('it names the rule and the profile, never a value', () => {
    const profile = withRules('Patient.gender', { fixedCode: 'female' });
    const conformance = { canonicals: r4Canonicals(), terminology: noTerminology };
    const canonicals = {
      ...r4Canonicals(),
      find: (type: string, url: string) => (url === profile.url ? profile : conformance.canonicals.find(type, url)),
    };
    const issues = validateProfiles(patient({ gender: 'male' }), { conformance: { ...conformance, canonicals } }, [
      profile.url,
    ]);
    const [error] = issues.filter(({ severity }) => severity === 'error');
    assert.match(error?.diagnostics ?? '', /clinic\.example\/StructureDefinition\/Patient/);
    assert.doesNotMatch(JSON.stringify(issues), /male/);
  });
  test('a profile that is claimed and not known is a warning, one that is asked for an error', () => {
    const claimed = patient({ meta: { profile: [`${here}/none`] } });
    assert.deepEqual(findings(claimed), ['warning not-found Patient.meta.profile[0]']);
    const conformance = { canonicals: r4Canonicals(), terminology: noTerminology };
    const [issue] = validateProfiles(patient({}), { conformance }, [`${here}/none`]);
    assert.equal(`${issue?.severity} ${issue?.code}`, 'error not-found');
  });
  test('more profiles than a resource may claim are refused', () => {
    const profile = Array.from({ length: 21 }, (_, at) => `${here}/${at}`);
    assert.deepEqual(findings(patient({ meta: { profile } })), ['error too-costly Patient']);
  });
  test('what is no resource, or too deep, is told by its structure', () => {
    assert.deepEqual(findings({ resourceType: 'Nothing' }), ['error structure Resource']);
    let extension: object[] = [{ url: 'http://a.example', valueString: 'x' }];
    for (let depth = 0; depth < 5000; depth++) extension = [{ url: 'http://a.example', extension }];
    assert.ok(findings(patient({ extension })).some((found) => found.startsWith('error too-long')));
  });
  test('warnings do not crowd out errors', () => {
    const profile = withRules('Patient.name', {
      constraint: [{ key: 'x-1', severity: 'warning', human: 'x', expression: 'false' }],
    });
    const name = Array.from({ length: 200 }, () => ({ text: 'x' }));
    const found = findings(patient({ name, photo: [{ data: 'QUJD', size: 1 }] }), { definitions: [profile] });
    assert.equal(found[0], 'error structure Patient.photo[0]');
    assert.equal(found.length, 52);
  });
  test('a profile of a profile is made from both differentials', () => {
    const inner = profileOf('Patient', [element('Patient.name', { min: 1 })], { url: `${here}/inner` });
    const outer = profileOf('Patient', [element('Patient.gender', { min: 1 })], { baseDefinition: inner.url });
    const resource = patient({ meta: { profile: [outer.url] } });
    assert.deepEqual(findings(resource, { definitions: [inner, outer] }).slice(0, 2), [
      'error required Patient.name',
      'error required Patient.gender',
    ]);
  });
  test('profiles that name each other in a circle end', () => {
    const circle = (url: string, other: string) =>
      profileOf(
        'Observation',
        [element('Observation.hasMember', { type: [{ code: 'Reference', targetProfile: [other] }] })],
        { url },
      );
    const [a, b] = [`${here}/a`, `${here}/b`];
    const member = (id: string, to: string, profile: string) => ({
      fullUrl: `http://a.example/Observation/${id}`,
      resource: observation({ id, meta: { profile: [profile] }, hasMember: [{ reference: `Observation/${to}` }] }),
    });
    const entry = [member('1', '2', a), member('2', '1', b)];
    assert.deepEqual(
      findings({ resourceType: 'Bundle', type: 'collection', entry }, { definitions: [circle(a, b), circle(b, a)] }),
      [],
    );
  });
});
