import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateInterval } from './date.ts';
import { isPlain, meets, type SearchFacts } from './meets.ts';
import { parseSearch } from './parse.ts';
import type { SearchValue } from './value.ts';

const now = Date.UTC(2026, 0, 1);

const holds = (type: string, query: string, values: readonly SearchValue[], facts: Partial<SearchFacts> = {}) => {
  const parameters = new URLSearchParams(query.replaceAll('+', '%2B'));
  const { criteria } = parseSearch(type, parameters, { now, base: 'http://here.example/fhir' }).query;
  return meets(criteria, { id: '1', lastUpdated: Date.UTC(2024, 5, 15), values, ...facts });
};

/** A date, or `from..to` with either end open. */
const when = (text: string): SearchValue => {
  const [from = '', to = from] = text.split('..');
  const lo = from === '' ? -Infinity : dateInterval(from)?.lo;
  const hi = to === '' ? Infinity : dateInterval(to)?.hi;
  assert.ok(lo !== undefined && hi !== undefined);
  return { kind: 'date', parameter: 'birthdate', lo, hi };
};

for (const [search, stored, expected] of [
  ['2013-01-14', '2013-01-14T00:00', true],
  ['2013-01-14', '2013-01-14T10:00', true],
  ['2013-01-14', '2013-01-15T00:00', false],
  ['2013', '2013-03-18', true],
  ['2013-03-18', '2013', false],
  ['2013', '2012-12-31..2013-01-01', false],
  ['2013', '2013-05-01..', false],
  ['ne2013-01-14', '2013-01-15T00:00', true],
  ['ne2013-01-14', '2013-01-14T00:00', false],
  ['ne2013-01-14', '2013-01-14T10:00', false],
  ['ne2013-01-14', '2013', true],
  ['lt2013-01-14T10:00', '2013-01-14', true],
  ['lt2013-01-14', '2013-01-14', false],
  ['lt2013-01-14', '..2013-01-20', true],
  ['gt2013-01-14T10:00', '2013-01-14', true],
  ['gt2013-01-14', '2013-01-14T23:59:59', false],
  ['gt2013-01-14', '2013-01-15', true],
  ['ge2013-03-14', '2013-03-14', true],
  ['ge2013-03-14', '2013-03-13', false],
  ['ge2013-03-14', '2013-01-21..', true],
  ['ge2013-03-14', '2013', true],
  ['le2013-03-14', '2013-03-14', true],
  ['le2013-03-14', '2013-03-15', false],
  ['le2013-03-14', '2013-01-21..', true],
  ['sa2013-03-14', '2013-03-15..', true],
  ['sa2013-03-14', '2013-01-21..', false],
  ['sa2013-03-14', '2013-03-14', false],
  ['eb2013-03-14', '..2013-03-13', true],
  ['eb2013-03-14', '2013-01-21..', false],
  ['eb2013-03-14', '2013-03-14', false],
  ['ap2013-03-14', '2013-03-14', true],
  ['ap2013-03-14', '2013-01-21', true],
  ['ap2013-03-14', '2013-06-15', true],
  ['ap2013-03-14', '2015-06-15', false],
  ['eb2013-03-14', '2013-03-15..', false],
  ['sa2013-03-14', '..2013-01-21', false],
  ['eb2013-03-14', '..2013-01-21', true],
  ['ap2013-03-14', '2013-01-21..', true],
  ['2013-01-14T10:00:00+02:00', '2013-01-14T08:00:00Z', true],
] as const) {
  test(`date: ${stored} ${expected ? 'meets' : 'does not meet'} ${search}`, () =>
    assert.equal(holds('Patient', `birthdate=${search}`, [when(stored)]), expected));
}

