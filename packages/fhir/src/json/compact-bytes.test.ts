import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FhirError } from '../outcome/fhir-error.ts';
import { compactJson } from './compact.ts';
import { type CompactParts, compactBytes } from './compact-bytes.ts';
import { generator } from './generator.testing.ts';
import type { JsonLimits } from './limits.ts';

const of = { list: 'entry', member: 'resource' };
const read = (text: string, limits: Partial<JsonLimits> = {}): CompactParts | undefined =>
  compactBytes(Buffer.from(text), limits, of);

for (const [text, compact] of [
  ['{}', '{}'],
  [' { "a" : [ 1.50 , true , null ] , "b c" : "x  y" } \n', '{"a":[1.50,true,null],"b c":"x  y"}'],
  ['[\r\n\t]', '[]'],
  ['"\\u00e9\\/\\n"', '"\\u00e9\\/\\n"'],
  ['"é😀\u2028"', '"é😀\u2028"'],
] as const) {
  test(`${JSON.stringify(text)} keeps its characters outside of white space, as bytes`, () =>
    assert.deepEqual(read(text), { text: compact, parts: [] }));
}

test('the member of each element of the list is apart, and has a place where it was', () => {
  const text = `{ "type": "é", "entry": [ { "resource": { "a": "é", "resource": 1 }, "x": { "resource": 2 } }, 3, [ { "resource": 4 } ],
    { "x": 5 }, { "resource": 6 } ], "resource": 7 }`;
  assert.deepEqual(read(text), {
    text: '{"type":"é","entry":[{"resource":0,"x":{"resource":2}},3,[{"resource":4}],{"x":5},{"resource":0}],"resource":7}',
    parts: ['{"a":"é","resource":1}', undefined, undefined, undefined, '6'],
  });
});

test('another list, and one that is none, has no parts', () => {
  for (const text of [
    '{"link":[{"resource":1}]}',
    '{"entry":{"resource":1}}',
    '[{"entry":[{"resource":1}]}]',
    '{"x":{"entry":[{"resource":1}]}}',
  ])
    assert.deepEqual(read(text), { text, parts: [] });
});

for (const [name, text, limits] of [
  ['a byte order mark', '\ufeff{}', {}],
  ['U+0000', '"\\u0000"', {}],
  ['half of a surrogate pair', '"\\ud83d"', {}],
  ['an escape in a member name', '{"\\u0069d":1}', {}],
  ['__proto__', '{"a":[{"__proto__":1}]}', {}],
  ['a member twice', '{"a":1,"b":{"a":2},"a":3}', {}],
  ['a member twice among many', `{${Array.from({ length: 300 }, (_, i) => `"n${i % 299}":1`)}}`, {}],
  ['too much inside each other', '[[[]]]', { depth: 2 }],
  ['too many elements', '{"a":1,"b":[2,3]}', { elements: 3 }],
  ['a long number', `[${'9'.repeat(41)}]`, {}],
  ['an infinite number', '[1e999]', {}],
  ['a line break in a string', '"a\nb"', {}],
  ['nothing', '', {}],
  ['an open string', '"abc', {}],
  ['an open array', '[1,', {}],
] as const) {
  test(`${name} is left to the reader of texts, which refuses it`, () => {
    assert.equal(read(text, limits), undefined);
    assert.throws(() => compactJson(text, limits), FhirError);
  });
}

/** What is left to the reader of texts though it may take it. */
const rare = /\\ud83d|\d[eE]/;

test('both readers take the same of 20 000 generated and mutated texts, and make the same of it', () => {
  const { value, mutated } = generator(7);
  let taken = 0;
  for (let i = 0; i < 20_000; i++) {
    const whole = `{"entry":[{"resource":${value(3)}},{"x":${value(1)}, "resource" : ${value(2)} }]}`;
    const text = i % 2 === 0 ? whole : mutated(whole);
    let compact: string | undefined;
    try {
      compact = compactJson(text);
    } catch (error) {
      assert.ok(error instanceof FhirError, String(error));
    }
    const found = read(text);
    if (found === undefined) {
      assert.ok(compact === undefined || rare.test(text), text);
      continue;
    }
    taken++;
    assert.ok(compact !== undefined, text);
    const put = found.parts.filter((part) => part !== undefined);
    assert.equal(
      found.text.replace(/"resource":0/g, () => `"resource":${put.shift() ?? '0'}`),
      compact,
    );
  }
  assert.ok(taken > 5000);
});
