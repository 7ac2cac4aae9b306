import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchValue, TextWords } from '@chartgate/fhir';
import { indexRow } from './index-row.ts';
import { termsOf } from './term.ts';

const terms = termsOf('a key of a site of the tests');
const type = 'Observation';
const lastUpdated = Date.UTC(2026, 0, 1);
const patient = { type: 'Patient', id: 'p' } as const;
const row = (values: readonly SearchValue[], compartments: readonly (typeof patient)[] = [patient]) =>
  indexRow(terms, { type, id: 'o', values, compartments }, lastUpdated);
const sorted = (values: readonly bigint[]) => values.map(String).sort();

test('a row knows its resource, its patient and its compartments', () => {
  const made = row([]);
  assert.equal(made.idh, terms.resource(type, 'o'));
  assert.equal(made.pt, terms.resource('Patient', 'p'));
  assert.equal(made.pk, made.pt);
  assert.deepEqual(made.terms, [terms.compartment('Patient', 'p')]);
  const { pk, pt, idh } = row([], []);
  assert.deepEqual([pk, pt], [idh, null]);
});

test('a token in order is in kd and in terms, by its system and by any, at the clinical date', () => {
  const made = row([
    { kind: 'token', parameter: 'code', system: 's', code: 'c' },
    { kind: 'date', parameter: 'date', lo: 1000, hi: 2000 },
  ]);
  const both = [terms.token(type, 'code', { system: 's', code: 'c' }), terms.token(type, 'code', { code: 'c' })];
  assert.deepEqual(
    made.kd,
    both.map((h) => ({ h, d: 1000 })),
  );
  const all = [terms.compartment('Patient', 'p'), terms.token(type, 'code', { system: 's' }), ...both];
  assert.deepEqual(sorted(made.terms), sorted(all));
  assert.deepEqual(made.dates, { lo: 1000, hi: 2000 });
  assert.deepEqual(made.dt, []);
});

test('an identifier is in kd alone, but for its system by itself', () => {
  const made = row([{ kind: 'token', parameter: 'identifier', system: 's', code: 'c' }], []);
  assert.equal(made.kd.length, 2);
  assert.deepEqual(
    made.kd.map(({ d }) => d),
    [lastUpdated, lastUpdated],
  );
  assert.deepEqual(made.terms, [terms.token(type, 'identifier', { system: 's' })]);
});

test('a token without a system is one of no system', () => {
  const made = row([{ kind: 'token', parameter: 'value-concept', code: 'c' }], []);
  const expected = [
    terms.token(type, 'value-concept', { system: null, code: 'c' }),
    terms.token(type, 'value-concept', { code: 'c' }),
  ];
  assert.deepEqual(sorted(made.terms), sorted(expected));
  assert.deepEqual(made.kd, []);
});

test('references are local, elsewhere or by identifier', () => {
  const local = row([{ kind: 'reference', parameter: 'subject', type: 'Patient', id: 'p' }], []);
  assert.deepEqual(local.terms, [terms.reference(type, 'subject', 'Patient', 'p')]);
  assert.deepEqual(local.targets, [terms.resource('Patient', 'p')]);
  const url = row([{ kind: 'reference', parameter: 'subject', url: 'http://elsewhere.example/Patient/1' }], []);
  assert.ok(url.terms.includes(terms.referenceUrl(type, 'subject', 'http://elsewhere.example/Patient/1')));
  assert.ok(url.terms.includes(terms.below(type, 'subject', 'http://elsewhere.example')));
  assert.deepEqual(url.targets, [terms.url('http://elsewhere.example/Patient/1')], 'it may be a canonical one');
  const logical = row([{ kind: 'reference', parameter: 'subject', identifier: { system: 's', value: 'v' } }], []);
  assert.ok(logical.terms.includes(terms.token(type, 'subject:identifier', { system: 's', code: 'v' })));
});

test('strings are normalized, cut, kept once, and exact as written', () => {
  const made = row([
    { kind: 'string', parameter: 'value-string', value: 'Ä  b' },
    { kind: 'string', parameter: 'value-string', value: 'a b' },
    { kind: 'string', parameter: 'value-string', value: `${'x'.repeat(300)}\0` },
  ]);
  const p = terms.parameter(type, 'value-string');
  assert.deepEqual(made.str, [
    { p, val: 'a b' },
    { p, val: 'x'.repeat(200) },
  ]);
  assert.ok(made.terms.includes(terms.exact(type, 'value-string', 'Ä  b')));
});

