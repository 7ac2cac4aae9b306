import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The published package of a version of US Core; undefined where it is not beside the repository. */
export function packageArchive(version: string): Buffer | undefined {
  const name = `shared/data/ig/us_core_${version.replaceAll('.', '')}.tgz`;
  const file = ['../../..', '../../../..'].map((up) => resolve(import.meta.dirname, up, name)).find((path) => existsSync(path));
  return file === undefined ? undefined : readFileSync(file);
}

export type PackageFile = { readonly name: string; readonly json: { readonly resourceType: string; readonly [member: string]: unknown } };

const block = 512;

/** The resources of a package, examples included. */
export function filesOf(archive: Buffer): readonly PackageFile[] {
  const tar = gunzipSync(archive);
  const files: PackageFile[] = [];
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const field = (from: number, length: number) => tar.subarray(at + from, at + from + length).toString('utf8').replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 12), 8);
    const prefix = field(345, 155);
    const name = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
    if (/^package\/.*[A-Z].*\.json$/.test(name)) {
      const json = JSON.parse(tar.subarray(at + block, at + block + size).toString('utf8'));
      if (typeof json.resourceType === 'string') files.push({ name, json });
    }
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}
