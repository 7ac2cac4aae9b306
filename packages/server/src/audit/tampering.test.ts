import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AuditPoint } from '../store/audit-ports.ts';
import { auditStore } from '../store/postgres/audit/audit-store.ts';
import { raw, type Sql, sql } from '../store/postgres/database/sql.ts';
import { testDatabase } from '../testing/database.ts';
import { type Audit, openAudit } from './audit.ts';
import { genesis, hashOfRow } from './chain.ts';
import { openHeadsFile } from './heads-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'chartgate-audit-'));
after(() => rm(folder, { recursive: true, force: true }));

const sealingKey = Buffer.alloc(32, 1);
const silent = { error: () => {} };

/** A database with a chain of ten rows in three commits, whose node is gone; and another node that verifies it. */
async function scene({ note = false, now = Date.now } = {}) {
  const test = await testDatabase();
  after(() => test.drop());
  const store = auditStore(test.database, test.site);
  const path = join(folder, randomUUID());
  const open = async () =>
    openAudit({
      store: async () => store,
      sealingKey,
      log: silent,
      now,
      heads: note ? await openHeadsFile(path) : undefined,
    });
  const writing = await open();
  for (const many of [3, 3, 4]) await Promise.all(Array.from({ length: many }, (_, i) => writeRead(writing, i)));
  // as a node that was killed: nothing is noted at its end
  if (note) await writing.close();
  const run = (statement: Sql) =>
    test.database.transaction(async (connection) => {
      await connection.query(sql`set local session_replication_role = replica`); // no trigger of ours runs
      await connection.query(sql`set local search_path to ${raw(`"${test.site.schema}"`)}`);
      return connection.query<Record<string, string>>(statement);
    });
  const verify = async (heads: readonly AuditPoint[] = []) => (await open()).verify('default', heads);
  return { test, store, run, verify, path, writing, open };
}

function writeRead(audit: Audit, i: number): Promise<void> {
  const patients = [`p${i}`];
  return audit.record('default', {
    interaction: 'read',
    what: `Patient/p${i}`,
    status: 200,
    clientId: 'app',
    patients,
  });
}

test('an audit that nobody touched is intact, and says how far its chains are', async () => {
  const { verify, writing } = await scene();
  const found = await verify();
  assert.deepEqual([found.firstBreak, found.rows, found.chains], [undefined, 10, 1]);
  assert.deepEqual(
    found.heads.map(({ chain, seq }) => [chain, seq]),
    [[1, 10]],
  );
  await writeRead(writing, 10);
  assert.equal((await verify()).rows, 11);
});

test('each node writes a chain of its own, and the chains are numbered without gaps', async () => {
  const { open, verify, store } = await scene();
  const [one, other] = [await open(), await open()];
  await Promise.all([writeRead(one, 1), writeRead(other, 2), writeRead(one, 3), writeRead(other, 4)]);
  assert.deepEqual(
    (await store.chains()).map(({ number }) => number),
    [1, 2, 3],
  );
  const found = await verify();
  assert.deepEqual([found.firstBreak, found.rows], [undefined, 14]);
});

test('attack 76: a row cannot be changed, deleted or truncated with plain statements', async () => {
  const { test: db } = await scene();
  const month = (
    await db.database.reads.query<{ t: string }>(
      sql`select inhrelid::regclass::text as t from pg_inherits where inhparent = ${`"${db.site.schema}".audit_event`}::regclass`,
    )
  )[0]!.t;
  const chain = raw(`"${db.site.schema}".audit_chain`);
  for (const table of [raw(`"${db.site.schema}".audit_event`), raw(month)]) {
    for (const statement of [
      sql`update ${table} set status = 200`,
      sql`delete from ${table}`,
      sql`truncate ${table}`,
      sql`update ${chain} set node = 'me'`,
      sql`delete from ${chain}`,
      sql`truncate ${chain}`,
    ]) {
      await assert.rejects(db.database.writes.query(statement), /written once/);
    }
  }
});