for (const [search, stored, expected] of [
  ['100', 100, true],
  ['100', 99.5, true],
  ['100', 100.4, true],
  ['100', 100.5, false],
  ['100.00', 100.4, false],
  ['100.00', 100.004, true],
  ['5.4', 5.35, true],
  ['5.4', 5.45, false],
  ['-5.4', -5.45, true],
  ['-5.4', -5.35, false],
  ['lt100', 99.999, true],
  ['lt100', 100, false],
  ['le100', 100, true],
  ['le100', 100.01, false],
  ['gt100', 100.01, true],
  ['gt100', 100, false],
  ['ge100', 100, true],
  ['ge100', 99.99, false],
  ['ne100', 100, false],
  ['ne100', 100.4, false],
  ['ne100', 101, true],
  ['sa100', 100, false],
  ['sa100', 100.5, true],
  ['eb100', 99, true],
  ['eb100', 100, false],
  ['ap100', 110, true],
  ['ap100', 90, true],
  ['ap100', 111, false],
  ['72057594037927936', 2 ** 56, true],
] as const) {
  const value = { kind: 'number', parameter: 'probability', lo: stored, hi: stored } as const;
  test(`number: ${stored} ${expected ? 'meets' : 'does not meet'} ${search}`, () =>
    assert.equal(holds('RiskAssessment', `probability=${search}`, [value]), expected));
}

test('number: a range is equal only as a whole, and is greater where any part of it is', () => {
  const range = [{ kind: 'number', parameter: 'probability', lo: 0.1, hi: 0.3 }] as const;
  assert.equal(holds('RiskAssessment', 'probability=0.2', range), false);
  assert.equal(holds('RiskAssessment', 'probability=gt0.2', range), true);
  assert.equal(holds('RiskAssessment', 'probability=lt0.2', range), true);
  assert.equal(holds('RiskAssessment', 'probability=sa0.2', range), false);
});

const ucum = 'http://unitsofmeasure.org';

for (const [search, expected] of [
  [`5.4|${ucum}|mg`, true],
  [`5.4|${ucum}|g`, false],
  ['5.4|http://other.example|mg', false],
  ['5.4||mg', true],
  ['5.4||milligram', true],
  ['5.4||g', false],
  ['5.4', true],
  ['5.5', false],
  [`gt5|${ucum}|mg`, true],
  [`ap5|${ucum}|mg`, true],
  [`6|${ucum}|mg,5.4|${ucum}|mg`, true],
] as const) {
  test(`quantity: 5.40 mg ${expected ? 'meets' : 'does not meet'} ${search}`, () => {
    const unit = { system: ucum, code: 'mg', unit: 'milligram' };
    const value = { kind: 'quantity', parameter: 'value-quantity', lo: 5.4, hi: 5.4, ...unit } as const;
    assert.equal(holds('Observation', `value-quantity=${search}`, [value]), expected);
  });
}

const token = (code?: string, system?: string): SearchValue => ({
  kind: 'token',
  parameter: 'identifier',
  ...(code === undefined ? {} : { code }),
  ...(system === undefined ? {} : { system }),
});

for (const [search, values, expected] of [
  ['identifier=1', [token('1', 'urn:a')], true],
  ['identifier=1', [token('1')], true],
  ['identifier=urn:a|1', [token('1', 'urn:a')], true],
  ['identifier=urn:a|1', [token('1', 'urn:b')], false],
  ['identifier=urn:a|1', [token('1')], false],
  ['identifier=urn:a|1', [token('1', 'urn:b'), token('2', 'urn:a')], false],
  ['identifier=|1', [token('1')], true],
  ['identifier=|1', [token('1', 'urn:a')], false],
  ['identifier=urn:a|', [token('2', 'urn:a')], true],
  ['identifier=urn:a|', [token('2')], false],
  ['identifier=a', [token('A')], false],
  ['identifier=2,1', [token('1')], true],
  ['identifier:not=1', [token('1')], false],
  ['identifier:not=1', [token('2')], true],
  ['identifier:not=1', [token('1'), token('2')], false],
  ['identifier:not=1,2', [token('2')], false],
  ['identifier:not=1', [], true],
  ['identifier=1', [], false],
  ['gender=1', [token('1')], false],
  ['identifier:missing=true', [], true],
  ['identifier:missing=true', [token('1')], false],
  ['identifier:missing=false', [token('1')], true],
  ['identifier:missing=false', [], false],
] as const) {
  test(`token: ${values.length} values ${expected ? 'meet' : 'do not meet'} ${search} (${JSON.stringify(values)})`, () =>
    assert.equal(holds('Patient', search, values), expected));
}

