import { spawn } from 'node:child_process';
import { constants as fs } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, readlink, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Cluster, spawnOptions, superuser } from './cluster.ts';
import type { EmbeddedConnection } from './embedded.ts';
import { startOf } from './lock.ts';
import { canReach, giveTo } from './owner.ts';
import { serverSettings } from './settings.ts';

type Log = (message: string) => void;

export type RunningServer = { readonly connection: EmbeddedConnection; stop(): Promise<void> };

/** Port of the bundled server: the ending of its socket's name, nothing more. */
const port = 5432;
/** Longest path of a unix socket, in bytes; macOS allows 103. */
const longestSocketPath = process.platform === 'darwin' ? 103 : 107;
/** ms without any sign of life. While a server says that it is starting (replaying its log), it is waited for. */
const startTimeout = 60_000;
/** ms that a server may run without being reachable: it makes its socket at once. */
const silentTimeout = 3_000;
const stopTimeout = 30_000;

/** Runs the cluster's server until `stop`: adopts the one that runs already, and starts it again when it dies. */
export async function runServer(cluster: Cluster, log: Log): Promise<RunningServer> {
  const adopted = await adopt(cluster, log);
  const sockets = adopted?.sockets ?? (await socketDirectory(cluster));
  let pid = adopted?.pid ?? (await start(cluster, sockets));
  await ensureDatabase(sockets);

  const stopping = new AbortController();
  const watch = async () => {
    while (!stopping.signal.aborted) {
      await sleep(200, undefined, { ref: false, signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted || isAlive(pid)) continue;
      log(`PostgreSQL (process ${pid}) ended unexpectedly; starting it again.`);
      await start(cluster, sockets).then(
        (started) => {
          pid = started;
          log(`PostgreSQL runs again as process ${pid}.`);
        },
        (error: Error) => log(error.message),
      );
    }
  };
  const watching = watch();
  // The server must not outlive an exit that forgot to stop it. After kill -9 it does, and the next start adopts it.
  const onExit = () => signal(pid, 'SIGINT');
  process.once('exit', onExit);
  return {
    connection: { host: sockets, port, user: superuser, database: superuser },
    stop: async () => {
      stopping.abort();
      await watching;
      process.off('exit', onExit);
      await stopProcess(pid);
      await removeTemporary(sockets);
    },
  };
}

/**
 * The server that an earlier Chartgate left running on this cluster. A pid file without one is PostgreSQL's to judge: it
 * waits until the last worker of the dead server is gone. Only where the number now belongs to another process, at which
 * PostgreSQL would give up, ours is put in its place: it knows that its parent is not the one that holds the cluster.
 */
async function adopt(cluster: Cluster, log: Log): Promise<{ pid: number; sockets: string } | undefined> {
  const path = join(cluster.data, 'postmaster.pid');
  let deadline = Date.now() + silentTimeout;
  for (;;) {
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const [first = '', , , , sockets = ''] = text.split('\n');
    const pid = Number(first);
    if (!(await isServerOf(cluster, pid))) {
      if (isAlive(pid)) await writeFile(path, text.replace(first, String(process.pid)));
      await removeTemporary(sockets.trim());
      return undefined;
    }
    const state = await stateOf(sockets.trim());
    if (state === 'ready') {
      log(`PostgreSQL still runs as process ${pid}; using it.`);
      return { pid, sockets: sockets.trim() };
    }
    if (state === 'busy') deadline = Date.now() + startTimeout;
    if (Date.now() > deadline) {
      log(`PostgreSQL runs as process ${pid} but cannot be reached; stopping it to start it anew.`);
      await stopProcess(pid);
    }
    await sleep(50);
  }
}

/** A private directory for the socket: in the data directory, or else where a shorter path and an open way lead. */
async function socketDirectory(cluster: Cluster): Promise<string> {
  const near = join(cluster.directory, 'socket');
  const fits = Buffer.byteLength(join(near, `.s.PGSQL.${port}`)) <= longestSocketPath;
  if (fits && (await canReach(cluster.owner, near))) {
    await mkdir(near, { recursive: true, mode: 0o700 });
    await giveTo(cluster.owner, near);
    return near;
  }
  const far = await mkdtemp(join(tmpdir(), temporaryPrefix));
  await giveTo(cluster.owner, far);
  return far;
}

const temporaryPrefix = 'chartgate-socket-';

async function removeTemporary(sockets: string): Promise<void> {
  const isOurs = dirname(sockets) === tmpdir() && basename(sockets).startsWith(temporaryPrefix);
  if (isOurs) await rm(sockets, { recursive: true, force: true });
}

/** Starts the server and waits until it takes connections. Answers its process id. */
async function start(cluster: Cluster, sockets: string): Promise<number> {
  const { path, ...options } = await spawnOptions(cluster);
  const settings = Object.entries(serverSettings(cluster)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  let deadline = Date.now() + startTimeout;
  for (;;) {
    const log = await openLog(join(cluster.directory, 'postgres.log'));
    const from = (await log.stat()).size;
    // Detached: an interrupt from the keyboard is for Chartgate, which lets its requests end before it stops the server.
    const child = spawn(
      cluster.binaries.postgres,
      ['-D', path, '-k', sockets, '-h', '', '-p', `${port}`, ...settings],
      {
        ...options,
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    );
    let failure: string | undefined;
    child.once('error', (error) => {
      failure = error.message;
    });
    child.once('exit', (code, by) => {
      failure ??= by ? `ended by ${by}` : `exit code ${code}`;
    });
    child.unref();
    while (failure === undefined && Date.now() < deadline) {
      const state = await stateOf(sockets);
      if (state === 'ready') break;
      if (state === 'busy') deadline = Date.now() + startTimeout;
      await sleep(20);
    }
    const said = await readFile(join(cluster.directory, 'postgres.log')).then((all) => all.subarray(from).toString());
    await log.close();
    if (failure === undefined && Date.now() < deadline) return child.pid as number;
    // After a kill -9 its workers take a moment to notice and to let go of the shared memory.
    const settling = /shared memory block|lock file "postmaster.pid" already exists/.test(said);
    if (!settling || Date.now() > deadline) {
      if (child.pid !== undefined) signal(child.pid, 'SIGKILL');
      throw new Error(`PostgreSQL did not start on ${cluster.data} (${failure ?? 'no answer'}): ${said.trim()}`);
    }
    await sleep(100);
  }
}

/** Opened for appending; one that grew past 8 MB starts anew. */
async function openLog(path: string) {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  const flags = fs.O_WRONLY | fs.O_CREAT | fs.O_APPEND | (size > 8 * 2 ** 20 ? fs.O_TRUNC : 0);
  return open(path, flags, 0o600);
}

/** `busy`: there, but starting, replaying its log or stopping. */
async function stateOf(sockets: string): Promise<'ready' | 'busy' | 'silent'> {
  const client = new pg.Client({ host: sockets, port, user: superuser, database: 'postgres', password: '' });
  client.on('error', () => {});
  try {
    await client.connect();
    return 'ready';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === '57P03' ? 'busy' : 'silent';
  } finally {
    await client.end().catch(() => {});
  }
}

async function ensureDatabase(sockets: string): Promise<void> {
  const client = new pg.Client({ host: sockets, port, user: superuser, database: 'postgres', password: '' });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [superuser]);
    if (rowCount === 0) await client.query(`create database ${superuser}`);
  } finally {
    await client.end();
  }
}

/** SIGINT is PostgreSQL's fast shutdown; SIGQUIT after `stopTimeout` loses nothing either, the log is replayed. */
async function stopProcess(pid: number): Promise<void> {
  signal(pid, 'SIGINT');
  const deadline = Date.now() + stopTimeout;
  while (isAlive(pid)) {
    if (Date.now() > deadline) signal(pid, 'SIGQUIT');
    await sleep(20);
  }
}

/**
 * Whether the process is the server of this cluster, not another one (perhaps another cluster's server) that was given
 * the number of a dead one: a server works in its data directory.
 */
async function isServerOf(cluster: Cluster, pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0 || (await startOf(pid)) === undefined) return false;
  if (process.platform !== 'linux') return true;
  const place = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
  return place === (await realpath(cluster.data));
}

function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
