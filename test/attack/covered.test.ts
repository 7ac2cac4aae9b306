import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The numbers that the names of all tests say they try: `attack 45: …`, and `attack 44–49: …` for all of these. */
function tried(): ReadonlySet<number> {
  const numbers = new Set<number>();
  for (const folder of ['packages', 'test']) {
    for (const path of readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.test.ts') || path.includes('node_modules')) continue;
      const text = readFileSync(`${root}/${folder}/${path}`, 'utf8');
      for (const [, from, to = from] of text.matchAll(/\btest\(\s*['"`]attack (\d+)(?:–(\d+))?:/g)) {
        for (let n = Number(from); n <= Number(to); n++) numbers.add(n);
      }
    }
  }
  return numbers;
}

const between = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('each attack on clients, tokens, charts, requests and accounts is tried by a test', () => {
  const found = tried();
  const missing = [...between(1, 60), ...between(66, 76)].filter((number) => !found.has(number));
  assert.deepEqual(missing, []);
});
