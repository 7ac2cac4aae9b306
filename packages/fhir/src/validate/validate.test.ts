import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readArchive } from '../../scripts/archive.ts';
import { resourceTypes } from '../definitions/type.ts';
import { validatorOf } from './compile.ts';
import { primitives } from './primitive.ts';
import { validate } from './validate.ts';

/** Issues as `code expression`. */
function found(resource: unknown): string[] {
  return validate(resource).map((issue) => `${issue.code} ${issue.expression?.[0] ?? ''}`);
}

const patient = (members: object) => ({ resourceType: 'Patient', ...members });
const observation = (members: object) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'x' },
  ...members,
});
const extension = [{ url: 'http://a.example', valueCode: 'x' }];
const clinical = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const condition = (clinicalStatus: object) => ({
  resourceType: 'Condition',
  subject: { display: 'x' },
  clinicalStatus,
});

test('every resource type has a validator', () => {
  for (const type of resourceTypes) assert.equal(typeof validatorOf(type), 'function');
});

const cases: readonly (readonly [name: string, resource: unknown, issues: readonly string[]])[] = [
  ['a resource may hold nothing but its type', patient({}), []],
  ['a resource is an object', [], ['structure Resource']],
  ['null is no resource', null, ['structure Resource']],
  ['a resource names its type', {}, ['structure Resource']],
  ['a resource type is one of R4', { resourceType: 'patient' }, ['structure Resource']],
  ['an abstract type is none to be of', { resourceType: 'DomainResource' }, ['structure Resource']],
  ['a name from an object’s prototype is no resource type', { resourceType: 'constructor' }, ['structure Resource']],
  ['an unknown member is refused', patient({ nam: [] }), ['structure Patient']],
  ['__proto__ is an unknown member', JSON.parse('{"resourceType":"Patient","__proto__":{}}'), ['structure Patient']],
  ['constructor is an unknown member', patient({ constructor: 1 }), ['structure Patient']],
  [
    'resourceType belongs to resources alone',
    patient({ name: [{ resourceType: 'HumanName', text: 'x' }] }),
    ['structure Patient.name[0]'],
  ],
  ['what repeats is an array', patient({ name: { family: 'x' } }), ['structure Patient.name']],
  ['what does not repeat is none', patient({ gender: ['male'] }), ['structure Patient.gender']],
  [
    'an array is not empty',
    patient({ name: [], contact: [] }),
    ['structure Patient.name', 'structure Patient.contact'],
  ],
  ['an object is not empty', patient({ maritalStatus: {} }), ['structure Patient.maritalStatus']],
  ['an id alone makes no element', patient({ maritalStatus: { id: 'x' } }), ['structure Patient.maritalStatus']],
  ['a string is not empty', patient({ name: [{ family: '' }] }), ['value Patient.name[0].family']],
  ['null is no value', patient({ gender: null }), ['structure Patient.gender']],
  ['null is no element', patient({ name: [null] }), ['structure Patient.name[0]']],
  ['a boolean is no string', patient({ active: 'true' }), ['value Patient.active']],
  ['an object is expected', patient({ maritalStatus: 'M' }), ['structure Patient.maritalStatus']],
  ['a reference is a Reference', observation({ subject: 'Patient/1' }), ['structure Observation.subject']],
  [
    'Reference.reference is a string',
    observation({ subject: { reference: 1 } }),
    ['value Observation.subject.reference'],
  ],
  [
    'a required element is missing',
    { resourceType: 'Observation' },
    ['required Observation.status', 'required Observation.code'],
  ],
  [
    'a required element may have an extension in place of a value',
    observation({ status: undefined, _status: { extension } }),
    ['value Observation.status'],
  ],
  [
    'a required choice is missing',
    { resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { display: 'x' } },
    ['required MedicationRequest.medication'],
  ],
  ['a choice has one type', observation({ valueString: 'x', valueBoolean: true }), ['structure Observation.value']],
  ['a choice has a type R4 allows', observation({ valueAddress: { text: 'x' } }), ['structure Observation']],
  ['a choice names its type', observation({ value: 'x' }), ['structure Observation']],
  ['the two halves of a primitive are one choice', observation({ valueString: 'x', _valueString: { extension } }), []],
  [
    'a companion may not choose otherwise',
    observation({ valueString: 'x', _valueBoolean: { extension } }),
    ['structure Observation.value'],
  ],
  ['a companion has an id or extensions', patient({ birthDate: '1970', _birthDate: { id: 'x' } }), []],
  ['a companion without a value has extensions', patient({ _birthDate: { id: 'x' } }), ['structure Patient.birthDate']],
  [
    'a companion has nothing else',
    patient({ birthDate: '1970', _birthDate: { value: 'x' } }),
    ['structure Patient.birthDate'],
  ],
  ['a companion is an object', patient({ birthDate: '1970', _birthDate: 'x' }), ['structure Patient.birthDate']],
  ['an element without primitives has no companion', patient({ _name: [{ extension }] }), ['structure Patient']],
  ['ids have no companions', patient({ id: 'x', _id: { extension } }), ['structure Patient']],
  ['null fills the gaps of two arrays', patient({ name: [{ given: ['a', null], _given: [null, { extension }] }] }), []],
  ['trailing companions may be left out', patient({ name: [{ given: ['a', 'b'], _given: [{ extension }] }] }), []],
  ['null has a companion', patient({ name: [{ given: ['a', null] }] }), ['structure Patient.name[0].given[1]']],
  ['companions may stand alone', patient({ name: [{ _given: [{ extension }] }] }), []],
  ['companions alone have no gaps', patient({ name: [{ _given: [null] }] }), ['structure Patient.name[0].given[0]']],
  [
    'an item of a list is checked',
    patient({ name: [{}, { given: ['a', 1] }] }),
    ['structure Patient.name[0]', 'value Patient.name[1].given[1]'],
  ],
  ['a code is of its value set', patient({ gender: 'm' }), ['code-invalid Patient.gender']],
  [
    'a code in a list is of its value set',
    { resourceType: 'AllergyIntolerance', patient: { display: 'x' }, category: ['x'] },
    ['code-invalid AllergyIntolerance.category[0]'],
  ],
  ['a code that cannot be looked up here is let be', { resourceType: 'Binary', contentType: 'x/y' }, []],
  [
    'a concept has a coding of its value set',
    condition({ coding: [{ code: 'local' }, { system: clinical, code: 'active' }] }),
    [],
  ],
  [
    'a code counts with its system alone',
    condition({ coding: [{ code: 'active' }] }),
    ['code-invalid Condition.clinicalStatus'],
  ],
  [
    'text is no substitute for a required code',
    condition({ text: 'active' }),
    ['code-invalid Condition.clinicalStatus'],
  ],
  ['an extension may say why there is no code', condition({ extension }), []],
  [
    'a SimpleQuantity has no comparator',
    observation({ referenceRange: [{ low: { value: 1, comparator: '<' } }] }),
    ['structure Observation.referenceRange[0].low'],
  ],
  [
    'what is defined elsewhere is checked by that',
    observation({ component: [{ code: { text: 'x' }, referenceRange: [{ high: 1 }] }] }),
    ['structure Observation.component[0].referenceRange[0].high'],
  ],
  [
    'a contained resource is checked',
    patient({ contained: [{ resourceType: 'Group', id: 'g' }] }),
    ['required Patient.contained[0].type', 'required Patient.contained[0].actual'],
  ],
  [
    'entries of a bundle are checked',
    { resourceType: 'Bundle', type: 'batch', entry: [{ resource: patient({ x: 1 }) }] },
    ['structure Bundle.entry[0].resource'],
  ],
  [
    'parameters are checked',
    { resourceType: 'Parameters', parameter: [{ name: 'a', resource: { resourceType: 'X' } }] },
    ['structure Parameters.parameter[0].resource'],
  ],
  [
    'extensions are checked',
    patient({ extension: [{ url: 'http://a.example', valueDate: 'x' }, { valueCode: 'x' }] }),
    ['value Patient.extension[0].value', 'required Patient.extension[1].url'],
  ],
];

