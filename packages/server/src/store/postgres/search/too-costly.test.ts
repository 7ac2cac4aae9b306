import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { FhirError } from '@chartgate/fhir';
import { permitted as permittedFor } from '../../../testing/permits.ts';
import { type Connection, openDatabase, prepared, type Statement } from '../database/database.ts';
import { table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { resourceStore } from '../resource-store.ts';
import { permitted, testChart } from './chart.testing.ts';
import { explain } from './explain.ts';
import { search } from './search.ts';
import { withinTime } from './too-costly.ts';

const chart = await testChart();
const impatient = openDatabase(chart.address, { statementTimeout: 100 });
after(async () => {
  await impatient.close();
  await chart.drop();
});

test('attack 68: a search that takes longer than it may is a 400 that says what to do, not a failure', async () => {
  const store = resourceStore(impatient, chart.site);
  await chart.database.transaction(async (connection) => {
    await connection.query(sql`lock table ${table(chart.site, 'sx')} in access exclusive mode`);
    await assert.rejects(store.search(permitted('Patient', 'name=x')), (error: unknown) => {
      assert.ok(error instanceof FhirError);
      assert.equal(error.status, 400);
      assert.equal(error.issues[0]?.code, 'too-costly');
      assert.match(error.message, /longer than it may.*ask for fewer/);
      return true;
    });
  });
});

test('$explain of a search that takes longer than it may still tells the plan of the statement that did', async () => {
  const { searches } = impatient;
  const slow: Connection = {
    query: <Row extends object>(statement: Statement) => {
      const isRun = prepared(statement).text.startsWith('explain (analyze');
      return searches.query<Row>(isRun ? sql`select pg_sleep(10)` : statement);
    },
  };
  const { query } = permitted('Patient', 'name=x').interaction;
  const explained = await explain(slow, chart.site, permittedFor({ code: 'explain', type: 'Patient', query }));
  assert.equal(explained.found, undefined);
  const [given, ...more] = explained.statements;
  assert.ok(given && more.length === 0 && given.rows === undefined);
  assert.ok(given.plan['Node Type'] && !('Actual Rows' in given.plan));
});

test('attack 68: a search of many statements ends when all of them together take longer than it may', async () => {
  const { searches } = impatient;
  const work = (connection: Connection) => search(connection, chart.site, permitted('Patient', 'name=x'));
  await assert.rejects(withinTime(searches, work, -1), /longer than it may/);
  assert.deepEqual((await withinTime(searches, work)).matches, []);
});