const tamperings: readonly (readonly [name: string, statement: Sql, seq: number, what: RegExp])[] = [
  [
    'a changed letter of the content',
    sql`update audit_event set content = replace(content, 'p1', 'p9') where seq = 2`,
    2,
    /changed/,
  ],
  ['a patient taken out of a row', sql`update audit_event set patients = null where seq = 5`, 5, /changed/],
  ['another client', sql`update audit_event set client_id = 'other' where seq = 10`, 10, /changed/],
  ['another status', sql`update audit_event set status = 404 where seq = 3`, 3, /changed/],
  ['another time', sql`update audit_event set at = at + 1 where seq = 7`, 7, /changed|older/],
  [
    'a flipped byte of a hash',
    sql`update audit_event set hash = set_byte(hash, 0, get_byte(hash, 0) # 1) where seq = 4`,
    4,
    /changed/,
  ],
  [
    'a flipped byte of a seal',
    sql`update audit_event set seal = set_byte(seal, 0, get_byte(seal, 0) # 1) where seq = 10`,
    10,
    /sealing key/,
  ],
  ['a deleted row', sql`delete from audit_event where seq = 4`, 4, /the row was taken away/],
  ['several deleted rows', sql`delete from audit_event where seq in (4, 5)`, 4, /rows 4 to 5/],
  ['the first row deleted', sql`delete from audit_event where seq = 1`, 1, /taken away/],
  ['the tail cut within a commit', sql`delete from audit_event where seq > 8`, 8, /not sealed/],
  [
    'two rows that changed places',
    sql`update audit_event e set content = o.content, patients = o.patients, hash = o.hash, seal = o.seal
      from audit_event o where (e.seq, o.seq) in ((4, 5), (5, 4))`,
    4,
    /changed or moved|older/,
  ],
  [
    'a row put in at a place that is taken',
    sql`insert into audit_event select chain, seq, at + 1, action, status, client_id, account_id, patients, content, hash, seal from audit_event where seq = 4`,
    4,
    /put in|place is taken/,
  ],
  [
    'a row put in before the first',
    sql`insert into audit_event select chain, 0, at, action, status, client_id, account_id, patients, content, hash, seal from audit_event where seq = 4`,
    0,
    /put in|place is taken/,
  ],
];

for (const [name, statement, seq, what] of tamperings) {
  test(`attack 76: by the database's superuser, ${name} is found`, async () => {
    const { run, verify } = await scene();
    await run(statement);
    const { firstBreak } = await verify();
    assert.match(firstBreak?.what ?? 'nothing', what);
    assert.deepEqual([firstBreak?.chain, firstBreak?.seq], [1, seq]);
  });
}

test('attack 76: a row forged at the end, with a hash that fits, lacks the seal', async () => {
  const { run, verify, store } = await scene();
  const last = (await store.rows(1, 10, 1))[0]!;
  const forged = { ...last, seq: 11, content: '{"what":"Patient/forged"}' };
  const hash = hashOfRow(last.hash, forged);
  const insert = (seal: Uint8Array | null) => sql`insert into audit_event
    values (1, 11, ${last.at}, 'read', 200, 'app', null, ${forged.patients}, ${forged.content}, ${hash}, ${seal})`;
  await run(insert(null));
  assert.match((await verify()).firstBreak?.what ?? '', /not sealed/);
  await run(sql`delete from audit_event where seq = 11`);
  await run(insert(last.seal));
  assert.deepEqual((await verify()).firstBreak?.seq, 11);
});

test('attack 76: a whole chain rewritten from a changed row on is found, seals copied or left out', async () => {
  for (const keep of [true, false]) {
    const { run, verify, store } = await scene();
    const [chain] = await store.chains();
    let before: Uint8Array = genesis(chain!);
    for (const row of await store.rows(1, 0, 100)) {
      const content = row.seq === 2 ? '{"what":"Patient/another","status":200}' : row.content;
      const hash = hashOfRow(before, { ...row, content });
      before = hash;
      const seal = keep ? row.seal : null;
      await run(
        sql`update audit_event set content = ${content}, hash = ${hash}, seal = ${seal} where seq = ${row.seq}`,
      );
    }
    const { firstBreak } = await verify();
    assert.match(firstBreak?.what ?? 'nothing', keep ? /sealed by somebody/ : /not sealed/);
  }
});

test('attack 76: a forged chain, and one whose registration was changed, lack the seal', async () => {
  const { run, verify } = await scene();
  await run(sql`insert into audit_chain select 2, gen_random_uuid(), node, started_at, seal from audit_chain`);
  assert.deepEqual((await verify()).firstBreak?.chain, 2);
  await run(sql`delete from audit_chain where number = 2`);
  await run(sql`update audit_chain set node = 'elsewhere'`);
  assert.match((await verify()).firstBreak?.what ?? '', /registered or changed/);
});

