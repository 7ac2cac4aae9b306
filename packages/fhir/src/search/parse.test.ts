import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceTypes } from '../definitions/type.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import type { Criterion } from './ast.ts';
import { searchLimits } from './limits.ts';
import type { SearchParameterType } from './parameter.ts';
import { r4SearchParameters } from './parameters.ts';
import { parseSearch, type SearchOptions } from './parse.ts';

const { of: searchParameters, find: searchParameter } = r4SearchParameters;

const now = Date.UTC(2026, 0, 1);

const parse = (type: string, query: string, options: SearchOptions = {}) =>
  parseSearch(type, new URLSearchParams(query), { now, ...options });

const criteria = (type: string, query: string, options: SearchOptions = {}) =>
  parse(type, query, options).query.criteria.map(plain);

/** Criteria with the parameter's code in place of the parameter. */
function plain(criterion: Criterion): unknown {
  return JSON.parse(JSON.stringify(criterion, (key, value) => (key === 'parameter' ? value.code : value)));
}

const refusal = (type: string, query: string, options: SearchOptions = {}): string => {
  try {
    parse(type, query, options);
  } catch (error) {
    assert.ok(error instanceof FhirError, String(error));
    assert.equal(error.status, 400);
    return error.message;
  }
  throw new Error('not refused');
};

const local = (id: string, ...types: string[]) => ({ kind: 'local', types, id });
const day = (text: string) => Date.parse(text);