test('of several clinical dates the outer limits are kept; open ends are the ends of int8', () => {
  const made = row([
    { kind: 'date', parameter: 'date', lo: 2000, hi: 3000 },
    { kind: 'date', parameter: 'date', lo: 1000, hi: Number.POSITIVE_INFINITY },
    { kind: 'date', parameter: 'value-date', lo: Number.NEGATIVE_INFINITY, hi: 5 },
  ]);
  assert.deepEqual(made.dates, { lo: 1000, hi: 2n ** 63n - 1n });
  assert.deepEqual(made.dt, [{ p: terms.parameter(type, 'value-date'), lo: -(2n ** 63n), hi: 5 }]);
});

test('a quantity is found by its coded unit, by its code and by its text', () => {
  const [coded, ...others] = row([
    { kind: 'quantity', parameter: 'value-quantity', lo: 1, hi: 1, system: 's', code: 'mg', unit: 'milligram' },
  ]).qty;
  const p = terms.parameter(type, 'value-quantity');
  const [c, n] = [terms.unit(undefined, 'mg'), terms.unit(undefined, 'milligram')];
  assert.deepEqual(coded, { p, lo: 1, hi: 1, u: terms.unit('s', 'mg'), c, n, clo: null, chi: null });
  assert.deepEqual(others, []);
  const [bare] = row([{ kind: 'number', parameter: 'value-quantity', lo: 1, hi: 2 }]).qty;
  assert.deepEqual(bare, { p, lo: 1, hi: 2, u: null, c: null, n: null, clo: null, chi: null });
});

test('a quantity in a unit of UCUM is also there in the unit of its kind, unless that is its own', () => {
  const quantity = { kind: 'quantity', parameter: 'value-quantity', system: 'http://unitsofmeasure.org' } as const;
  const [other, own] = row([
    { ...quantity, lo: 2, hi: 3, code: 'g/L', canonical: { unit: 'mg/dL', lo: 200, hi: 300 } },
    { ...quantity, lo: 2, hi: 2, code: 'mg/dL', canonical: { unit: 'mg/dL', lo: 2, hi: 2 } },
  ]).qty;
  assert.deepEqual([other?.u, own?.u], [terms.kind('mg/dL'), terms.kind('mg/dL')]);
  assert.deepEqual([other?.lo, other?.clo, other?.chi], [2, 200, 300]);
  assert.deepEqual([own?.lo, own?.clo, own?.chi], [2, null, null]);
});

const pair = (parameter: string, value: number): SearchValue => ({
  ...{ kind: 'composite', parameter, key: 'Observation(code and value)' },
  parts: [
    [
      { kind: 'token', parameter: 'code', system: 's', code: 'c' },
      { kind: 'token', parameter: 'code', code: 'd' },
    ],
    [{ kind: 'quantity', parameter: 'value-quantity', lo: value, hi: value }],
  ],
});

test('a composite has a row for each code of its first part, once for all parameters that find it', () => {
  const { cmp } = row([pair('code-value-quantity', 7), pair('combo-code-value-quantity', 7)]);
  assert.deepEqual(
    cmp.map(({ k, s, lo }) => ({ k, s, lo })),
    [
      { k: terms.head('Observation(code and value)', 'c'), s: terms.system('s'), lo: 7 },
      { k: terms.head('Observation(code and value)', 'd'), s: null, lo: 7 },
    ],
  );
});

test('attack 67: a composite of thousands of codes is indexed by the first of them', () => {
  const codes = Array.from({ length: 5000 }, (_, i): SearchValue => ({ kind: 'token', parameter: 'a', code: `${i}` }));
  const { cmp } = row([{ kind: 'composite', parameter: 'x', key: 'x', parts: [codes, [pair('y', 1)]] }]);
  assert.equal(cmp.length, 200);
});

test('texts of codes, codes without one, and words are in one row', () => {
  const values: SearchValue[] = [
    { kind: 'token', parameter: 'code', code: 'c', text: "Blut: d'Or" },
    { kind: 'token', parameter: 'combo-code', code: 'c', text: "Blut: d'Or" },
    { kind: 'token', parameter: 'status', code: 'final' },
  ];
  const text: TextWords = (visit) => {
    visit('blut', 1, true);
    visit('blut', 7, false);
  };
  const { txt } = indexRow(terms, { type, id: 'o', values, compartments: [], text }, lastUpdated);
  assert.deepEqual(txt, {
    words: "'blut':1A,7 'd' 'or'",
    texts: ['blut d or\u0001code\u0001combo-code\u0001'],
    codes: ['final\u0001status\u0001'],
  });
  assert.equal(row([]).txt, null);
});

test('every parameter with a value is known to have one', () => {
  const made = row([
    { kind: 'uri', parameter: '_profile', value: 'http://profiles.example/x' },
    { kind: 'token', parameter: 'status', code: 'final' },
    { kind: 'token', parameter: 'status', code: 'final' },
  ]);
  assert.deepEqual(made.has, [terms.parameter(type, '_profile'), terms.parameter(type, 'status')]);
});
