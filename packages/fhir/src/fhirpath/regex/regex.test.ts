import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matcher } from './regex.ts';

const free = () => {};

for (const [regex, text, expected] of [
  ['b', 'abc', true],
  ['^b', 'abc', false],
  ['^abc$', 'abc', true],
  ['A.*B', 'A\n\tB', true],
  ['^[A-Z]([A-Za-z0-9_]){0,254}$', 'Name_1', true],
  ['^[^\\s]+(\\s[^\\s]+)*$', 'a b', true],
  ['^[^\\s]+(\\s[^\\s]+)*$', 'a  b', false],
  ['^\\p{Lu}\\p{L}*$', 'Éa', true],
  ['^😀{2}$', '😀😀', true],
  ['\\bcat\\b', 'a cat', true],
  ['\\bcat\\b', 'concat', false],
  ['^(?:a|b|)$', '', true],
  ['^[]a]+$', ']a', true],
  ['^[a\\-z]+$', 'a-z', true],
  ['\\u0041', 'A', true],
  ['a{2,}', 'aa', true],
  ['a{2', 'a{2', true],
] as const) {
  test(`/${regex}/ ${expected ? 'is' : 'is not'} found in ${JSON.stringify(text)}`, () =>
    assert.equal(matcher(regex).find(text, free), expected));
}

test('replacing takes each match, the longest way first and groups by number or name', () => {
  const date = '\\b(?<month>\\d{1,2})/(?<day>\\d{1,2})/(?<year>\\d{2,4})\\b';
  // biome-ignore lint/suspicious/noTemplateCurlyInString: FHIRPath names groups so
  assert.equal(matcher(date).replace('11/30/1972, 1/2/03', '${day}-${month}-${year}', free), '30-11-1972, 2-1-03');
  assert.equal(matcher('(a)(b)?').replace('aab', '<$1$2>', free), '<a><ab>');
  assert.equal(matcher('a+?').replace('aaa', '$0.', free), 'a.a.a.');
  assert.equal(matcher('a*').replace('baac', '-', free), '-b--c-');
  assert.equal(matcher('a').replace('a', '\\$1', free), '$1');
});

/** Small expressions of all the syntax, from a seed. */
function generator(seed: number) {
  let state = seed;
  const next = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const atoms = ['a', 'b', 'c', '.', '[ab]', '[^a]', '\\w', '\\d', '^', '$', '\\b'];
  const quantifiers = ['', '', '', '*', '+', '?', '{2}', '{1,2}', '*?', '+?', '??'];
  const regex = (depth: number): string => {
    const pieces = Array.from({ length: 1 + next(3) }, () => {
      const isGroup = depth > 0 && next(3) === 0;
      const atom = isGroup ? `(${next(2) ? '?:' : ''}${regex(depth - 1)})` : atoms[next(atoms.length)]!;
      return /^[\^$]$|^\\b$/.test(atom) ? atom : atom + quantifiers[next(quantifiers.length)]!;
    });
    return pieces.join('') + (depth > 0 && next(4) === 0 ? `|${regex(depth - 1)}` : '');
  };
  const text = () => Array.from({ length: next(9) }, () => 'abc1 '[next(5)]).join('');
  return { regex, text };
}

test('5000 generated expressions match what JavaScript’s own matcher matches', () => {
  const { regex, text } = generator(11);
  for (let i = 0; i < 5000; i++) {
    const [pattern, value] = [regex(2), text()];
    const expected = new RegExp(pattern, 'su');
    assert.equal(matcher(pattern).find(value, free), expected.test(value), `/${pattern}/ in ${JSON.stringify(value)}`);
    // An empty round of a loop is where backtracking matchers differ among themselves.
    if (/\)(?:[*+?]|\{)/.test(pattern)) continue;
    const replaced = value.replace(new RegExp(pattern, 'gsu'), '<$&>');
    assert.equal(matcher(pattern).replace(value, '<$0>', free), replaced, `/${pattern}/ in ${JSON.stringify(value)}`);
  }
});
