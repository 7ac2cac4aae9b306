import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../testing/database.ts';
import { float8Array, int2Array, int4Array, int8Array, textArray } from './arrays.ts';
import { sql } from './sql.ts';

const { database, drop } = await testDatabase();
after(drop);

const [int8Min, int8Max] = [-(2n ** 63n), 2n ** 63n - 1n];
const texts = ['', 'a', 'ü€😀', '{"a":"\\"}', null, 'NULL', ' \n'];

test('arrays arrive as they were', async () => {
  const [row] = await database.writes.query(sql`select
    ${int2Array([1, -32768, null, 32767])}::int2[] as int2,
    ${int4Array([-2147483648, null, 2147483647])}::int4[] as int4,
    ${int8Array([int8Min, 0, -1, null, 2 ** 31, -(2 ** 40) - 1, Number.MAX_SAFE_INTEGER, int8Max])}::int8[] as int8,
    ${float8Array([1.5, null, Number.NEGATIVE_INFINITY])}::float8[] as float8,
    ${textArray(texts)}::text[] as text`);
  assert.deepEqual(row, {
    int2: [1, -32768, null, 32767],
    int4: [-2147483648, null, 2147483647],
    int8: [int8Min, 0, -1, null, 2 ** 31, -(2 ** 40) - 1, Number.MAX_SAFE_INTEGER, int8Max].map(
      (n) => n?.toString() ?? null,
    ),
    float8: [1.5, null, Number.NEGATIVE_INFINITY],
    text: texts,
  });
});

test('empty arrays are empty', async () => {
  const [row] = await database.writes.query(
    sql`select ${int8Array([])}::int8[] as int8, ${textArray([])}::text[] as text`,
  );
  assert.deepEqual(row, { int8: [], text: [] });
});
