import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Embedded, type EmbeddedConnection, startEmbedded } from './embedded.ts';

const base = await mkdtemp(join(tmpdir(), 'chartgate-embedded-'));
after(() => rm(base, { recursive: true, force: true }));

async function query(connection: EmbeddedConnection, text: string): Promise<unknown[]> {
  const client = new pg.Client({ ...connection });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

const serverPid = async (directory: string) =>
  Number((await readFile(join(directory, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);

async function eventually<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A Chartgate of its own process; it says where its database is, and holds it until it is told to stop. */
async function startHolder(directory: string): Promise<{ holder: ChildProcess; connection: EmbeddedConnection }> {
  const holder = fork(join(import.meta.dirname, '../testing/embedded-holder.ts'), [directory], {
    execArgv: ['--conditions=@chartgate/source'],
  });
  const [connection] = await once(holder, 'message');
  return { holder, connection: connection as EmbeddedConnection };
}

async function using(directory: string, work: (embedded: Embedded) => Promise<void>): Promise<void> {
  const embedded = await startEmbedded({ dataDirectory: directory });
  try {
    await work(embedded);
  } finally {
    await embedded.stop();
  }
}

test('the database is private, durable and gone when stopped', async () => {
  const directory = join(base, 'clean');
  let pid = 0;
  await using(directory, async ({ connection }) => {
    pid = await serverPid(directory);
    assert.deepEqual(
      await query(
        connection,
        "select current_setting('fsync'), current_setting('listen_addresses'), current_setting('server_encoding')",
      ),
      ['on', '', 'UTF8'],
    );
    for (const path of [connection.host, join(directory, 'postgres')]) assert.equal((await stat(path)).mode & 0o077, 0);
    await query(connection, 'create table kept as select 1 as n');
  });
  assert.ok(!isAlive(pid));
  await using(directory, async ({ connection }) => {
    assert.deepEqual(await query(connection, 'select n from kept'), [1]);
  });
});

test('a killed server is started again, and nothing that was acknowledged is lost', async () => {
  const directory = join(base, 'killed');
  await using(directory, async ({ connection }) => {
    await query(connection, 'create table kept (n int primary key)');
    let acknowledged = 0;
    let writing = true;
    const writer = (async () => {
      const client = new pg.Client({ ...connection });
      client.on('error', () => {});
      await client.connect();
      for (; writing; acknowledged++) await client.query('insert into kept values ($1)', [acknowledged]);
    })().catch(() => {});
    await sleep(300);
    const killed = await serverPid(directory);
    process.kill(killed, 'SIGKILL');
    await writer;
    writing = false;
    assert.ok(acknowledged > 0);
    const [count] = await eventually(() =>
      query(connection, `select count(*)::int from kept where n < ${acknowledged}`),
    );
    assert.equal(count, acknowledged);
    assert.notEqual(await serverPid(directory), killed);
  });
});

test('after kill -9 of its Chartgate the next one takes the server over with all that was acknowledged', async () => {
  const directory = join(base, 'orphaned');
  const { holder, connection } = await startHolder(directory);
  await query(connection, 'create table kept as select 1 as n');
  const pid = await serverPid(directory);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await using(directory, async (embedded) => {
    assert.equal(await serverPid(directory), pid);
    assert.deepEqual(await query(embedded.connection, 'select n from kept'), [1]);
  });
  assert.ok(!isAlive(pid));
});

test('after kill -9 of both the next Chartgate recovers all that was acknowledged', async () => {
  const directory = join(base, 'both');
  const { holder, connection } = await startHolder(directory);
  await query(connection, 'create table kept as select 1 as n');
  const pid = await serverPid(directory);
  holder.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
  await once(holder, 'exit');
  await using(directory, async (embedded) => {
    assert.deepEqual(await query(embedded.connection, 'select n from kept'), [1]);
  });
});

test('a second Chartgate on the same data directory is refused and told which process has it', async () => {
  const directory = join(base, 'shared');
  const { holder, connection } = await startHolder(directory);
  await assert.rejects(startEmbedded({ dataDirectory: directory }), (error: Error) => {
    assert.match(error.message, new RegExp(`in use by another Chartgate, process ${holder.pid}`));
    return true;
  });
  assert.deepEqual(await query(connection, 'select 1'), [1]);
  const pid = await serverPid(directory);
  holder.send('stop');
  await once(holder, 'exit');
  assert.ok(!isAlive(pid));
});

test('one process cannot start two on the same data directory either', async () => {
  const directory = join(base, 'twice');
  await using(directory, async () => {
    await assert.rejects(startEmbedded({ dataDirectory: directory }), /in use by another Chartgate/);
  });
});

test('a server whose socket is gone is started anew', async () => {
  const directory = join(base, 'unreachable');
  const { holder, connection } = await startHolder(directory);
  await query(connection, 'create table kept as select 1 as n');
  const pid = await serverPid(directory);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await rm(connection.host, { recursive: true });
  await using(directory, async (embedded) => {
    assert.notEqual(await serverPid(directory), pid);
    assert.deepEqual(await query(embedded.connection, 'select n from kept'), [1]);
  });
});

test('a lock and a pid file that name a process of another kind are taken over', async () => {
  const directory = join(base, 'stale');
  await using(directory, async ({ connection }) => {
    await query(connection, 'create table kept as select 1 as n');
  });
  await writeFile(join(directory, 'chartgate.lock'), JSON.stringify({ pid: process.ppid, started: 'long ago' }));
  await writeFile(join(directory, 'postgres/postmaster.pid'), `${process.ppid}\n/nowhere\n0\n5432\n/nowhere\n`);
  await using(directory, async ({ connection }) => {
    assert.deepEqual(await query(connection, 'select n from kept'), [1]);
  });
});

test("a pid file that names another cluster's server is cleared away, and that server left alone", async () => {
  const directory = join(base, 'reused');
  await using(directory, ({ connection }) => query(connection, 'create table kept as select 1 as n').then(() => {}));
  await using(join(base, 'bystander'), async (bystander) => {
    const pid = await serverPid(join(base, 'bystander'));
    await writeFile(join(directory, 'postgres/postmaster.pid'), `${pid}\n/nowhere\n0\n5432\n/nowhere\n`);
    await using(directory, async ({ connection }) => {
      assert.deepEqual(await query(connection, 'select n from kept'), [1]);
    });
    assert.deepEqual(await query(bystander.connection, 'select 1'), [1]);
  });
});

test('a data directory with a long path works: the socket lies elsewhere', async () => {
  const directory = join(base, 'long'.repeat(30));
  await using(directory, async ({ connection }) => {
    assert.ok(connection.host.length < 100);
    assert.deepEqual(await query(connection, 'select 1'), [1]);
  });
});

test('a data directory below one that only its owner may enter works', async () => {
  const closed = join(base, 'closed');
  await mkdir(closed, { mode: 0o700 });
  await using(join(closed, 'data'), async ({ connection }) => {
    await query(connection, 'create table kept as select 1 as n');
    await query(connection, 'checkpoint');
  });
});

test('a directory that holds something else is left alone', async () => {
  const directory = join(base, 'other');
  await mkdir(join(directory, 'postgres'), { recursive: true });
  await writeFile(join(directory, 'postgres/notes.txt'), 'mine');
  await assert.rejects(startEmbedded({ dataDirectory: directory }), /is not a database of Chartgate's/);
  assert.equal(await readFile(join(directory, 'postgres/notes.txt'), 'utf8'), 'mine');
});
