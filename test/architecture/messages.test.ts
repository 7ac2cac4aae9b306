import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '../../packages/web/src');
const english = globSync('**/messages.en.json', { cwd: root });

type Messages = { readonly [key: string]: string | Messages };

/** Each text by its path; of a plural its forms count as one. */
function textsOf(messages: Messages, above = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(messages)) {
    const path = `${above}${key.replace(/_(zero|one|two|few|many|other)$/, '')}`;
    if (typeof value === 'string') texts.set(path, value);
    else for (const [inner, text] of textsOf(value, `${path}.`)) texts.set(inner, text);
  }
  return texts;
}

const placeholders = (text: string) => [...text.matchAll(/\{\{[^}]+\}\}/g)].map(([mark]) => mark).sort();
const read = (file: string) => textsOf(JSON.parse(readFileSync(`${root}/${file}`, 'utf8')));

test('the message files were found', () => assert.ok(english.length > 5));

for (const file of english) {
  test(`${file}: Spanish has the same texts with the same placeholders`, () => {
    const [texts, spanish] = [read(file), read(file.replace('.en.json', '.es.json'))];
    assert.deepEqual([...spanish.keys()].sort(), [...texts.keys()].sort());
    for (const [key, text] of texts) {
      assert.deepEqual(placeholders(spanish.get(key) ?? ''), placeholders(text), key);
      assert.notEqual(spanish.get(key)?.trim(), '', key);
    }
  });
}
