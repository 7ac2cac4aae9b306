import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { table } from '../store/postgres/database/site.ts';
import { sql } from '../store/postgres/database/sql.ts';
import { testDatabase } from './database.ts';

const one = await testDatabase();
const other = await testDatabase();
after(async () => {
  await one.drop();
  await other.drop();
});

test('each test database has the tables of the default site, to itself', async () => {
  await one.database.writes.query(sql`insert into ${table(one.site, 'guard')} values (1)`);
  const count = sql`select count(*)::int4 as rows from ${table(one.site, 'guard')}`;
  assert.deepEqual(await one.database.reads.query(count), [{ rows: 1 }]);
  assert.deepEqual(await other.database.searches.query(count), [{ rows: 0 }]);
});
