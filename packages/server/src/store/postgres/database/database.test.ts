import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FhirError } from '@chartgate/fhir';
import { startEmbedded } from '../../../embedded/embedded.ts';
import { DatabaseUnavailable } from '../../unavailable.ts';
import { type Connection, openDatabase } from './database.ts';
import { sql } from './sql.ts';

const directory = await mkdtemp(join(tmpdir(), 'chartgate-database-'));
const server = await startEmbedded({ dataDirectory: directory, fsync: false });
const database = openDatabase(server.connection, { statementTimeout: 500 });
after(async () => {
  await database.close();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const connections: [string, Connection][] = [
  ['reads', database.reads],
  ['searches', database.searches],
  ['writes', database.writes],
  ['transaction', { query: (statement) => database.transaction((connection) => connection.query(statement)) }],
];
const one = sql`select 1::int8 as int8, ${2}::int4 as int4, ${[3n]}::int8[] as array`;

async function eventually(work: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (Date.now() > deadline || !(error instanceof DatabaseUnavailable)) throw error;
      await sleep(50);
    }
  }
}

for (const [name, connection] of connections) {
  test(`${name} answer many statements at once, each its own`, async () => {
    assert.deepEqual(await connection.query(one), [{ int8: '1', int4: 2, array: ['3'] }]);
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => connection.query(sql`select ${i}::int4 as i`)),
    );
    assert.deepEqual(
      answers.flat(),
      Array.from({ length: 100 }, (_, i) => ({ i })),
    );
  });

  test(`a wrong statement among ${name} fails alone`, async () => {
    const outcomes = await Promise.allSettled([
      connection.query(one),
      connection.query(sql`select 1 / 0`),
      connection.query(one),
    ]);
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    );
  });

  test(`a statement of ${name} that takes too long is given up with 503`, async () => {
    await assert.rejects(connection.query(sql`select pg_sleep(5)`), (error: unknown) => {
      assert.ok(error instanceof FhirError && error.status === 503);
      assert.equal(error.issues[0]?.code, 'timeout');
      return true;
    });
    await connection.query(one);
  });
}

test('a transaction that throws leaves nothing, and its connection is good again', async () => {
  await database.writes.query(sql`create table kept (n int)`);
  const failing = database.transaction(async (connection) => {
    await connection.query(sql`insert into kept values (1)`);
    throw new Error('no');
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.deepEqual(await database.writes.query(sql`select * from kept`), []);
});

test('while the server is gone everything fails fast as unavailable, and works again when it is back', async () => {
  await Promise.all(connections.map(([, connection]) => connection.query(one)));
  const pid = Number((await readFile(join(directory, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
  const during = Promise.allSettled(connections.map(([, connection]) => connection.query(sql`select pg_sleep(0.4)`)));
  await sleep(100);
  process.kill(pid, 'SIGQUIT');
  for (const outcome of await during) {
    assert.ok(outcome.status === 'rejected' && outcome.reason instanceof DatabaseUnavailable);
    assert.equal(outcome.reason.status, 503);
    assert.doesNotMatch(outcome.reason.message, /socket|PGSQL|terminat/);
  }
  await Promise.all(connections.map(([, connection]) => eventually(() => connection.query(one))));
});

test('a server that was never there is unavailable too, and quickly', async () => {
  const nowhere = openDatabase({ ...server.connection, host: join(directory, 'nowhere') });
  const start = Date.now();
  await assert.rejects(nowhere.reads.query(one), DatabaseUnavailable);
  await assert.rejects(nowhere.writes.query(one), DatabaseUnavailable);
  await assert.rejects(
    nowhere.transaction((connection) => connection.query(one)),
    DatabaseUnavailable,
  );
  assert.ok(Date.now() - start < 1000);
  await nowhere.close();
});