for (const [type, query, expected] of [
  ['Patient', 'gender=male', { kind: 'token', parameter: 'gender', not: false, values: [{ code: 'male' }] }],
  [
    'Patient',
    'gender:not=male,female',
    { kind: 'token', parameter: 'gender', not: true, values: [{ code: 'male' }, { code: 'female' }] },
  ],
  [
    'Patient',
    'identifier=http://acme.org/patient|2345',
    {
      kind: 'token',
      parameter: 'identifier',
      not: false,
      values: [{ system: 'http://acme.org/patient', code: '2345' }],
    },
  ],
  [
    'Patient',
    'identifier=|2345',
    { kind: 'token', parameter: 'identifier', not: false, values: [{ system: null, code: '2345' }] },
  ],
  [
    'Patient',
    'identifier=http://acme.org|',
    { kind: 'token', parameter: 'identifier', not: false, values: [{ system: 'http://acme.org' }] },
  ],
  [
    'Patient',
    'identifier=a\\|b\\,c\\$d\\\\',
    { kind: 'token', parameter: 'identifier', not: false, values: [{ code: 'a|b,c$d\\' }] },
  ],
  ['Patient', 'name=eve', { kind: 'string', parameter: 'name', match: 'starts', values: ['eve'] }],
  ['Patient', 'name:contains=eve', { kind: 'string', parameter: 'name', match: 'contains', values: ['eve'] }],
  [
    'Patient',
    'name:exact=Eve,Adam\\, Jr',
    { kind: 'string', parameter: 'name', match: 'exact', values: ['Eve', 'Adam, Jr'] },
  ],
  [
    'Patient',
    'birthdate=2013-01',
    { kind: 'date', parameter: 'birthdate', values: [{ prefix: 'eq', lo: day('2013-01-01'), hi: day('2013-02-01') }] },
  ],
  [
    'Patient',
    'birthdate=ge2013,lt2012-01-01',
    {
      kind: 'date',
      parameter: 'birthdate',
      values: [
        { prefix: 'ge', lo: day('2013-01-01'), hi: day('2014-01-01') },
        { prefix: 'lt', lo: day('2012-01-01'), hi: day('2012-01-02') },
      ],
    },
  ],
  [
    'Patient',
    'birthdate=2013-01-14T10:00:00+01:00',
    {
      kind: 'date',
      parameter: 'birthdate',
      values: [{ prefix: 'eq', lo: day('2013-01-14T09:00:00Z'), hi: day('2013-01-14T09:00:01Z') }],
    },
  ],
  [
    'Patient',
    'birthdate=ap2025-12-22',
    {
      kind: 'date',
      parameter: 'birthdate',
      values: [{ prefix: 'ap', lo: day('2025-12-21T02:24:00Z'), hi: day('2025-12-23T21:36:00Z') }],
    },
  ],
  [
    'RiskAssessment',
    'probability=gt0.8',
    { kind: 'number', parameter: 'probability', values: [{ prefix: 'gt', value: 0.8, lo: 0.75, hi: 0.85 }] },
  ],
  [
    'RiskAssessment',
    'probability=100',
    { kind: 'number', parameter: 'probability', values: [{ prefix: 'eq', value: 100, lo: 99.5, hi: 100.5 }] },
  ],
  [
    'RiskAssessment',
    'probability=100.00',
    { kind: 'number', parameter: 'probability', values: [{ prefix: 'eq', value: 100, lo: 99.995, hi: 100.005 }] },
  ],
  [
    'RiskAssessment',
    'probability=1e2',
    { kind: 'number', parameter: 'probability', values: [{ prefix: 'eq', value: 100, lo: 50, hi: 150 }] },
  ],
  [
    'RiskAssessment',
    'probability=-5.4',
    { kind: 'number', parameter: 'probability', values: [{ prefix: 'eq', value: -5.4, lo: -5.45, hi: -5.35 }] },
  ],
  [
    'RiskAssessment',
    'probability=ap100',
    { kind: 'number', parameter: 'probability', values: [{ prefix: 'ap', value: 100, lo: 90, hi: 110 }] },
  ],
  [
    'Observation',
    'value-quantity=5.4|http://unitsofmeasure.org|mg',
    {
      kind: 'quantity',
      parameter: 'value-quantity',
      values: [{ prefix: 'eq', value: 5.4, lo: 5.35, hi: 5.45, system: 'http://unitsofmeasure.org', code: 'mg' }],
    },
  ],
  [
    'Observation',
    'value-quantity=5.40e-3|http://unitsofmeasure.org|g',
    {
      kind: 'quantity',
      parameter: 'value-quantity',
      values: [
        { prefix: 'eq', value: 0.0054, lo: 0.005395, hi: 0.005405, system: 'http://unitsofmeasure.org', code: 'g' },
      ],
    },
  ],
  [
    'Observation',
    'value-quantity=le5||mg',
    {
      kind: 'quantity',
      parameter: 'value-quantity',
      values: [{ prefix: 'le', value: 5, lo: 4.5, hi: 5.5, code: 'mg' }],
    },
  ],
  [
    'Observation',
    'value-quantity=5',
    { kind: 'quantity', parameter: 'value-quantity', values: [{ prefix: 'eq', value: 5, lo: 4.5, hi: 5.5 }] },
  ],
  ['Observation', 'subject=Patient/23', { kind: 'reference', parameter: 'subject', values: [local('23', 'Patient')] }],
  [
    'Observation',
    'subject=23',
    { kind: 'reference', parameter: 'subject', values: [local('23', 'Group', 'Device', 'Patient', 'Location')] },
  ],
  [
    'Observation',
    'subject:Patient=23,Patient/24',
    { kind: 'reference', parameter: 'subject', values: [local('23', 'Patient'), local('24', 'Patient')] },
  ],
  [
    'Observation',
    'subject=http://acme.org/fhir/Patient/23',
    { kind: 'reference', parameter: 'subject', values: [{ kind: 'url', url: 'http://acme.org/fhir/Patient/23' }] },
  ],
  [
    'Observation',
    'subject=http://here.example/fhir/Patient/23',
    { kind: 'reference', parameter: 'subject', values: [local('23', 'Patient')] },
  ],
  [
    'Observation',
    'subject:identifier=http://acme.org|23',
    {
      kind: 'reference',
      parameter: 'subject',
      values: [{ kind: 'identifier', token: { system: 'http://acme.org', code: '23' } }],
    },
  ],
  [
    'ValueSet',
    'url=http://acme.org/fhir/ValueSet/123',
    { kind: 'uri', parameter: 'url', values: ['http://acme.org/fhir/ValueSet/123'] },
  ],
  ['Patient', 'gender:missing=true', { kind: 'missing', parameter: 'gender', missing: true }],
  ['Observation', 'subject:missing=false', { kind: 'missing', parameter: 'subject', missing: false }],
  ['Patient', '_id=1,2', { kind: 'id', values: ['1', '2'] }],
  [
    'Patient',
    '_lastUpdated=gt2024',
    { kind: 'lastUpdated', values: [{ prefix: 'gt', lo: day('2024-01-01'), hi: day('2025-01-01') }] },
  ],
  [
    'Observation',
    'patient.name=peter',
    {
      kind: 'chain',
      parameter: 'patient',
      targets: [
        { type: 'Patient', criterion: { kind: 'string', parameter: 'name', match: 'starts', values: ['peter'] } },
      ],
    },
  ],
  [
    'Observation',
    'subject:Patient._id=1',
    { kind: 'chain', parameter: 'subject', targets: [{ type: 'Patient', criterion: { kind: 'id', values: ['1'] } }] },
  ],
  [
    'Patient',
    'general-practitioner.name:exact=Joe',
    {
      kind: 'chain',
      parameter: 'general-practitioner',
      targets: [
        { type: 'Practitioner', criterion: { kind: 'string', parameter: 'name', match: 'exact', values: ['Joe'] } },
        { type: 'Organization', criterion: { kind: 'string', parameter: 'name', match: 'exact', values: ['Joe'] } },
      ],
    },
  ],
  [
    'Patient',
    '_has:Observation:patient:code=1234-5',
    {
      kind: 'has',
      type: 'Observation',
      parameter: 'patient',
      criterion: { kind: 'token', parameter: 'code', not: false, values: [{ code: '1234-5' }] },
    },
  ],
] as const) {
  test(`${type}?${query}`, () =>
    assert.deepEqual(criteria(type, query.replaceAll('+', '%2B'), { base: 'http://here.example/fhir' }), [expected]));
}

