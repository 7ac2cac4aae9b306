import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExact } from '../json/exact.ts';
import type { Environment } from './environment.ts';
import { compileFhirPath, environmentOf, verdict } from './fhirpath.ts';
import { systemText, systemValue } from './system.ts';
import { resourceValue, type TypedValue } from './value.ts';

const patient = {
  resourceType: 'Patient',
  id: 'a',
  active: true,
  name: [
    {
      use: 'official',
      family: 'Reed',
      given: ['Ada', null, 'Mae'],
      _given: [null, { extension: [{ url: 'http://x.example' }] }],
    },
    { use: 'nickname', given: ['Addie'] },
  ],
  birthDate: '1970-03',
  deceasedDateTime: '2020-01-31T10:00:00+01:00',
  multipleBirthInteger: 2,
  generalPractitioner: [{ reference: '#p' }, { reference: 'Practitioner/1' }, { reference: '#missing' }],
  contained: [{ resourceType: 'Practitioner', id: 'p', active: false }],
} as const;

function evaluate(
  expression: string,
  environment: Partial<Environment> = {},
  resource: { resourceType: string } = patient,
) {
  return compileFhirPath(expression).evaluate(resourceValue(resource), { ...environmentOf(resource), ...environment });
}

function texts(items: readonly TypedValue[]): string[] {
  return items.map((item) => {
    const value = systemValue(item);
    return value ? systemText(value) : item.type;
  });
}