for (const [search, value, expected] of [
  ['name=eve', 'Eve', true],
  ['name=eve', 'Evelyn', true],
  ['name=eve', 'Severine', false],
  ['name:contains=eve', 'Severine', true],
  ['name:exact=Eve', 'Eve', true],
  ['name:exact=Eve', 'eve', false],
  ['name:exact=Eve', 'EVE', false],
  ['name:exact=Eve', 'Evelyn', false],
  ['name=jose', 'José', true],
  ['name=josé', 'JOSE', true],
  ['name=van der', 'Van  Der Berg', true],
] as const) {
  test(`string: ${value} ${expected ? 'meets' : 'does not meet'} ${search}`, () =>
    assert.equal(holds('Patient', search, [{ kind: 'string', parameter: 'name', value }]), expected));
}

const reference = (value: object): SearchValue => ({ kind: 'reference', parameter: 'subject', ...value });

for (const [search, value, expected] of [
  ['subject=Patient/23', { type: 'Patient', id: '23' }, true],
  ['subject=Patient/23', { type: 'Group', id: '23' }, false],
  ['subject=23', { type: 'Group', id: '23' }, true],
  ['subject:Patient=23', { type: 'Group', id: '23' }, false],
  ['subject=23', { type: 'Patient', id: '24' }, false],
  ['subject=http://here.example/fhir/Patient/23', { type: 'Patient', id: '23' }, true],
  ['subject=http://acme.org/fhir/Patient/23', { url: 'http://acme.org/fhir/Patient/23' }, true],
  ['subject=Patient/23', { url: 'http://acme.org/fhir/Patient/23' }, false],
  ['subject:identifier=urn:a|23', { identifier: { system: 'urn:a', value: '23' } }, true],
  ['subject:identifier=|23', { identifier: { system: 'urn:a', value: '23' } }, false],
  ['subject:identifier=23', { type: 'Patient', id: '23' }, false],
  ['subject=Patient/23', { identifier: { value: '23' } }, false],
] as const) {
  test(`reference: ${JSON.stringify(value)} ${expected ? 'meets' : 'does not meet'} ${search}`, () =>
    assert.equal(holds('Observation', search, [reference(value)]), expected));
}

test('uri: equal as written or not at all', () => {
  const value = { kind: 'uri', parameter: 'url', value: 'http://acme.org/fhir/ValueSet/123' } as const;
  assert.equal(holds('ValueSet', 'url=http://acme.org/fhir/ValueSet/123', [value]), true);
  assert.equal(holds('ValueSet', 'url=http://acme.org/fhir/valueset/123', [value]), false);
  assert.equal(holds('ValueSet', 'url=http://acme.org/fhir/ValueSet/', [value]), false);
});

test('_id and _lastUpdated look at the resource itself', () => {
  assert.equal(holds('Patient', '_id=1,2', []), true);
  assert.equal(holds('Patient', '_id=2', []), false);
  assert.equal(holds('Patient', '_lastUpdated=2024-06-15', []), true);
  assert.equal(holds('Patient', '_lastUpdated=gt2024-06-15', []), false);
  assert.equal(holds('Patient', '_lastUpdated=ge2024-06-15T00:00:00.000Z', []), true);
});

test('all criteria must be met; none are', () => {
  assert.equal(holds('Patient', 'identifier=1&name=x', [token('1')]), false);
  assert.equal(holds('Patient', '', []), true);
});

test('what needs other resources is told apart and never guessed', () => {
  const { criteria } = parseSearch('Observation', [
    ['patient.name', 'x'],
    ['code', 'y'],
  ]).query;
  assert.deepEqual(criteria.map(isPlain), [false, true]);
  assert.throws(() => meets(criteria, { id: '1', lastUpdated: 0, values: [] }), TypeError);
});