test('an offset whose + arrived as a space is understood', () => {
  assert.deepEqual(
    criteria('Patient', 'birthdate=2013-01-14T10:00:00+01:00'),
    criteria('Patient', 'birthdate=2013-01-14T09:00:00Z'),
  );
});

test('repeated parameters are AND-ed', () => {
  assert.equal(criteria('Patient', 'name=a&name=b&birthdate=ge2000&birthdate=lt2001').length, 4);
});

test('result parameters', () => {
  const parameter = searchParameter;
  const { query } = parse(
    'Observation',
    '_count=10&_sort=-date,_id,-_lastUpdated&_total=accurate&_include=Observation:subject:Patient&_include=Observation:patient&_format=json&_pretty=true',
  );
  assert.deepEqual(query, {
    type: 'Observation',
    criteria: [],
    include: [
      { source: 'Observation', parameter: parameter('Observation', 'subject'), target: 'Patient' },
      { source: 'Observation', parameter: parameter('Observation', 'patient') },
    ],
    revinclude: [],
    sort: [
      { by: { kind: 'parameter', parameter: parameter('Observation', 'date') }, descending: true },
      { by: { kind: 'id' }, descending: false },
      { by: { kind: 'lastUpdated' }, descending: true },
    ],
    count: 10,
    total: 'accurate',
  });
  assert.deepEqual(parse('Patient', '_revinclude=Observation:patient').query.revinclude, [
    { source: 'Observation', parameter: parameter('Observation', 'patient') },
  ]);
  assert.equal(parse('Patient', '').query.count, searchLimits.defaultCount);
  assert.equal(parse('Patient', '_count=100000').query.count, searchLimits.maxCount);
  assert.equal(parse('Patient', '_summary=count&_count=20').query.count, 0);
  for (const other of ['false', 'true', 'text', 'data']) {
    assert.equal(parse('Patient', `_summary=${other}`).query.count, searchLimits.defaultCount);
  }
});

test('every unknown parameter is named under strict handling', () => {
  const message = refusal('Patient', 'nam=x&gender=male&foo=y&_colour=id');
  for (const name of ['nam', 'foo', '_colour']) assert.match(message, new RegExp(`Search parameter ${name}:`));
});

test('a misspelt parameter is answered with the one that was meant', () => {
  assert.match(refusal('Patient', 'birthDate=2000'), /Did you mean birthdate\?/);
  assert.match(refusal('Patient', 'famly=x'), /Did you mean family\?/);
  assert.match(refusal('Patient', 'xyzzy=x'), /CapabilityStatement/);
  assert.match(refusal('Patient', `${'n'.repeat(5000)}=x`), /CapabilityStatement/);
});

test('parameters without a value are no error: they are ignored, and listed', () => {
  const { query, ignored } = parse('Patient', 'name=&_sort=&gender=male,,&birthdate=,');
  assert.deepEqual(ignored, ['name', '_sort', 'birthdate']);
  assert.deepEqual(query.criteria.map(plain), criteria('Patient', 'gender=male'));
});

test('what was used can be asked for again, pair by pair', () => {
  const search = 'name=&name=x&_include=Patient:foo&_include=Patient:organization&y=1&_format=json&_count=5';
  const { used, ignored, query } = parse('Patient', search, { handling: 'lenient' });
  assert.deepEqual(ignored, ['name', '_include', 'y']);
  assert.deepEqual(used, [
    ['name', 'x'],
    ['_include', 'Patient:organization'],
    ['_format', 'json'],
    ['_count', '5'],
  ]);
  assert.deepEqual(parseSearch('Patient', used, { now }), { query, used, ignored: [] });
});

