import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { raw, type Sql, sql } from '../../packages/server/src/store/postgres/database/sql.ts';
import { type TestDatabase, testDatabase } from '../../packages/server/src/testing/database.ts';
import { run } from '../support/command.ts';
import { connectionString, type RunningServer, runningServer } from '../support/running-server.ts';

let database: TestDatabase;
let server: RunningServer;
let dataDirectory: string;

const start = async () => {
  server = await runningServer({ databaseUrl: connectionString(database.address), dataDirectory });
};

before(async () => {
  database = await testDatabase();
  dataDirectory = await mkdtemp(join(tmpdir(), 'chartgate-audit-'));
  await start();
});
after(async () => {
  await server.close();
  await database.drop();
  await rm(dataDirectory, { recursive: true, force: true });
});

const audit = (...words: readonly string[]) => run('chartgate', ['audit', ...words, '--data', dataDirectory]);

/** As the database's superuser, past every trigger. */
const tamper = (statement: Sql) =>
  database.database.transaction(async (connection) => {
    await connection.query(sql`set local session_replication_role = replica`);
    await connection.query(sql`set local search_path to ${raw(`"${database.site.schema}"`)}`);
    await connection.query(statement);
  });

test('audit list shows who read and wrote a patient’s record, and how', async () => {
  const token = await server.token('system/Patient.cruds system/Observation.rs');
  const body = JSON.stringify({ resourceType: 'Patient', id: 'ada' });
  assert.equal((await server.ask('Patient/ada', token, { method: 'PUT', body })).status, 201);
  await (await server.ask('Patient/ada', token)).text();
  await (await server.ask('Observation?patient=ada', token)).text();
  const { code, stdout } = await audit('list', '--patient', 'ada');
  assert.equal(code, 0);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  assert.deepEqual(
    rows.map(([, action, status, client, , what, patients]) => [action, status, client, what, patients]),
    [
      ['search-type', '200', 'chartgate-admin', 'Observation', 'ada'],
      ['read', '200', 'chartgate-admin', 'Patient/ada', 'ada'],
      ['update', '201', 'chartgate-admin', 'Patient/ada', 'ada'],
    ],
  );
  const json = await audit('list', '--patient', 'ada', '--limit', '2', '--json');
  assert.equal(json.stdout.trim().split('\n').length, 2);
  assert.match(json.stderr, /more than 2/);
  assert.equal((await audit('list', '--limit', 'many')).code, 3);
  assert.match((await audit('list', '--patient', 'nobody')).stderr, /No events/);
});

test('a read under before-answer can be seen as soon as it is answered, on any node', async () => {
  const { token } = JSON.parse(await readFile(join(dataDirectory, 'admin.json'), 'utf8'));
  const set = async (audit_reads: string | null) =>
    fetch(`${server.url}/apis/default/admin/settings`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ audit_reads }),
    });
  await set('before-answer');
  const access = await server.token('system/Patient.rs');
  const isWritten = async () => {
    const bundle = await server.ask('Patient?_id=ada&_count=7', access);
    await bundle.text();
    const events = raw(`"${database.site.schema}".audit_event`);
    const rows = await database.database.reads.query(
      sql`select 1 from ${events} where content::json ->> 'query' = '_id=ada&_count=7'`,
    );
    return rows.length;
  };
  for (let n = 1; n <= 5; n++) assert.equal(await isWritten(), n);
  await set(null);
});

test('audit verify says that all is intact', async () => {
  const { code, stderr } = await audit('verify');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /Intact: \d+ events in 1 chains/);
  assert.equal(JSON.parse((await audit('verify', '--json')).stdout).intact, true);
});

test('attack 76: audit verify is exit code 1 and names what was changed', async () => {
  const events = sql`audit_event`;
  await tamper(sql`update ${events} set patients = null, action = 'search-type' where seq = 2`);
  const { code, stderr } = await audit('verify');
  assert.equal(code, 1);
  assert.match(stderr, /Broken: chain 1 \(.+\), event 2: the row, or one before it, was changed/);
  await tamper(sql`delete from audit_chain`);
  await tamper(sql`delete from audit_checkpoint`);
  await tamper(sql`delete from audit_event`);
  const gone = await audit('verify');
  assert.equal(gone.code, 1);
  assert.match(gone.stderr, /chain 1: the chain is not registered any more/);
});

test('attack 76: a tail cut while no node ran is found by the file that the node kept, or a copy of it', async () => {
  await server.close();
  await database.drop();
  await rm(join(dataDirectory, 'audit-heads'));
  database = await testDatabase();
  await start();
  const token = await server.token('system/Patient.rs');
  for (let i = 0; i < 5; i++) await (await server.ask(`Patient/ada?_count=${i}`, token)).text();
  await server.close();
  const copy = join(dataDirectory, 'copy');
  await copyFile(join(dataDirectory, 'audit-heads'), copy);
  // the end of the commit before the last, so that what is left is sealed
  await tamper(sql`delete from audit_event where seq > (select max(seq) from audit_event
    where seal is not null and seq < (select max(seq) from audit_event))`);
  await tamper(sql`delete from audit_checkpoint`);
  await start();
  const { code, stderr } = await audit('verify');
  assert.equal(code, 1);
  assert.match(stderr, /taken away at the end/);
  await server.close();
  await rm(join(dataDirectory, 'audit-heads'));
  await start();
  assert.equal((await audit('verify')).code, 0, 'the database alone does not tell');
  const compared = await audit('verify', '--heads', copy);
  assert.equal(compared.code, 1);
  assert.match(compared.stderr, /taken away at the end/);
});

test('a file that is none of ours is refused as heads', async () => {
  const file = join(dataDirectory, 'other');
  await writeFile(file, '{"site":"default"}\n');
  assert.equal((await audit('verify', '--heads', file)).code, 3);
  assert.equal((await audit('verify', '--heads', join(dataDirectory, 'missing'))).code, 6);
});
