import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

export type ArchivedFile = { readonly name: string; readonly text: () => string };

/**
 * The files of a `.tar.zst` or `.tgz` archive of published data beside the repository, for tests that compare with it.
 * @param path relative to the folder the repository lies in, such as `shared/data/fhir/….tar.zst`
 * @returns undefined where the archive is not there
 */
export function readArchive(path: string): readonly ArchivedFile[] | undefined {
  const file = beside(path);
  if (!existsSync(file)) return undefined;
  const decompress = path.endsWith('.tgz') ? gunzipSync : zstdDecompressSync;
  return untar(decompress(readFileSync(file)));
}

/** The text of a file of published data beside the repository; undefined where it is not there. */
export function readBeside(path: string): string | undefined {
  const file = beside(path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function beside(path: string): string {
  return resolve(import.meta.dirname, '../../../..', path);
}

const block = 512;

/** Plain files of a ustar archive. Long names come as records of their own (type L), which hold the next one's name. */
function untar(tar: Buffer): ArchivedFile[] {
  const files: ArchivedFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(field(tar, at + 124, 12), 8);
    const type = String.fromCharCode(tar[at + 156] ?? 0);
    const content = tar.subarray(at + block, at + block + size);
    const [name, prefix] = [field(tar, at, 100), field(tar, at + 345, 155)];
    if (type === 'L') longName = content.toString('utf8').replace(/\0+$/, '');
    else {
      const full = longName ?? (prefix === '' ? name : `${prefix}/${name}`);
      if (type === '0' || type === '\0') files.push({ name: full, text: () => content.toString('utf8') });
      longName = undefined;
    }
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}

function field(tar: Buffer, at: number, length: number): string {
  const text = tar.subarray(at, at + length).toString('utf8');
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).trim();
}
