import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../testing/database.ts';
import { repeatedStatements } from './repeated-statements.ts';
import { sql } from './sql.ts';

test('a text has a name from its second coming on, and each its own', () => {
  const nameOf = repeatedStatements();
  assert.equal(nameOf('select 1'), undefined);
  assert.equal(nameOf('select 2'), undefined);
  const one = nameOf('select 1');
  assert.ok(one !== undefined);
  assert.equal(nameOf('select 1'), one);
  assert.notEqual(nameOf('select 2'), one);
});

test('no more than 200 texts get a name, and no very long one', () => {
  const nameOf = repeatedStatements();
  const twice = (text: string) => [nameOf(text), nameOf(text)][1];
  assert.equal(twice('x'.repeat(10_001)), undefined);
  const names = Array.from({ length: 300 }, (_, i) => twice(`select ${i}`)).filter((name) => name !== undefined);
  assert.equal(new Set(names).size, 200);
  assert.equal(names.length, 200);
});

test('a search that comes again is prepared once, and planned for its own values', async () => {
  const { database, drop } = await testDatabase();
  after(drop);
  const ask = (n: number) => database.searches.query<{ n: number }>(sql`select ${n}::int4 as n`);
  for (const n of [1, 2, 3, 4, 5, 6, 7]) assert.deepEqual(await ask(n), [{ n }]);
  const kept = await database.searches.query<{ statement: string; generic: string; custom: string }>(
    sql`select statement, generic_plans::text as generic, custom_plans::text as custom from pg_prepared_statements`,
  );
  assert.deepEqual(kept, [{ statement: 'select $1::int4 as n', generic: '0', custom: '6' }]);
});