test('attack 76: rows of a chain that is not registered any more are found, and a chain without its rows', async () => {
  const first = await scene();
  await first.run(sql`delete from audit_chain`);
  assert.match((await first.verify()).firstBreak?.what ?? '', /not registered any more/);
  const second = await scene();
  await second.run(sql`delete from audit_event`);
  assert.match((await second.verify()).firstBreak?.what ?? '', /all rows of the chain were taken away/);
  const third = await scene();
  await writeRead(await third.open(), 1);
  await third.run(sql`delete from audit_event where chain = 1`);
  await third.run(sql`delete from audit_chain where number = 1`);
  assert.match((await third.verify()).firstBreak?.what ?? '', /chain 1 was taken away/);
});

test('attack 76: a tail cut at the end of a commit is found by the checkpoint, and without it by the file beside the database', async () => {
  const { run, verify, path } = await scene({ note: true });
  assert.match(await readFile(path, 'utf8'), /^\{"site":"default","chain":1,"seq":10,/);
  await run(sql`delete from audit_event where seq > 6`);
  const cut = { chain: 1, seq: 7, what: 'rows 7 to 10 at least were taken away at the end' };
  const { node: _, ...found } = (await verify()).firstBreak!;
  assert.deepEqual(found, cut);
  await run(sql`delete from audit_checkpoint`);
  const { node: __, ...again } = (await verify()).firstBreak!;
  assert.deepEqual(again, cut);
  await run(sql`delete from audit_event`);
  await run(sql`delete from audit_chain`);
  assert.match((await verify()).firstBreak?.what ?? '', /not registered any more/);
});

test('attack 76: a node knows how far its own chain is, whatever the database says', async () => {
  const { run, writing } = await scene();
  await run(sql`delete from audit_event where seq > 6`);
  assert.match((await writing.verify('default')).firstBreak?.what ?? '', /rows 7 to 10/);
});

test('attack 76: a checkpoint that was forged or changed is found', async () => {
  const { run, verify } = await scene({ note: true });
  await run(sql`update audit_checkpoint set seq = 6`);
  assert.match((await verify()).firstBreak?.what ?? '', /note of how far/);
});

test('attack 76: under another sealing key nothing passes for sealed', async () => {
  const { store } = await scene();
  const other = openAudit({ store: async () => store, sealingKey: Buffer.alloc(32, 2), log: silent, now: Date.now });
  assert.match((await other.verify('default')).firstBreak?.what ?? '', /without the sealing key/);
});

test('attack 76: who takes the place of a row before it is written is found, and the row is written in a new chain', async () => {
  const at = Date.now();
  const { run, writing, verify, store } = await scene({ now: () => at });
  await run(sql`insert into audit_event select chain, 11, at, action, status, client_id, account_id, patients, content,
    hash, null from audit_event where seq = 10`);
  await writeRead(writing, 11);
  assert.equal((await verify()).firstBreak?.seq, 11);
  assert.deepEqual((await store.rows(2, 1, 10))[0]?.patients, ['p11']);
});

test('what the retention took away leaves a sealed note, and the rest is intact', async () => {
  const db = await testDatabase();
  after(() => db.drop());
  const store = auditStore(db.database, db.site);
  let now = Date.UTC(2026, 0, 31, 23, 59);
  const open = () => openAudit({ store: async () => store, sealingKey, log: silent, now: () => now });
  const audit = open();
  for (let i = 0; i < 3; i++) await writeRead(audit, i);
  now = Date.UTC(2026, 1, 1, 0, 1);
  for (let i = 3; i < 5; i++) await writeRead(audit, i);
  assert.equal(await audit.prune('default', Date.UTC(2026, 0, 31)), 0);
  assert.equal(await audit.prune('default', Date.UTC(2026, 1, 1)), 1);
  const found = await open().verify('default');
  assert.deepEqual([found.firstBreak, found.rows], [undefined, 2]);
  await writeRead(audit, 5);
  await db.database.transaction(async (connection) => {
    await connection.query(sql`set local session_replication_role = replica`);
    await connection.query(sql`delete from ${raw(`"${db.site.schema}".audit_pruned`)}`);
  });
  assert.match((await open().verify('default')).firstBreak?.what ?? '', /rows 1 to 3 were taken away/);
});
