import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { exitCodes, Failure } from '../failure.ts';
import { tarEntries } from './tar.ts';

/** A file of resources, on disk or in an archive. `weight` measures the work, bytes. */
export type Source = { readonly name: string; readonly weight: number; readonly chunks: AsyncIterable<Buffer> };

/** Something found under the paths: a file to read, or an archive of them. */
export type Found = {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly isArchive: boolean;
};

/** What `load` reads; everything else in a folder is passed over. */
const readable = /\.(json|ndjson|jsonl)(\.gz|\.zst)?$/i;
const archive = /\.(tar(\.gz|\.zst)?|tgz)$/i;

/** Synthea's hospitals and practitioners, which its patients refer to. */
const first = /^(hospitalInformation|practitionerInformation)/i;

/** Every file that the paths name; folders are searched to the bottom, in the order of names. */
export async function find(cwd: string, paths: readonly string[]): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const name of paths) await walk(resolve(cwd, name), name, found, true);
  return found;
}

async function walk(path: string, name: string, found: Found[], asked: boolean): Promise<void> {
  const about = await stat(path).catch(() => undefined);
  if (!about) {
    if (asked) throw new Failure(exitCodes.notFound, 'user_input', `${name} is not there.`);
    return;
  }
  if (about.isDirectory()) {
    const names = (await readdir(path)).filter((inside) => !inside.startsWith('.')).sort();
    for (const inside of names) await walk(join(path, inside), join(name, inside), found, false);
  } else if (readable.test(path) || archive.test(path)) {
    found.push({ path, name, size: about.size, isArchive: archive.test(path) });
  } else if (asked) {
    const message = `${name} is none of .json, .ndjson (also .gz, .zst), .tar, .tar.gz or .tar.zst.`;
    throw new Failure(exitCodes.usage, 'user_input', message);
  }
}

/** The files of one of two rounds: what others refer to first, then the rest. An archive is read once for each. */
export async function* sources(found: readonly Found[], round: 'first' | 'rest'): AsyncGenerator<Source, void> {
  const isIn = (name: string) => first.test(basename(name)) === (round === 'first');
  for (const { path, name, size, isArchive } of found) {
    if (!isArchive) {
      if (isIn(name)) yield { name, weight: size, chunks: open(path, name) };
      continue;
    }
    try {
      for await (const entry of tarEntries(open(path, name))) {
        if (!readable.test(entry.name) || !isIn(entry.name)) continue;
        yield { name: `${name}/${entry.name}`, weight: entry.size, chunks: unpacked(entry.body, entry.name) };
      }
    } catch (cause) {
      if (round === 'rest') yield { name, weight: 0, chunks: damaged(cause) };
    }
  }
}

/** What is left of a damaged archive: its reader hears why, and goes on to the next file. */
function damaged(cause: unknown): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(cause) }) };
}

/** How much work there is in all, bytes. An archive is read through once to know. */
export async function totalWeight(found: readonly Found[]): Promise<number> {
  let total = 0;
  for (const { path, name, size, isArchive } of found) total += isArchive ? await archiveWeight(path, name) : size;
  return total;
}

async function archiveWeight(path: string, name: string): Promise<number> {
  let total = 0;
  try {
    for await (const entry of tarEntries(open(path, name))) if (readable.test(entry.name)) total += entry.size;
  } catch {
    // Damaged: reading it will say so.
  }
  return total;
}

function open(path: string, name: string): AsyncIterable<Buffer> {
  return unpacked(createReadStream(path, { highWaterMark: 1 << 18 }), name);
}

async function* unpacked(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer, void> {
  const unpack = /gz$/i.test(name) ? createGunzip() : /\.zst$/i.test(name) ? createZstdDecompress() : undefined;
  if (!unpack) return yield* chunks;
  const { Readable, pipeline } = await import('node:stream');
  // The error reaches the reader of `unpack`; the callback is there so that it is not thrown a second time.
  pipeline(chunks instanceof Readable ? (chunks as Readable) : Readable.from(chunks), unpack, () => undefined);
  yield* unpack as AsyncIterable<Buffer>;
}
