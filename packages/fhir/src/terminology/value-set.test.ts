import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CanonicalResource } from '../conformance/canonical-source.ts';
import { countOut } from './code-set.ts';
import { animals, sourceOf, valueSet, vs } from './terminology.testing.ts';
import { TerminologyError } from './terminology-error.ts';
import { valueSetsOf } from './value-set.ts';

/** The codes of a value set with this definition, and of others beside it. */
function codesOf(compose: object, ...others: readonly CanonicalResource[]): string[] {
  const set = valueSetsOf(sourceOf(valueSet('v', compose), ...others)).find(vs('v'));
  assert.ok(set);
  const codes = [...set.all()].map(({ code }) => code);
  for (const code of codes) assert.equal(set.has({ system: animals, code }), true, `${code}: counted out, so a member`);
  return codes;
}

const filtered = (property: string, op: string, value: string) => ({
  include: [{ system: animals, filter: [{ property, op, value }] }],
});

const setOf = (compose: object, ...others: readonly CanonicalResource[]) =>
  valueSetsOf(sourceOf(valueSet('v', compose), ...others)).find(vs('v'))!;

describe('a value set', () => {
  test('of a whole code system has all its codes', () => {
    assert.deepEqual(codesOf({ include: [{ system: animals }] }), [
      'animal',
      'mammal',
      'dog',
      'whale',
      'bird',
      'duck',
      'dodo',
    ]);
  });

  for (const [op, property, value, expected] of [
    ['is-a', 'concept', 'mammal', 'mammal dog whale'],
    ['is-a', 'concept', 'bird', 'bird duck dodo'],
    ['descendent-of', 'concept', 'bird', 'duck dodo'],
    ['is-not-a', 'concept', 'mammal', 'animal bird duck dodo'],
    ['generalizes', 'concept', 'duck', 'animal bird duck'],
    ['in', 'concept', 'dog, duck,nothing', 'dog duck'],
    ['in', 'legs', '0,2', 'whale bird'],
    ['not-in', 'concept', 'animal,mammal,bird', 'dog whale duck dodo'],
    ['=', 'legs', '4', 'dog'],
    ['=', 'parent', 'bird', 'duck dodo'],
    ['=', 'inactive', 'true', 'dodo'],
    ['=', 'display', 'Blue whale', 'whale'],
    ['regex', 'code', 'd.*', 'dog duck dodo'],
    ['regex', 'code', 'd', ''],
    ['exists', 'legs', 'true', 'dog whale bird'],
    ['exists', 'legs', 'false', 'animal mammal duck dodo'],
    ['is-a', 'concept', 'nothing', ''],
  ] as const) {
    test(`by ${property} ${op} ${value} has: ${expected}`, () => {
      const codes = codesOf(filtered(property, op, value));
      assert.deepEqual(codes.sort(), expected.split(' ').filter(Boolean).sort());
      const set = setOf(filtered(property, op, value));
      for (const code of ['animal', 'mammal', 'dog', 'whale', 'bird', 'duck', 'dodo']) {
        assert.equal(set.has({ system: animals, code }), codes.includes(code), code);
      }
    });
  }

  test('of several filters has what meets all of them', () => {
    const filter = [
      { property: 'concept', op: 'is-a', value: 'mammal' },
      { property: 'legs', op: 'exists', value: 'true' },
      { property: 'legs', op: '=', value: '0' },
    ];
    assert.deepEqual(codesOf({ include: [{ system: animals, filter }] }), ['whale']);
  });

  test('joins includes, takes excludes out, and imports other value sets', () => {
    const birds = valueSet('birds', filtered('concept', 'is-a', 'bird'));
    const mammals = valueSet('mammals', filtered('concept', 'is-a', 'mammal'));
    const both = { include: [{ valueSet: [vs('birds')] }, { valueSet: [vs('mammals')] }] };
    assert.deepEqual(codesOf(both, birds, mammals), ['bird', 'duck', 'dodo', 'mammal', 'dog', 'whale']);
    assert.deepEqual(codesOf({ include: [{ valueSet: [vs('birds'), vs('mammals')] }] }, birds, mammals), []);
    assert.deepEqual(codesOf({ include: [{ system: animals, valueSet: [vs('birds')] }] }, birds).length, 3);
    const exclude = [{ system: animals, concept: [{ code: 'bird' }] }, { valueSet: [vs('mammals')] }];
    assert.deepEqual(codesOf({ ...both, exclude }, birds, mammals), ['duck', 'dodo']);
    assert.deepEqual(codesOf({ inactive: false, include: [{ valueSet: [vs('birds')] }] }, birds), ['bird', 'duck']);
  });

  test('that enumerates codes works without its code system', () => {
    const sct = 'http://snomed.info/sct';
    const set = setOf({ include: [{ system: sct, concept: [{ code: '1', display: 'One' }] }] });
    assert.deepEqual(
      [...set.all()].map(({ code, display }) => [code, display]),
      [['1', 'One']],
    );
    assert.equal(set.has({ system: sct, code: '1' }), true);
    assert.equal(set.has({ system: sct, code: '2' }), false);
    assert.equal(set.has({ code: '1' }), true);
  });

  test('of codes that are not at hand cannot tell', () => {
    const sct = 'http://snomed.info/sct';
    const set = setOf({ include: [{ system: sct, filter: [{ property: 'concept', op: 'is-a', value: '1' }] }] });
    assert.equal(set.has({ system: sct, code: '1' }), undefined);
    assert.equal(set.has({ system: animals, code: 'dog' }), false, 'a code of another system is surely none');
    assert.equal(set.has({ code: '1' }), undefined);
    assert.throws(() => [...set.all()], { code: 'not-supported' });

    const mixed = setOf({ include: [{ system: animals }, { system: sct }] });
    assert.equal(mixed.has({ system: animals, code: 'dog' }), true);
    assert.equal(mixed.has({ system: sct, code: '1' }), undefined);
    const without = setOf({ include: [{ system: animals }], exclude: [{ system: sct }] });
    assert.equal(without.has({ system: animals, code: 'dog' }), true);
    assert.equal([...without.all()].length, 7);
    assert.equal(setOf({ include: [{ valueSet: [vs('nowhere')] }] }).has({ code: 'dog' }), undefined);
  });

  test('of a code system that is here in part knows what is there, and no more', () => {
    const part = {
      resourceType: 'CodeSystem',
      url: 'http://a.example/part',
      content: 'fragment',
      concept: [{ code: 'a' }],
    };
    const set = setOf({ include: [{ system: 'http://a.example/part' }] }, part);
    assert.deepEqual([set.has({ code: 'a' }), set.has({ code: 'b' })], [true, undefined]);
    assert.throws(() => [...set.all()], { code: 'not-supported' });
    const words = { ...part, url: 'http://a.example/words', content: 'supplement', supplements: animals };
    assert.equal(setOf({ include: [{ system: 'http://a.example/words' }] }, words).has({ code: 'a' }), undefined);
  });

  test('that came with an expansion uses it where the definition cannot tell', () => {
    const sct = 'http://snomed.info/sct';
    const contains = [{ system: sct, code: '1', contains: [{ system: sct, code: '2', display: 'Two' }] }];
    const compose = { include: [{ system: sct }] };
    const all = valueSetsOf(sourceOf(valueSet('v', compose, { expansion: { contains } }))).find(vs('v'))!;
    assert.deepEqual(
      [...all.all()].map(({ code }) => code),
      ['1', '2'],
    );
    assert.deepEqual([all.has({ system: sct, code: '2' }), all.has({ system: sct, code: '3' })], [true, false]);
    const expansion = { total: 5, contains };
    const part = valueSetsOf(sourceOf(valueSet('v', compose, { expansion }))).find(vs('v'))!;
    assert.deepEqual([part.has({ system: sct, code: '2' }), part.has({ system: sct, code: '3' })], [true, undefined]);
    assert.throws(() => [...part.all()], TerminologyError);
  });

  test('that includes itself is refused', () => {
    const sets = valueSetsOf(
      sourceOf(
        valueSet('a', { include: [{ valueSet: [vs('b')] }] }),
        valueSet('b', { include: [{ valueSet: [vs('a')] }] }),
      ),
    );
    assert.throws(() => sets.find(vs('a')), /includes itself/);
    const chain = Array.from({ length: 40 }, (_, i) => valueSet(`${i}`, { include: [{ valueSet: [vs(`${i + 1}`)] }] }));
    assert.throws(() => valueSetsOf(sourceOf(...chain)).find(vs('0')), /too deeply/);
  });

  test('a regular expression cannot keep busy for long', () => {
    for (const value of ['(a+)+', '(d|do|dod)*', '(.*)*o', 'd?o?d?o?d?o?'.repeat(10)]) {
      assert.equal(setOf(filtered('code', 'regex', value)).has({ system: animals, code: 'nothing' }), false, value);
    }
    assert.deepEqual(codesOf(filtered('code', 'regex', '(dog|duck)')), ['dog', 'duck']);
    assert.deepEqual(codesOf(filtered('code', 'regex', '[a-z]{3}')), ['dog']);
    for (const value of ['(', 'x'.repeat(3000)]) {
      assert.equal(setOf(filtered('code', 'regex', value)).has({ system: animals, code: 'dog' }), undefined);
    }
    const concept = Array.from({ length: 3000 }, (_, i) => ({ code: `${i}${'a'.repeat(2000)}` }));
    const url = 'http://a.example/long';
    const long = { resourceType: 'CodeSystem', url, content: 'complete', concept };
    const filter = [{ property: 'code', op: 'regex', value: '.*(a+b|a+c|a+d)*e' }];
    const set = setOf({ include: [{ system: url, filter }] }, long);
    assert.throws(() => [...set.all()], { code: 'too-costly' });
    assert.throws(() => [...set.all()], { code: 'too-costly' }, 'and it is not tried again');
  });

  test('value sets that import each other many times over are too costly, and asked in no time', () => {
    const twice = (i: number) => ({ include: [{ valueSet: [vs(`${i + 1}`)] }, { valueSet: [vs(`${i + 1}`)] }] });
    const sets = Array.from({ length: 25 }, (_, i) =>
      valueSet(`${i}`, i < 24 ? twice(i) : { include: [{ system: animals }] }),
    );
    assert.throws(() => valueSetsOf(sourceOf(...sets)).find(vs('0')), { code: 'too-costly' });
    const many = { include: Array.from({ length: 10_001 }, () => ({ system: animals })) };
    assert.throws(() => valueSetsOf(sourceOf(valueSet('v', many))).find(vs('v')), { code: 'too-costly' });
  });

  test('what takes too many steps to count out is not counted out', () => {
    const part = { system: animals, concept: Array.from({ length: 2000 }, (_, i) => ({ code: `${i}` })) };
    const set = setOf({ include: Array(2000).fill(part), exclude: Array(1000).fill({ system: animals }) });
    assert.throws(() => countOut(set), { code: 'too-costly' });
    assert.equal(set.has({ system: animals, code: '7' }), true);
  });

  test('a circle in a hierarchy is walked once', () => {
    const url = 'http://a.example/circle';
    const concept = ['a', 'b'].map((code, i) => ({
      code,
      property: [{ code: 'parent', valueCode: i === 0 ? 'b' : 'a' }],
    }));
    const circle = { resourceType: 'CodeSystem', url, content: 'complete', concept };
    const filter = [{ property: 'concept', op: 'is-a', value: 'a' }];
    assert.equal([...setOf({ include: [{ system: url, filter }] }, circle).all()].length, 2);
  });
});
