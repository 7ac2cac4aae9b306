import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listed } from './code-set.ts';
import { type ExpandOptions, expand, expandLimits } from './expand.ts';
import { animals, sourceOf, valueSet } from './terminology.testing.ts';
import { valueSetsOf } from './value-set.ts';

const whole = valueSet('all', { include: [{ system: animals }] });
const codes = valueSetsOf(sourceOf()).of(whole);

type Contains = { readonly code: string; readonly display?: string; readonly [member: string]: unknown };
type Expansion = { readonly total: number; readonly offset?: number; readonly contains?: readonly Contains[] };

function expansion(options: ExpandOptions = {}): Expansion {
  return expand(whole, codes, { ...options, now: 0 }).expansion as Expansion;
}

const codesIn = (options: ExpandOptions) => (expansion(options).contains ?? []).map(({ code }) => code);

describe('an expansion', () => {
  test('tells each code with what matters about it', () => {
    const { total, contains = [], ...rest } = expansion();
    assert.equal(total, 7);
    assert.deepEqual(contains[0], {
      system: animals,
      abstract: true,
      version: '1.0.0',
      code: 'animal',
      display: 'Animal',
    });
    assert.deepEqual(contains[6], { system: animals, inactive: true, version: '1.0.0', code: 'dodo', display: 'Dodo' });
    assert.deepEqual(rest, {
      timestamp: '1970-01-01T00:00:00.000Z',
      parameter: [
        { name: 'excludeNested', valueBoolean: true },
        { name: 'version', valueUri: `${animals}|1.0.0` },
      ],
    });
  });

  test('is filtered by words, in any of the designations', () => {
    assert.deepEqual(codesIn({ filter: 'd' }), ['dog', 'duck', 'dodo']);
    assert.deepEqual(codesIn({ filter: 'WHA bl' }), ['whale']);
    assert.deepEqual(codesIn({ filter: 'hund' }), ['dog']);
    assert.deepEqual(codesIn({ filter: 'hale' }), []);
    assert.deepEqual(codesIn({ filter: ' ' }).length, 7);
  });

  test('comes in pages that make the whole', () => {
    const pages = [0, 3, 6, 9].map((offset) => codesIn({ offset, count: 3 }));
    assert.deepEqual(
      pages.map((page) => page.length),
      [3, 3, 1, 0],
    );
    assert.deepEqual(pages.flat(), codesIn({}));
    const none = expansion({ count: 0 });
    assert.deepEqual([none.total, none.contains], [7, undefined]);
  });

  test('leaves out what is inactive or of a system that is not wanted', () => {
    assert.ok(!codesIn({ activeOnly: true }).includes('dodo'));
    assert.ok(!codesIn({ excludeAbstract: true }).includes('animal'));
    assert.deepEqual(codesIn({ excludeSystem: [animals] }), []);
  });

  test('speaks the language that is asked for, and shows designations and the definition', () => {
    const dog = (options: ExpandOptions) => expansion(options).contains?.find(({ code }) => code === 'dog');
    assert.equal(dog({ displayLanguage: 'de-CH' })?.display, 'Hund');
    assert.equal(dog({ displayLanguage: 'fr' })?.display, 'Dog');
    assert.deepEqual(dog({ includeDesignations: true })?.designation, [{ language: 'de', value: 'Hund' }]);
    assert.equal(dog({})?.designation, undefined);
    assert.equal(expand(whole, codes, { now: 0 }).compose, undefined);
    assert.ok(expand(whole, codes, { now: 0, includeDefinition: true }).compose);
  });

  test('of very many codes is too costly without pages, and beyond a limit in any way', () => {
    const entry = (i: number) => ({
      system: animals,
      code: `${i}`,
      designations: [],
      isAbstract: false,
      isInactive: false,
    });
    const many = (count: number) => listed(Array.from({ length: count }, (_, i) => entry(i)));
    const large = many(expandLimits.page + 1);
    assert.throws(() => expand(whole, large, { now: 0 }), { code: 'too-costly', message: /offset and count/ });
    assert.equal((expand(whole, large, { now: 0, count: 10 }).expansion as Expansion).contains?.length, 10);
    assert.throws(() => expand(whole, many(expandLimits.codes + 1), { now: 0, count: 10 }), { code: 'too-costly' });
  });
});
