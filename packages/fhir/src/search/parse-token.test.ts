import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Terminology } from '../terminology/terminology.ts';
import { parseSearch } from './parse.ts';

const coded = (count: number) => Array.from({ length: count }, (_, i) => ({ system: 'urn:s', code: `c${i}` }));
const terminology: Terminology = {
  isMember: () => undefined,
  codings: (valueSet, limit) => (valueSet === 'urn:vs' ? coded(2) : valueSet === 'urn:huge' ? coded(limit) : undefined),
  below: (system, code) => (system === 'urn:s' ? [code, `${code}.1`] : undefined),
  above: (system, code) => (system === 'urn:s' ? ['top', code] : undefined),
};
const valueSetUrl = (reference: string) => (reference === 'ValueSet/1' ? 'urn:vs' : undefined);

function read(query: string, type = 'Observation') {
  const { criteria } = parseSearch(type, new URLSearchParams(query), { terminology, valueSetUrl }).query;
  return criteria[0];
}

function tokens(query: string): string {
  const criterion = read(query);
  assert.ok(criterion?.kind === 'token');
  const values = criterion.values.map(({ system, code }) => `${system}|${code}`);
  return `${criterion.not ? 'not ' : ''}${values.join(' ')}`;
}

for (const [query, expected] of [
  ['code:in=urn:vs', 'urn:s|c0 urn:s|c1'],
  ['code:not-in=urn:vs', 'not urn:s|c0 urn:s|c1'],
  ['code:in=ValueSet/1', 'urn:s|c0 urn:s|c1'],
  ['code:below=urn:s|a', 'urn:s|a urn:s|a.1'],
  ['code:above=urn:s|a,urn:s|b', 'urn:s|top urn:s|a urn:s|top urn:s|b'],
] as const) {
  test(`${query} comes to ${expected}`, () => assert.equal(tokens(query), expected));
}

for (const [query, expected] of [
  ['code:in=urn:unknown', /codes of this value set are not at hand/],
  ['code:in=ValueSet/2', /codes of this value set are not at hand/],
  ['code:in=urn:huge,urn:vs', /at most 2000 codes/],
  ['code:below=urn:t|a', /hierarchy of this code is not at hand/],
  ['code:below=a', /system\|code/],
  ['code:above=urn:s|', /system\|code/],
  ['code:text=%2F', /start of a text/],
  ['code:of-type=a|b|', /system\|code\|value/],
] as const) {
  test(`${query} is refused, and says why`, () => assert.throws(() => read(query), expected));
}

test('What is refused is never repeated: it may name a patient', () => {
  assert.throws(
    () => read('code:in=http://secret.example/ann'),
    (error: Error) => !error.message.includes('ann'),
  );
});

test('An identifier of a type may have separators in all parts', () => {
  const criterion = read('identifier:of-type=urn:t|M\\|R|a\\,b', 'Patient');
  assert.ok(criterion?.kind === 'of-type');
  assert.deepEqual(criterion.values, [{ system: 'urn:t', code: 'M|R', value: 'a,b' }]);
});
