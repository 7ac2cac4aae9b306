import { performance } from 'node:perf_hooks';
import pg from 'pg';
import { CopyFrom } from './copy-from.ts';
import { forSeconds, perSecond, type Stretch } from './rate.ts';
import type { PostgresAddress } from './server-process.ts';

/** What the server's own PostgreSQL does when nothing but a plain table stands between it and the bench. */
export type PostgresLimit = {
  /** Rows a second of one COPY into a logged table with a primary key, one row per body. */
  copy(bodies: readonly string[]): Promise<number>;
  /** Selects a second by primary key, 16 in flight on one pipelined connection. Copy something first. */
  selects(seconds: number): Promise<number>;
  /** Commits a second of one-row inserts over `connections` connections. */
  commits(seconds: number, connections: number): Promise<number>;
  close(): Promise<void>;
};

export async function postgresLimit(address: PostgresAddress): Promise<PostgresLimit> {
  const client = new pg.Client({ ...address });
  await client.connect();
  let rows = 0;
  return {
    copy: async (bodies) => {
      await client.query('drop table if exists bench_body');
      await client.query('create table bench_body (id text primary key, body text not null)');
      rows = bodies.length;
      const seconds = await copyBodies(client, bodies);
      await client.query('analyze bench_body');
      return rows / seconds;
    },
    selects: (seconds) => selects(address, rows, seconds),
    commits: (seconds, connections) => commits(client, address, seconds, connections),
    close: () => client.end(),
  };
}

async function copyBodies(client: pg.Client, bodies: readonly string[]): Promise<number> {
  const start = performance.now();
  const copy = new CopyFrom('copy bench_body (id, body) from stdin', () => lines(bodies));
  client.query(copy);
  await copy.done;
  return (performance.now() - start) / 1000;
}

/** COPY's text format, in pieces of about 64 kB. */
function* lines(bodies: readonly string[]): Generator<Buffer> {
  let piece = '';
  for (const [i, body] of bodies.entries()) {
    piece += `${i}\t${body.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}\n`;
    if (piece.length > 65_536) {
      yield Buffer.from(piece);
      piece = '';
    }
  }
  yield Buffer.from(piece);
}

async function selects(address: PostgresAddress, rows: number, seconds: number): Promise<number> {
  const client = new pg.Client({ ...address, pipeline: true });
  await client.connect();
  const stretch = await forSeconds(seconds, 16, async (n) => {
    // A step that is prime to the number of rows walks through all of them, out of order.
    const id = String((n * 7919) % rows);
    await client.query({ name: 'bench', text: 'select body from bench_body where id = $1', values: [id] });
    return 1;
  });
  await client.end();
  return perSecond(stretch);
}

async function commits(
  client: pg.Client,
  address: PostgresAddress,
  seconds: number,
  connections: number,
): Promise<number> {
  await client.query('drop table if exists bench_commit');
  await client.query('create table bench_commit (id bigint generated always as identity primary key, note text)');
  const clients = Array.from({ length: connections }, () => new pg.Client({ ...address }));
  await Promise.all(clients.map((each) => each.connect()));
  const free = [...clients];
  const stretch: Stretch = await forSeconds(seconds, connections, async () => {
    const each = free.pop();
    if (!each) throw new Error('more lanes than connections');
    await each.query({ name: 'bench', text: 'insert into bench_commit (note) values ($1)', values: ['one row'] });
    free.push(each);
    return 1;
  });
  await Promise.all(clients.map((each) => each.end()));
  return perSecond(stretch);
}
