import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { testChart } from './chart.testing.ts';
import { droppedRow } from './exact-check.ts';

const chart = await testChart();
after(chart.drop);
await chart.put([
  { resourceType: 'Patient', id: 'ann', gender: 'female', name: [{ family: 'Marsh' }] },
  { resourceType: 'Patient', id: 'bob', gender: 'male', name: [{ family: 'Moor' }] },
]);
const { site } = chart;

const heard: unknown[] = [];
droppedRow.subscribe((message) => heard.push(message));
beforeEach(() => heard.splice(0));

/** Gives bob's row a term that stands for something he does not hold, as a collision of hashes would. */
async function collide(term: bigint): Promise<void> {
  const idh = site.terms.resource('Patient', 'bob');
  await chart.database.writes.query(
    sql`update ${table(site, 'sx')} set terms = terms || ${term}::int8 where idh = ${idh}`,
  );
}

test('A row that only its hash made a match is dropped, and heard of', async () => {
  await collide(site.terms.token('Patient', 'gender', { code: 'other' }));
  assert.deepEqual(await chart.find('Patient', 'gender=other'), []);
  assert.deepEqual(heard, [{ site: 'default', type: 'Patient' }]);
});

test('Under a filter rows are compared exactly, with the filter as with the search', async () => {
  await collide(site.terms.token('Patient', 'gender', { code: 'female' }));
  const scope = 'system/Patient.rs?gender=female';
  assert.deepEqual(await chart.find('Patient', 'family=m', { scope }), ['ann']);
  assert.equal(heard.length, 1);
  await collide(site.terms.exact('Patient', 'family', 'Marsh'));
  assert.deepEqual(await chart.find('Patient', 'family:exact=Marsh', { scope: 'system/Patient.rs?gender=male' }), []);
});

test('A match whose JSON writes a code with escapes is no less a match', async () => {
  const idh = site.terms.resource('Patient', 'ann');
  await chart.database.writes.query(sql`update ${table(site, 'res')} set body = replace(body, 'female', 'f\\u0065male')
    where rid = (select rid from ${table(site, 'sx')} where idh = ${idh})`);
  assert.deepEqual(await chart.find('Patient', 'gender=female&family=marsh'), ['ann']);
  assert.deepEqual(heard, []);
});
