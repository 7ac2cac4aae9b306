import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meetsText, parseTextQuery, textLimits, textOf, tokenText, wordsOf } from './text.ts';

const patient = {
  resourceType: 'Patient',
  id: 'hidden',
  text: { status: 'generated', div: '<div class="c">Seen <b>twice</b> &#233;t&eacute; &lt;b&gt; a&amp;b</div>' },
  name: [{ family: 'Müller', given: ['Ann'] }],
  birthDate: '1970-02-03',
  link: [{ other: { reference: 'Patient/unread', display: 'Her brother' } }],
  photo: [{ contentType: 'image/png', data: 'AAAA', url: 'http://a.example/x', title: 'At the lake' }],
};

for (const [text, expected] of [
  ['seen', true],
  ['SEEN twice', true],
  ['"seen twice"', true],
  ['"twice seen"', false],
  ['muller', true],
  ['mull', false],
  ['"muller ann"', false],
  ['nobody or lake', true],
  ['nobody OR brother', true],
  ['seen and lake', true],
  ['seen -lake', false],
  ['seen -nobody', true],
  ['seen -"twice seen"', true],
  ['hidden', false],
  ['unread', false],
  ['class', false],
  ['1970', false],
  ['png', false],
  ['a-b', true],
] as const) {
  test(`${text} is ${expected ? '' : 'not '}in a patient's words`, () => {
    assert.equal(meetsText(parseTextQuery(text) ?? [], textOf(patient), false), expected);
  });
}

test('Of the narrative alone only its own words are looked at', () => {
  const isIn = (text: string) => meetsText(parseTextQuery(text) ?? [], textOf(patient), true);
  assert.ok(isIn('seen twice'));
  assert.ok(!isIn('lake'));
  assert.ok(isIn('seen -lake'), 'what is excluded is looked for in the same place');
});

test('A query has a word that is to be found in each of its alternatives, and not too many', () => {
  for (const text of ['', '!', '-a', 'a or -b', '"', 'or']) assert.equal(parseTextQuery(text), undefined, text);
  assert.equal(parseTextQuery('a '.repeat(textLimits.phrases + 1)), undefined);
});

test('attack 67: words are cut and counted, however long and many they are', () => {
  assert.deepEqual(wordsOf('x'.repeat(1000)), ['x'.repeat(textLimits.wordLength)]);
  const deep = { resourceType: 'Basic', note: Array.from({ length: 5000 }, (_, i) => `a${i}`) };
  let count = 0;
  textOf(deep)(() => count++);
  assert.equal(count, textLimits.words);
  assert.equal(tokenText('word '.repeat(500)).length, 200);
});