test('lenient handling passes over unknown parameters and lists them', () => {
  const { query, ignored } = parse('Patient', 'nam=x&gender=male&patient.x=y', { handling: 'lenient' });
  assert.deepEqual(ignored, ['nam', 'patient.x']);
  assert.equal(query.criteria.length, 1);
});

for (const [name, type, query, expected] of [
  ['a backslash that escapes nothing', 'Patient', 'name=xx\\xx', /a backslash in front of/],
  ['a backslash at the end', 'Patient', 'name=xx\\', /a backslash in front of/],
  ['two bars', 'Patient', 'identifier=a|b|c', /system\|code/],
  ['a bar alone', 'Patient', 'identifier=|', /system\|code/],
  ['no date', 'Patient', 'birthdate=yesterday', /birthdate: expected a date/],
  ['an unknown prefix', 'Patient', 'birthdate=xx2012', /expected a date/],
  ['no number', 'RiskAssessment', 'probability=five', /expected a number/],
  ['a number of endless size', 'RiskAssessment', 'probability=1e999', /expected a number/],
  ['a number of endless length', 'RiskAssessment', `probability=${'9'.repeat(41)}`, /expected a number/],
  ['a system without a unit', 'Observation', 'value-quantity=5|http://unitsofmeasure.org', /number\|system\|code/],
  ['a reference to nothing', 'Observation', 'subject=Patient/1/2', /an id, Type\/id or an absolute URL/],
  ['a reference to a version', 'Observation', 'subject=Patient/1/_history/2', /one version/],
  [
    'a type that is no target',
    'Observation',
    'subject:Practitioner=1',
    /one of its target types: Group, Device, Patient, Location/,
  ],
  ['a typed reference to another type', 'Observation', 'subject:Patient=Group/1', /the id of a Patient/],
  [':missing with something else', 'Patient', 'gender:missing=yes', /true or false/],
  ['two modifiers', 'Patient', 'name:exact:contains=x', /more than one modifier/],
  ['a composite', 'Observation', 'code-value-quantity=a$b', /composite are not supported/],
  [
    'a modifier of result parameters',
    'Patient',
    '_include:iterate=Observation:subject',
    /_include:iterate.*no modifier/,
  ],
  ['a wildcard include', 'Observation', '_include=*', /wildcards/],
  ['a wildcard include of a type', 'Observation', '_include=Observation:*', /wildcards/],
  ['an include of another source', 'Observation', '_include=Patient:organization', /must be Observation/],
  ['an include by what is no reference', 'Observation', '_include=Observation:code', /no reference/],
  ['a revinclude that points elsewhere', 'ValueSet', '_revinclude=Observation:patient', /no reference to ValueSet/],
  ['sorting by a reference', 'Observation', '_sort=subject', /cannot be sorted/],
  ['sorting by an unknown name', 'Patient', '_sort=1;drop table res', /_sort: expected parameters of Patient/],
  ['a count below nothing', 'Patient', '_count=-1', /_count: expected a whole number/],
  ['two counts', 'Patient', '_count=1&_count=2', /_count: expected once/],
  ['an unknown total', 'Patient', '_total=all', /none, estimate or accurate/],
  ['another summary', 'Patient', '_summary=all', /true, text, data, count or false/],
  ['a chain of two', 'Observation', 'encounter.patient.name=x', /at most 1 link/],
  ['_has behind a chain', 'Observation', 'patient._has:Observation:patient:code=x', /at most 1 link/],
  ['_has behind _has', 'Patient', '_has:Observation:patient:_has:Observation:x:y=z', /at most 1 link/],
  ['a chain on what is no reference', 'Observation', 'code.name=x', /no reference/],
  ['a chain to what no target has', 'Observation', 'patient.foo=x', /no type that the reference may point at/],
  ['_has of an unknown type', 'Patient', '_has:Foo:patient:code=x', /_has:Observation:patient:code/],
  ['_has by what points elsewhere', 'ValueSet', '_has:Observation:patient:code=x', /no reference to ValueSet/],
] as const) {
  test(`${name} is refused: ${query.slice(0, 60)}`, () => assert.match(refusal(type, query), expected));
}

