import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compactJson } from './compact.ts';
import { isExactNumber, numberText, parseExact, stringifyExact } from './exact.ts';
import { generator } from './generator.testing.ts';

for (const text of [
  '1.50',
  '-0',
  '-0.0',
  '1e2',
  '1E+2',
  '0.10',
  '12345678901234567890',
  '0.1',
  '1',
  '1e999',
  '1e-999',
]) {
  test(`${text} is written as it was read`, () => {
    assert.equal(stringifyExact(parseExact(text)), text);
    assert.equal(numberText(parseExact(text)), text);
  });
}

test('numbers that JavaScript writes alike stay numbers', () => {
  assert.equal(parseExact('1.5'), 1.5);
  assert.ok(isExactNumber(parseExact('1.50')));
  assert.equal(numberText('1.50'), undefined);
  assert.equal(isExactNumber({ rawJSON: '1.50' }), false);
});

test('2000 generated texts come back unchanged', () => {
  const { value } = generator(3);
  for (let i = 0; i < 2000; i++) {
    const text = compactJson(value(4));
    assert.deepEqual(JSON.parse(stringifyExact(parseExact(text))), JSON.parse(text));
    // Escapes may be written otherwise; without them nothing may.
    if (!text.includes('\\')) assert.equal(stringifyExact(parseExact(text)), text);
  }
});
