import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, treeCpuSeconds } from './cpu-time.ts';

/** Where the bundled PostgreSQL of a server listens. */
export type PostgresAddress = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

/** A Chartgate that runs as a process of its own on a data directory of its own. */
export type ServerProcess = {
  readonly origin: string;
  readonly site: string;
  readonly adminToken: string;
  readonly postgres: PostgresAddress;
  /** CPU seconds used so far by Chartgate, and by its PostgreSQL; undefined where the system does not tell. */
  cpu(): Promise<{ readonly server: number | undefined; readonly database: number | undefined }>;
  /** Stops it and removes its data. */
  stop(): Promise<void>;
};

const program = resolve(import.meta.dirname, '../packages/cli/bin/chartgate.js');
const startTimeout = 90_000;

export async function startServer(): Promise<ServerProcess> {
  const data = await mkdtemp(join(tmpdir(), 'chartgate-bench-'));
  const port = await freePort();
  const child = spawn(
    process.execPath,
    [
      '--conditions=@chartgate/source',
      '--max-semi-space-size=64',
      program,
      'serve',
      '--port',
      String(port),
      '--data',
      data,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], env: environment() },
  );
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-4000);
  });
  try {
    const admin = await credential(data, child);
    await ready(`http://localhost:${port}/apis/${admin.site}/fhir/metadata`, child);
    const { pid, ...postgres } = await postmaster(data);
    return {
      origin: `http://localhost:${port}`,
      site: admin.site,
      adminToken: admin.token,
      postgres,
      cpu: async () => ({ server: await cpuSeconds(child.pid ?? 0), database: await treeCpuSeconds(pid) }),
      stop: () => stop(child, data),
    };
  } catch (error) {
    await stop(child, data);
    throw new Error(`The server did not start: ${(error as Error).message}\n${complaint}`);
  }
}

/** Neither an outside database nor another's data directory: the benchmark's own, always. */
function environment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, CHARTGATE_DATA: __, CHARTGATE_URL: ___, ...rest } = process.env;
  return { ...rest, NODE_ENV: 'production' };
}

async function credential(data: string, child: ChildProcess): Promise<{ site: string; token: string }> {
  return poll(child, 'its credential file did not appear', async () => {
    const text = await readFile(join(data, 'admin.json'), 'utf8').catch(() => '');
    return text === '' ? undefined : (JSON.parse(text) as { site: string; token: string });
  });
}

/** Any answer will do, a refusal too: it listens. */
async function ready(url: string, child: ChildProcess): Promise<void> {
  await poll(child, `${url} did not answer`, () =>
    fetch(url).then(
      (answer) => answer.text(),
      () => undefined,
    ),
  );
}

async function poll<T>(child: ChildProcess, otherwise: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + startTimeout;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('it ended at once');
    const seen = await look();
    if (seen !== undefined) return seen;
    await sleep(50);
  }
  throw new Error(otherwise);
}

/** Process and socket of the bundled PostgreSQL, from the file in which it says so itself. */
async function postmaster(data: string): Promise<PostgresAddress & { pid: number }> {
  const lines = (await readFile(join(data, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  const [pid = '', , , port = '', host = ''] = lines.map((line) => line.trim());
  return { pid: Number(pid), host, port: Number(port), user: 'chartgate', database: 'postgres' };
}

async function stop(child: ChildProcess, data: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await once(child, 'exit');
    clearTimeout(timer);
  }
  await rm(data, { recursive: true, force: true, maxRetries: 5 });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, 'localhost');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