for (const modifier of ['text', 'in', 'not-in', 'above', 'below', 'of-type', 'iterate', 'foo']) {
  test(`:${modifier} is refused by name`, () => {
    const expected = new RegExp(`gender:${modifier}: the modifier :${modifier} is not supported`);
    assert.match(refusal('Patient', `gender:${modifier}=x`), expected);
    assert.match(refusal('Patient', `gender:${modifier}=x`, { handling: 'lenient' }), expected);
  });
}

test('attack 68: parameters, values, lengths, includes and sort keys are bounded, and the refusal says by what', () => {
  const times = (count: number, text: string) => Array.from({ length: count }, () => text);
  assert.match(refusal('Patient', times(101, 'gender=male').join('&')), /at most 100 parameters/);
  assert.match(refusal('Patient', `gender=${times(501, 'a').join(',')}`), /at most 500 values/);
  assert.match(refusal('Patient', `name=${'a'.repeat(2001)}`), /at most 2000 characters/);
  assert.match(refusal('Observation', times(21, '_include=Observation:subject').join('&')), /at most 20 includes/);
  assert.match(refusal('Patient', `_sort=${times(6, 'name').join(',')}`), /at most 5 sort keys/);
  assert.equal(parse('Patient', `gender=${times(500, 'a').join(',')}`).query.criteria.length, 1);
  assert.match(refusal('Patient', `${'x'.repeat(5000)}=1`), /^Search parameter x{80}…: /);
});

test('attack 59: SQL in any value is a value, in any name it is an unknown name', () => {
  const sql = "x'; drop table res; --";
  assert.deepEqual(criteria('Patient', `name=${encodeURIComponent(sql)}`), [
    { kind: 'string', parameter: 'name', match: 'starts', values: [sql] },
  ]);
  assert.match(refusal('Patient', `${encodeURIComponent("name' or 1=1")}=x`), /no such parameter/);
});

test('a refusal never repeats a value', () => {
  for (const query of [
    'birthdate=Secret',
    'gender:missing=Secret',
    '_count=Secret',
    'identifier=Secret|Secret|Secret',
  ]) {
    assert.doesNotMatch(refusal('Patient', query), /Secret/);
  }
});

test('a million backslashes and separators take no time to speak of', () => {
  const started = performance.now();
  refusal('Patient', `identifier=${'\\'.repeat(1_000_000)}`);
  refusal('Patient', `identifier=${','.repeat(1_000_000)}`);
  refusal('Patient', `identifier=${'\\|'.repeat(500_000)}`);
  assert.ok(performance.now() - started < 1000);
});

test('attack 68: a chain over more types than 20 must name one', () => {
  assert.match(refusal('Provenance', 'target._id=1'), /at most 20 types in a chain\. Name the type/);
  assert.equal(parse('Provenance', 'target:Patient._id=1').query.criteria.length, 1);
});

const samples: Partial<Record<SearchParameterType, string>> = {
  ...{ token: 'http://a.example|b', string: 'x', date: 'ge2024', number: 'lt5.4', quantity: '5||mg', uri: 'urn:a' },
  reference: 'Patient/1',
};

test('every parameter of every type takes a value of its form and :missing; composites and specials are refused by name', () => {
  let count = 0;
  for (const type of resourceTypes) {
    for (const { code, type: kind } of searchParameters(type)) {
      const sample = samples[kind];
      const read = () => parseSearch(type, [[code, sample ?? 'a$b']], { now }).query.criteria;
      if (sample === undefined) assert.throws(read, FhirError, `${type}.${code}`);
      else if (code !== '_id') assert.equal(read().length, 1, `${type}.${code}`);
      count++;
    }
  }
  assert.ok(count > 2000);
});

test('no text at all makes anything but criteria or a refusal', () => {
  const names = ['name', 'birthdate', 'identifier', 'general-practitioner', '_has', '_sort', '_include', '_count', 'x'];
  const pieces = [
    '',
    ':',
    '.',
    '|',
    ',',
    '$',
    '\\',
    'Patient',
    'missing',
    'ge',
    '2024',
    '-',
    '*',
    '_id',
    'é',
    '\u0000',
    '%',
  ];
  let state = 3;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const text = () => Array.from({ length: next(5) }, () => pieces[next(pieces.length)]).join('');
  for (let i = 0; i < 20_000; i++) {
    const pair = [names[next(names.length)] + text(), text()] as const;
    try {
      parseSearch('Patient', [pair], { now, handling: next(2) ? 'strict' : 'lenient' });
    } catch (error) {
      assert.ok(error instanceof FhirError && error.status === 400, `${pair}: ${error}`);
    }
  }
});