for (const [name, resource, issues] of cases) {
  test(name, () => assert.deepEqual(found(resource), issues));
}

const accepted: Record<string, readonly unknown[]> = {
  boolean: [true, false],
  integer: [0, -2147483648, 2147483647],
  unsignedInt: [0, 2147483647],
  positiveInt: [1],
  decimal: [0, -1.5, 1e22],
  string: ['x', ' x ', 'ä\t\r\n😀', ' '],
  markdown: ['# x\n'],
  code: ['a', 'a b'],
  uri: ['a', 'urn:uuid:x', 'http://a.example/ä'],
  url: ['mailto:a@b.example'],
  canonical: ['http://a.example|1'],
  id: ['a', 'A-1.b', 'x'.repeat(64)],
  oid: ['urn:oid:1.2.0'],
  uuid: ['urn:uuid:c757873d-ec9a-4326-a141-556f43239520'],
  date: ['2024', '2024-02', '2024-02-29', '2000-02-29', '0001-01-01'],
  dateTime: ['2024', '2024-02-29T23:59:60Z', '2024-02-29T10:00:00.123456-05:00', '2024-01-01T00:00:00+14:00'],
  instant: ['2024-02-29T10:00:00Z', '2024-02-29T10:00:00.1+02:00'],
  time: ['10:00:00', '23:59:59.999'],
  base64Binary: ['YQ==', 'YWI=', 'YWJj', 'YW\nJj'],
  xhtml: ['<div xmlns="http://www.w3.org/1999/xhtml">x</div>', '<div/>'],
};

