import assert from 'node:assert/strict';
import { test } from 'node:test';
import { animals, sourceOf, valueSet, vs } from './terminology.testing.ts';
import { terminologyOf } from './terminology-of.ts';

const is = (value: string) => ({
  include: [{ system: animals, filter: [{ property: 'concept', op: 'is-a', value }] }],
});
const rule = (system: string) => valueSet(system, { include: [{ system }] });
const ruled = ['urn:ietf:bcp:47', 'urn:ietf:bcp:13', 'urn:iso:std:iso:3166', 'urn:iso:std:iso:4217'];
const itself = valueSet('self', { include: [{ valueSet: [vs('self')] }] });
const terminology = terminologyOf(sourceOf(valueSet('birds', is('bird')), itself, ...ruled.map(rule)));

test('membership: yes, no, or it cannot be told', () => {
  assert.equal(terminology.isMember(vs('birds'), { system: animals, code: 'duck' }), true);
  assert.equal(terminology.isMember(vs('birds'), { code: 'duck' }), true);
  assert.equal(terminology.isMember(vs('birds'), { system: animals, code: 'dog' }), false);
  assert.equal(terminology.isMember(vs('birds'), { system: animals }), false);
  assert.equal(terminology.isMember(`${vs('birds')}|1.0.0`, { code: 'duck' }), true);
  assert.equal(terminology.isMember(`${vs('birds')}|2.0.0`, { code: 'duck' }), undefined);
  assert.equal(terminology.isMember(vs('nowhere'), { code: 'duck' }), undefined);
  assert.equal(terminology.isMember(vs('self'), { code: 'duck' }), undefined);
});

test('the codings of a value set, up to a limit', () => {
  const codes = terminology.codings(vs('birds'), 3)?.map(({ code }) => code);
  assert.deepEqual(codes, ['bird', 'duck', 'dodo']);
  assert.equal(terminology.codings(vs('birds'), 2), undefined);
  assert.equal(terminology.codings(vs('nowhere'), 2), undefined);
});

test('what a code subsumes, and what subsumes it', () => {
  assert.deepEqual(terminology.below(animals, 'bird', 10), ['bird', 'duck', 'dodo']);
  assert.equal(terminology.below(animals, 'bird', 2), undefined);
  assert.deepEqual(terminology.above(animals, 'duck'), ['duck', 'bird', 'animal']);
  assert.equal(terminology.below('http://snomed.info/sct', '1', 10), undefined);
  assert.equal(terminology.above(animals, 'nothing'), undefined);
});

for (const [system, yes, no, unknown] of [
  ['urn:ietf:bcp:47', ['en', 'de-CH', 'zh-Hant-TW'], ['english language', 'e'], []],
  ['urn:ietf:bcp:13', ['text/plain', 'application/fhir+json', 'text/plain; charset=utf-8'], ['text', 'a/b/c'], []],
  ['urn:iso:std:iso:3166', ['US', 'CH'], ['us', 'Switzerland'], ['USA', '840']],
  ['urn:iso:std:iso:4217', ['EUR', 'USD'], ['euro'], ['QQQ']],
] as const) {
  test(`codes of ${system} are told by their grammar and the platform's lists`, () => {
    const has = (code: string) => terminology.isMember(vs(system), { system, code });
    assert.deepEqual(
      yes.map(has),
      yes.map(() => true),
    );
    assert.deepEqual(
      no.map(has),
      no.map(() => false),
    );
    assert.deepEqual(
      unknown.map(has),
      unknown.map(() => undefined),
    );
  });
}
