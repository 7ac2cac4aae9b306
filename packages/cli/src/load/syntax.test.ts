import assert from 'node:assert/strict';
import { test } from 'node:test';
import { entrySpans, lineAt, mistakeLine } from './syntax.ts';

for (const [text, line] of [
  ['{\n"a": 1,\n}', 3],
  ['{\n"a" 1}', 2],
  ['[1,\n2\n3]', 3],
  ['{"a": "x\ny"}', 1],
  ['{"a": [1, 2}\n}', 1],
  ['{"a": 01}', 1],
  ['{"a": 1}\n\n{"b": 2}', 3],
  ['{"a":\n\n', 3],
  ['[\n"\\x"]', 2],
  ['', 1],
  ['{"a": tru}', 1],
] as const) {
  test(`the mistake in ${JSON.stringify(text)} is on line ${line}`, () => {
    assert.throws(() => JSON.parse(text));
    assert.equal(mistakeLine(text), line);
  });
}

test('what JSON.parse takes has no mistake before its end', () => {
  const text = JSON.stringify({ a: [1, -2.5e3, 'é"\\\n', true, null, {}, []], b: { c: '' } }, null, 2);
  assert.equal(mistakeLine(`${text}\n!`), text.split('\n').length + 1);
});

test('the entries of a Bundle are found in its text, whatever is in their strings', () => {
  const entry = [{ resource: { text: '"entry": [{]}\\' } }, { resource: { entry: [{ a: {} }] } }, {}];
  const text = JSON.stringify({ link: [{ a: 1 }], entry, last: { entry: [{}] } }, null, 1);
  const spans = entrySpans(text);
  assert.deepEqual(
    spans.map(({ start, end }) => JSON.parse(text.slice(start, end))),
    entry,
  );
  assert.equal(lineAt(text, spans[0]!.start), 8);
});