const refused: Record<string, readonly unknown[]> = {
  boolean: ['true', 0, null],
  integer: [1.5, '1', 2147483648, -2147483649],
  unsignedInt: [-1, 1.5],
  positiveInt: [0],
  decimal: ['1', Number.POSITIVE_INFINITY],
  string: ['', 1, 'a\u0000', 'a\u001f', 'x'.repeat(1024 * 1024 + 1)],
  markdown: [''],
  code: ['', ' a', 'a ', 'a  b', 1, 'a\u0001'],
  uri: ['', 'a b', '\n', 1],
  url: ['a b'],
  canonical: [''],
  id: ['', 'a_b', 'x'.repeat(65), 'a/b', 'a\n'],
  oid: ['1.2', 'urn:oid:3.1', 'urn:oid:1.02'],
  uuid: ['c757873d-ec9a-4326-a141-556f43239520', 'urn:uuid:C757873D-ec9a-4326-a141-556f43239520'],
  date: [
    '24',
    '2024-13',
    '2023-02-29',
    '1900-02-29',
    '2024-04-31',
    '2024-1-1',
    '2024-02-01T00:00:00Z',
    '0000',
    2024,
    '2024\n',
  ],
  dateTime: [
    '2024-01-01T10:00:00',
    '2024-01-01T10:00Z',
    '2024-01-01T24:00:00Z',
    '2023-02-29T10:00:00Z',
    '2024-01-01T10:00:00+15:00',
  ],
  instant: ['2024-01-01', '2024-01-01T10:00:00', `2024-01-01T10:00:00.${'1'.repeat(5000)}Z`],
  time: ['10:00', '24:00:00', '10:00:00Z'],
  base64Binary: ['', 'YQ=', 'Y?==', 'YQ==YQ==', '=YQ='],
  xhtml: ['x', '<p>x</p>', '<divx>', ''],
};

for (const [type, values] of Object.entries(accepted)) {
  test(`${type} has the values R4 gives it`, () => {
    for (const value of values) assert.ok(primitives[type]!.is(value), JSON.stringify(value));
    for (const value of refused[type]!) assert.ok(!primitives[type]!.is(value), String(value).slice(0, 40));
  });
}

test('long texts are read in a moment', () => {
  const start = performance.now();
  const long = 10_000_000;
  for (const text of [
    'A'.repeat(long),
    ' '.repeat(long),
    'urn:oid:1'.concat('.1'.repeat(long / 2)),
    `${'AAAA '.repeat(long / 5)}?`,
  ]) {
    for (const primitive of Object.values(primitives)) primitive.is(text);
  }
  assert.ok(performance.now() - start < 5000);
});

test('no more than 50 issues are reported, and one that says so', () => {
  const issues = validate(patient({ name: Array(1000).fill(7) }));
  assert.equal(issues.length, 51);
  assert.equal(issues[50]?.code, 'incomplete');
});

test('a resource too deep is refused', () => {
  let nested: object = { url: 'http://a.example', valueCode: 'x' };
  for (let i = 0; i < 5000; i++) nested = { url: 'http://a.example', extension: [nested] };
  assert.deepEqual(
    validate(patient({ extension: [nested] })).map((issue) => issue.code),
    ['too-long'],
  );
});

test('issues hold no value of the resource', () => {
  const secret = 'Hildegard';
  const values = [
    secret,
    [secret],
    { [secret]: secret },
    [{ [secret]: secret, value: secret }],
    { coding: [{ code: secret }] },
  ];
  for (const value of values) {
    for (const member of [
      'id',
      'gender',
      'birthDate',
      'active',
      'name',
      'maritalStatus',
      'contact',
      'deceasedBoolean',
      '_birthDate',
    ]) {
      const issues = validate(patient({ [member]: value }));
      assert.ok(
        !JSON.stringify(issues).replaceAll(`no member ${secret} in`, '').includes(secret),
        JSON.stringify(issues),
      );
    }
  }
  const odd = validate(patient({ 'Hildegard was here': 1 }));
  assert.ok(!JSON.stringify(odd).includes(secret));
});

const synthea = readArchive('shared/data/synthea/us-core-100.tar.zst');

describe('Synthea patients', { skip: synthea ? false : 'they are not at ../shared/data/synthea' }, () => {
  test('are valid', () => {
    const bundles = (synthea ?? []).filter((one) => one.name.endsWith('.json'));
    const shared = bundles.filter((one) => /hospitalInformation|practitionerInformation/.test(one.name));
    for (const file of [...shared, ...bundles.slice(0, 10)])
      assert.deepEqual(validate(JSON.parse(file.text())), [], file.name);
    assert.equal(shared.length, 2);
  });
});

const core = readArchive('shared/data/fhir/hl7.fhir.r4.core-4.0.1.tar.zst');

describe('R4’s own conformance resources', { skip: core ? false : 'they are not at ../shared/data/fhir' }, () => {
  test('are valid, its known slips aside', () => {
    const issues = new Map<string, number>();
    for (const file of (core ?? []).filter((one) => /package\.json|\.index\.json/.test(one.name) === false)) {
      for (const issue of validate(JSON.parse(file.text()))) {
        const name = `${issue.code} ${issue.expression?.[0]?.replace(/\[\d+\]/g, '')}`;
        issues.set(name, (issues.get(name) ?? 0) + 1);
      }
    }
    assert.deepEqual(Object.fromEntries(issues), {
      // Parameters of extensions that say nothing of a base, and one whose id has a space.
      'required SearchParameter.base': 10,
      'value SearchParameter.id': 1,
      // Codes with two spaces in a row.
      'value CodeSystem.concept.code': 4,
    });
  });
});
