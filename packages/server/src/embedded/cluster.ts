import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { canReach, giveTo, type Owner } from './owner.ts';

/** A database cluster on disk, with what is needed to run it. */
export type Cluster = {
  /** Chartgate's data directory. */
  readonly directory: string;
  /** PGDATA. */
  readonly data: string;
  readonly owner: Owner | undefined;
  readonly binaries: Binaries;
  readonly fsync: boolean;
};

/** The cluster's only role. */
export const superuser = 'chartgate';

/** Opens the cluster under `directory`, made by initdb on first use. One that was cut short is made anew. */
export async function openCluster(options: Omit<Cluster, 'data'>): Promise<Cluster> {
  const cluster = { ...options, data: join(options.directory, 'postgres') };
  if (!(await stat(cluster.data).catch(() => undefined))) await initialize(cluster);
  const version = await readdir(cluster.data).then((names) => names.includes('PG_VERSION'));
  if (!version) throw new Error(`${cluster.data} is not a database of Chartgate's. Choose another data directory.`);
  return cluster;
}

async function initialize(cluster: Cluster): Promise<void> {
  const made = { ...cluster, data: `${cluster.data}.new` };
  await rm(made.data, { recursive: true, force: true });
  await mkdir(made.data, { mode: 0o700 });
  await giveTo(cluster.owner, made.data);
  const options = await spawnOptions(made);
  const { path, ...rest } = options;
  const args = ['-D', path, '-U', superuser, '--auth=trust', '--locale=C', '-E', 'UTF8', '--no-instructions'];
  const initdb = spawn(cluster.binaries.initdb, cluster.fsync ? args : [...args, '--no-sync'], {
    ...rest,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  initdb.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const [code] = await once(initdb, 'close');
  if (code !== 0) throw new Error(`The database could not be made in ${cluster.data}: ${complaint.trim()}`);
  await rename(made.data, cluster.data);
}

/**
 * How to spawn a program of the cluster, and the data directory as it names it. Under a directory that is closed to the
 * server's user (such as /root) the program starts inside of the data directory and calls it by its working directory.
 */
export async function spawnOptions(cluster: Cluster): Promise<SpawnOptions & { path: string }> {
  const { owner, data, binaries } = cluster;
  const options = { cwd: data, env: binaries.env, ...(owner ? { uid: owner.uid, gid: owner.gid } : {}) };
  if (await canReach(owner, data)) return { ...options, path: data };
  if (process.platform === 'linux') return { ...options, path: '/proc/self/cwd' };
  throw new Error(
    `The user ${owner?.name}, as which PostgreSQL runs, cannot enter ${data}: a directory above it is closed. ` +
      'Choose another data directory (--data, CHARTGATE_DATA), or run Chartgate as another user than root.',
  );
}