const cases: readonly (readonly [expression: string, ...expected: string[]])[] = [
  ['Patient.name.given', 'Ada', 'string', 'Mae', 'Addie'],
  ['Patient.name.given.where(hasValue())', 'Ada', 'Mae', 'Addie'],
  ["name.given.extension('http://x.example').url", 'http://x.example'],
  ['Resource.id', 'a'],
  ['Observation.id'],
  ['deceased', '2020-01-31T10:00:00+01:00'],
  ['deceasedDateTime'],
  ['deceased is dateTime', 'true'],
  ['deceased is boolean', 'false'],
  ['multipleBirth.ofType(integer) + 1', '3'],
  ['multipleBirth.as(boolean)'],
  ['Patient is DomainResource', 'true'],
  ['Patient is Resource and contained.first() is Practitioner', 'true'],
  ['name.first() is Element', 'true'],
  ['contained.active', 'false'],
  ['contained.ofType(Practitioner).id', 'p'],
  ['generalPractitioner.resolve().id', 'p'],
  ['generalPractitioner.first().resolve() is Practitioner', 'true'],
  ['birthDate < @1971', 'true'],
  ['birthDate < @1970-03-02'],
  ['birthDate <= @1970-03', 'true'],
  ['deceased = @2020-01-31T09:00:00Z', 'true'],
  ['deceased > @2020-01-31T09:30:00'],
  ['deceased > @2020-01-29T09:30:00', 'true'],
  ['@2016-02-29 + 1 year', '2017-02-28'],
  ['@2016-01-31 + 1 month', '2016-02-29'],
  ['@2014 + 24 months', '2016'],
  ['@2019-03-01 - 1 day', '2019-02-28'],
  ['@T23:59 + 2 minutes', '00:01'],
  ['@2020-01-31T09:00:00.1+00:00.toString()', '2020-01-31T09:00:00.1+00:00'],
  ['@2020-01-31T09:00:00.1+00:00 + 1 millisecond', '2020-01-31T09:00:00.101Z'],
  ['@2020-01-31T09:00:00.123456Z < @2020-01-31T09:00:00.123457Z', 'true'],
  ['@2020-01-31T09:00:00.1234560Z = @2020-01-31T09:00:00.123456Z', 'true'],
  ["'2020-01-31T09:00:00Z'.toDateTime().toDate()", '2020-01-31'],
  ['0.1 + 0.2 = 0.3', 'true'],
  ['1.50 + 1', '2.50'],
  ['12345678901234567890.123 - 0.003', '12345678901234567890.120'],
  ['7 div 2', '3'],
  ['-7 mod 3', '-1'],
  ['1 / 3', '0.3333333333333333'],
  ["1 'kg' + 1 'g'", "1001 'g'"],
  ["1 'kg' > 999 'g'", 'true'],
  ["1 'kg' = 1 's'"],
  ["37 'Cel' = 310.15 'K'", 'true'],
  ['1 year = 12 months', 'true'],
  ["1 year = 1 'a'"],
  ["1 year ~ 1 'a'", 'true'],
  ["'a\\u0062\\'c'", "ab'c"],
  ["'line' & '\\n' & 'line'", 'line\nline'],
  ["%`ext-birthPlace` & ''", 'http://hl7.org/fhir/StructureDefinition/birthPlace'],
  ['%"vs-administrative-gender"', 'http://hl7.org/fhir/ValueSet/administrative-gender'],
  ['%context.id | %resource.id | %rootResource.id', 'a'],
  ['name.select($index)', '0', '1'],
  ['name.given.aggregate($total + 1, 0)', '4'],
  ['iif(active, 1, 1 / 0)', '1'],
  ["name.exists(given.join('') = 'Addie')", 'true'],
  ["'2024-02-30'.toDate().empty()", 'true'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: FHIRPath names groups so
  ["'abc'.replaceMatches('(?<x>b)', '[${x}]')", 'a[b]c'],
  ['today()', '2026-01-02'],
  ['now()', '2026-01-02T03:04:05.006Z'],
  ["name.trace('x').count()", '2'],
  ['type().name', 'Patient'],
  ['{} | {}'],
  ['name[5]'],
];

for (const [expression, ...expected] of cases) {
  test(`${expression} is ${expected.join(', ') || 'empty'}`, () =>
    assert.deepEqual(texts(evaluate(expression, { now: Date.UTC(2026, 0, 2, 3, 4, 5, 6) })), expected));
}

test('decimals keep the digits they were written with', () => {
  const observation = parseExact('{"resourceType":"Observation","valueQuantity":{"value":1.50,"code":"mg"}}') as {
    resourceType: string;
  };
  assert.deepEqual(texts(evaluate('value.value', {}, observation)), ['1.50']);
  assert.deepEqual(texts(evaluate('value.value.precision()', {}, observation)), ['2']);
  assert.deepEqual(texts(evaluate("value = 1500 'ug'", {}, observation)), ['true']);
  assert.deepEqual(texts(evaluate("(value | 1500 'ug' | 1.5 'mg').count()", {}, observation)), ['1']);
});

test('a Quantity with a comparator is no amount', () => {
  const observation = { resourceType: 'Observation', valueQuantity: { value: 1, comparator: '<', code: 'mg' } };
  assert.deepEqual(texts(evaluate("value = 1 'mg'", {}, observation)), ['false']);
});

test('references, value sets and profiles are the environment’s to know; without it they are unknown', () => {
  const practitioner: TypedValue = { type: 'Practitioner', value: { resourceType: 'Practitioner', id: '1' } };
  const environment: Partial<Environment> = {
    resolve: (reference) => (reference === 'Practitioner/1' ? practitioner : undefined),
    isMember: (valueSet, { value }) => (valueSet === 'http://v.example' ? value === 'official' : undefined),
    conformsTo: (profile) => (profile === 'http://p.example' ? true : undefined),
    isInSlice: (profile, slice, { value }) => profile === 'http://p.example' && slice === 's' && value === 'official',
    elementDefinition: ({ type }) => ({ type: 'ElementDefinition', value: { path: type } }),
    subsumes: (_, code, other) => code === 'above' && other === 'below',
  };
  assert.deepEqual(texts(evaluate('generalPractitioner.resolve().id', environment)), ['p', '1']);
  assert.deepEqual(texts(evaluate("name.use.select(memberOf('http://v.example'))", environment)), ['true', 'false']);
  assert.deepEqual(texts(evaluate("active.memberOf('http://other.example')", environment)), []);
  assert.deepEqual(texts(evaluate("conformsTo('http://p.example')", environment)), ['true']);
  assert.deepEqual(texts(evaluate("conformsTo('http://hl7.org/fhir/StructureDefinition/Group')")), ['false']);
  assert.deepEqual(texts(evaluate("name.use.slice('http://p.example', 's')", environment)), ['official']);
  assert.deepEqual(texts(evaluate('active.elementDefinition().path', environment)), ['boolean']);
  assert.deepEqual(texts(evaluate("name.use.slice('http://p.example', 's') | active.elementDefinition()")), []);
  assert.throws(() => evaluate("conformsTo('http://unknown.example')", environment), { name: 'FhirPathError' });
});

test('codes of one system subsume each other as the environment says, and themselves', () => {
  const coding = (code: string) => ({ system: 'http://s.example', code });
  const condition = {
    resourceType: 'Condition',
    code: { coding: [coding('above'), coding('other')] },
    severity: { coding: [coding('below')] },
  };
  const subsumes = (_: string, code: string, other: string) => code === 'above' && other === 'below';
  assert.deepEqual(texts(evaluate('code.subsumes(severity)', { subsumes }, condition)), ['true']);
  assert.deepEqual(texts(evaluate('severity.subsumes(code)', { subsumes }, condition)), ['false']);
  assert.deepEqual(texts(evaluate('severity.subsumedBy(code)', { subsumes }, condition)), ['true']);
  assert.deepEqual(texts(evaluate('code.subsumes(code)', {}, condition)), ['true']);
  assert.deepEqual(texts(evaluate('code.subsumes(severity)', {}, condition)), []);
});

for (const [html, isSafe] of [
  ['<div xmlns="http://www.w3.org/1999/xhtml"><p>Plain &amp; <b>bold</b><br/></p><!-- note --></div>', true],
  ['<div><img src="x.png" alt="x"/></div>', true],
  ['<div><a href="https://a.example?x=1&amp;y=2">x</a></div>', true],
  ['<div> \n </div>', false],
  ['<p>no div</p>', false],
  ['<div>open', false],
  ['<div><b>crossed</div></b>', false],
  ['<div>two</div><div>roots</div>', false],
  ['<div>a & b</div>', false],
  ['<div><script>x</script></div>', false],
  ['<div><p onclick="x()">x</p></div>', false],
  ['<div><a href="javascript:x()">x</a></div>', false],
  ['<div><a href="java&#115;cript:x()">x</a></div>', false],
  ['<div><p style="background: url(http://x.example)">x</p></div>', false],
  ['<div><iframe src="http://x.example"/></div>', false],
  ['<div><!-- a -- b -->x</div>', false],
  ['<!DOCTYPE div><div>x</div>', false],
] as const) {
  test(`htmlChecks() ${isSafe ? 'takes' : 'refuses'} ${html}`, () =>
    assert.deepEqual(
      texts(evaluate('text.div.htmlChecks()', {}, { resourceType: 'Patient', text: { div: html } } as never)),
      [String(isSafe)],
    ));
}

for (const expression of [
  '',
  'name.',
  'name given',
  "'open",
  '1 +',
  '(1',
  '{1}',
  '@2015-13',
  '@2015-02-30',
  '$that',
  '%nothing',
  'unknown()',
  'name.first(1)',
  'name.where()',
  'active is Nonsense',
  'active.ofType(1)',
  '99999999999999999999',
  '#',
]) {
  test(`${expression || 'nothing'} is no expression`, () =>
    assert.throws(() => compileFhirPath(expression), { name: 'FhirPathError' }));
}

for (const expression of [
  'name.single()',
  "1 + 'a'",
  "1 < 'a'",
  'name < name',
  '-name.first()',
  'name.given.length()',
  'name and true',
  'name.first().allTrue()',
  "1 'kg' + @2020",
  "name.skip('1')",
  'name.checkModifiers().given.upper()',
]) {
  test(`${expression} is an error when it is evaluated`, () =>
    assert.throws(() => evaluate(expression), { name: 'FhirPathError' }));
}

test('modifier extensions have to be known', () => {
  const basic = { resourceType: 'Basic', modifierExtension: [{ url: 'http://m.example' }] };
  assert.deepEqual(texts(evaluate("checkModifiers('http://m.example').type().name", {}, basic)), ['Basic']);
  assert.throws(() => evaluate("checkModifiers('http://n.example')", {}, basic), { name: 'FhirPathError' });
});

test('an invariant holds, does not, or says nothing', () => {
  assert.equal(verdict(evaluate('active')), true);
  assert.equal(verdict(evaluate('active.not()')), false);
  assert.equal(verdict(evaluate('gender')), undefined);
  assert.equal(verdict(evaluate('name.first()')), true);
});

test('a place in the resource is known of what was found below one that has a place', () => {
  const root: TypedValue = { type: 'Patient', value: patient, place: { kind: 'root' } };
  const [item] = compileFhirPath("name.where(use = 'nickname').given").evaluate(root, {
    resource: root,
    rootResource: root,
  });
  assert.ok(item?.place?.kind === 'element' && item.place.holder.place?.kind === 'element');
  assert.deepEqual([item.place.member, item.place.index], ['given', 0]);
  assert.deepEqual([item.place.holder.place.member, item.place.holder.place.index], ['name', 1]);
  assert.equal(evaluate('name.given')[0]?.place, undefined);
});

test('thousands of items are told apart in few steps', () => {
  const item = Array.from({ length: 5000 }, (_, i) => ({
    linkId: `${i}`,
    type: 'group',
    item: [{ linkId: `${i}.1`, type: 'string' }],
  }));
  const questionnaire = {
    resourceType: 'Questionnaire',
    item: [...item, { type: 'group', linkId: '0', item: item[0]?.item }],
  };
  assert.deepEqual(texts(evaluate('repeat(item).count()', {}, questionnaire)), ['10000']);
  assert.deepEqual(texts(evaluate('(item | item).count()', {}, questionnaire)), ['5000']);
  assert.deepEqual(texts(evaluate('descendants().linkId.isDistinct()', {}, questionnaire)), ['false']);
});

test('what is no resource is walked without harm', () => {
  for (const resource of [
    { resourceType: 'Patient', name: 'x', contact: [null, 1, ['y']], active: {} },
    { resourceType: 'Patient', contained: [{ resourceType: '__proto__' }, { resourceType: 1 }] },
    { resourceType: 'Nonsense', name: [1] },
  ]) {
    assert.equal(evaluate('descendants().where($this is Patient).exists()', {}, resource)[0]?.value, false);
    assert.deepEqual(evaluate('name.family | constructor | `__proto__`', {}, resource), []);
  }
});
