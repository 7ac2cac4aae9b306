import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FhirError } from '../outcome/fhir-error.ts';
import { compactJson } from './compact.ts';
import { generator } from './generator.testing.ts';

const refusal = (text: string, limits = {}): FhirError => {
  try {
    compactJson(text, limits);
  } catch (error) {
    assert.ok(error instanceof FhirError, String(error));
    return error;
  }
  throw new Error('not refused');
};

for (const [text, compact] of [
  ['{}', '{}'],
  [' { "a" : [ 1.50 , true , null ] , "b c" : "x  y" } \n', '{"a":[1.50,true,null],"b c":"x  y"}'],
  ['[\r\n\t]', '[]'],
  ['"\\u00e9\\/\\ud83d\\ude00"', '"\\u00e9\\/\\ud83d\\ude00"'],
  ['-0.0E+10', '-0.0E+10'],
  ['"é😀\u2028"', '"é😀\u2028"'],
] as const) {
  test(`${JSON.stringify(text)} keeps its characters outside of white space`, () =>
    assert.equal(compactJson(text), compact));
}

test('text without white space comes back as it is', () => {
  const text = '{"resourceType":"Patient","active":true}';
  assert.equal(compactJson(text), text);
});

for (const [name, text, expected] of [
  ['nothing', '', /line 1, column 1: expected a JSON value/],
  ['white space alone', ' \n ', /line 2, column 2: expected a JSON value/],
  ['a byte order mark', '\ufeff{}', /byte order mark/],
  ['a missing brace', '{"a":1', /line 1, column 7: expected "," or "}"/],
  ['a trailing comma in an object', '{"a":1,}', /member name/],
  ['a trailing comma in an array', '[1,]', /a value after ","/],
  ['a missing colon', '{"a" 1}', /column 6: expected ":"/],
  ['a second value', '{} {}', /the end of the text/],
  ['single quotes', "{'a':1}", /member name in double quotes/],
  ['a bare word', '[nul]', /true, false or null/],
  ['NaN', '[NaN]', /a JSON value/],
  ['a leading zero', '[01]', /"," or "\]"/],
  ['a point without digits', '[1.]', /a digit/],
  ['an exponent without digits', '[1e]', /a digit/],
  ['a lone minus', '[-]', /column 3: expected a JSON value/],
  ['a plus', '[+1]', /a JSON value/],
  ['an open string', '"abc', /the end of a string/],
  ['a line break in a string', '"a\nb"', /column 3: expected the end of a string/],
  ['an unknown escape', '"\\x41"', /one of the escapes/],
  ['a backslash at the end', '"\\', /one of the escapes/],
  ['a short escape', '"\\u12"', /four hexadecimal digits/],
  ['U+0000', '"\\u0000"', /no U\+0000/],
  ['no-break space between tokens', '{\u00a0}', /member name/],
] as const) {
  test(`${name} is refused with its place`, () => {
    const error = refusal(text);
    assert.equal(error.status, 400);
    assert.match(error.message, expected);
  });
}

for (const text of ['"\\ud83d"', '"\\ude00"', '"\\ud83d\\u0041"', '"\\ud83dx"', '"\ud83d"', '"a\ude00b"']) {
  test(`attack 66: a lone surrogate is refused: ${JSON.stringify(text)}`, () =>
    assert.match(refusal(text).message, /surrogate/));
}

test('attack 66: a duplicate member name is refused at its second place', () => {
  assert.match(
    refusal('{\n  "a": 1,\n  "b": {"a": 2},\n  "a": 3}').message,
    /line 4, column 4: .*each member name once/,
  );
});

test('attack 66: an escaped member name cannot hide a duplicate', () => {
  assert.match(refusal('{"id":"1","\\u0069d":"2"}').message, /without escapes/);
});

test('attack 66: __proto__ is refused wherever it stands', () => {
  assert.match(refusal('{"a":[{"__proto__":{"x":1}}]}').message, /no member of that name/);
});

test('attack 66: duplicates are found in objects of any size, and names that share a hash are told apart', () => {
  const members = (names: readonly string[]) => `{${names.map((name) => `"${name}":1`).join(',')}}`;
  const many = Array.from({ length: 5000 }, (_, i) => `n${i}`);
  assert.equal(compactJson(members(many)), members(many));
  assert.match(refusal(members([...many, 'n7'])).message, /each member name once/);
  // "Aa" and "BB" have the same 31-hash.
  assert.equal(compactJson(members(['Aa', 'BB'])), members(['Aa', 'BB']));
});

test('attack 66: 10 MB of nested arrays are refused at the depth limit, at once', () => {
  const started = performance.now();
  assert.match(refusal('['.repeat(10_000_000)).message, /column 65: expected at most 64/);
  assert.match(refusal('{"a":'.repeat(2_000_000)).message, /at most 64/);
  assert.ok(performance.now() - started < 2000);
  assert.equal(compactJson('['.repeat(64) + ']'.repeat(64)).length, 128);
});

test('attack 66: an array of more than a million elements is too large', () => {
  const array = (length: number) => `[${'1,'.repeat(length - 1)}1]`;
  const started = performance.now();
  assert.equal(refusal(array(1_000_001)).status, 413);
  assert.equal(compactJson(array(1_000_000)).length, 2_000_001);
  assert.ok(performance.now() - started < 3000);
  assert.equal(refusal('{"a":1,"b":[2,3]}', { elements: 3 }).status, 413);
});

test('attack 66: numbers of great length or size are refused', () => {
  assert.match(refusal(`[${'9'.repeat(41)}]`).message, /at most 40 characters/);
  assert.match(refusal('[1e999]').message, /finite/);
  assert.equal(compactJson(`[${'9'.repeat(40)}]`).length, 42);
});

test('a refusal never repeats the content', () => {
  assert.doesNotMatch(refusal('{"name":"Secret", "name":"Other"}').message, /Secret|Other|name"/);
});

/** Refusals that are ours beyond RFC 8259. */
const stricter = /surrogate|U\+0000|without escapes|each member name once|of that name|at most|finite/;

test('scanner and JSON.parse agree on 20 000 generated and mutated texts', () => {
  const { value, mutated } = generator(42);
  let broken = 0;
  for (let i = 0; i < 20_000; i++) {
    const json = i % 2 === 0 ? value(4) : mutated(value(4));
    let parsed: unknown;
    let isJson = true;
    try {
      parsed = JSON.parse(json);
    } catch {
      isJson = false;
      broken++;
    }
    try {
      const compact = compactJson(json);
      assert.ok(isJson, json);
      assert.deepEqual(JSON.parse(compact), parsed);
      assert.equal(compactJson(compact), compact);
    } catch (error) {
      assert.ok(error instanceof FhirError, String(error));
      assert.ok(!isJson || stricter.test(error.message), `${json}: ${error.message}`);
    }
  }
  assert.ok(broken > 2000);
});
