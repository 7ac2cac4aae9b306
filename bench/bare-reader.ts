/** Run as a child process: each request is one select by primary key on a pipelined connection, answered as its text. */
import { createServer, type ServerResponse } from 'node:http';
import pg from 'pg';
import type { PostgresAddress } from './server-process.ts';

let client: pg.Client | undefined;

const server = createServer((request, response) => {
  answer(response, request.url?.slice(1) ?? '').catch(() => response.writeHead(500).end());
});

async function answer(response: ServerResponse, id: string): Promise<void> {
  const { rows = [] } = (await client?.query({ name: 'bare', text: selectBody, values: [id] })) ?? {};
  const [row] = rows;
  if (!row) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'application/fhir+json' }).end(row.body);
}

const selectBody = 'select body from bench_body where id = $1';

process.on('message', async (address: PostgresAddress) => {
  client = new pg.Client({ ...address, pipeline: true });
  await client.connect();
  server.listen(0, 'localhost', () => process.send?.(server.address()));
});
process.on('disconnect', () => process.exit());
