import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { typesPage } from './types-page.ts';

test('the page on who sees what says what the table says', () => {
  const page = readFileSync(new URL('../../../../docs/who-sees-what.md', import.meta.url), 'utf8');
  const again = 'node --conditions=@chartgate/source packages/server/scripts/types-page.ts';
  assert.ok(page === typesPage(), `make it anew: ${again}`);
});
