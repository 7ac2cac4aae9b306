import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { errorsPage } from './errors-page.ts';
import type { Refusal } from './refusals/refusal.ts';
import { refusals } from './refusals.ts';

const sources = new URL('../', import.meta.url);
/** How the refusals of a client that is not approved are made. */
const clientStates = '`client-$' + '{status}`';
const rows = Object.entries<Refusal>(refusals);

test('docs/errors.md lists every refusal as the table has it', async () => {
  const page = await readFile(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
  const again = 'node --conditions=@chartgate/source packages/server/scripts/errors-page.ts';
  assert.ok(page === errorsPage(), `make it anew: ${again}`);
  for (const [code] of rows) assert.ok(page.includes(`\n## ${code}\n`), code);
});

test('every refusal of the table is made somewhere', async () => {
  const files = ['oauth', 'clients', 'account', 'wire'].map(async (folder) => {
    const names = await readdir(new URL(folder, sources), { recursive: true });
    const texts = names
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('refusals'))
      .map((name) => readFile(new URL(`${folder}/${name}`, sources), 'utf8'));
    return (await Promise.all(texts)).join('\n');
  });
  const code = (await Promise.all(files)).join('\n');
  for (const [name] of rows) {
    const isState = name.startsWith('client-') && code.includes(clientStates);
    assert.ok(code.includes(`'${name}'`) || isState, `nothing throws ${name}`);
  }
});

test('every refusal says what to do, and all failed authentications say the same', () => {
  for (const [code, row] of rows) {
    assert.ok(row.description.endsWith('.') && row.advice.endsWith('.'), code);
    assert.ok(row.status >= 400, code);
  }
  const authentications = rows.filter(([, row]) => row.error === 'invalid_client').map(([, row]) => row);
  assert.ok(authentications.length > 20);
  assert.deepEqual(new Set(authentications.map((row) => `${row.status} ${row.description}`)).size, 1);
});
