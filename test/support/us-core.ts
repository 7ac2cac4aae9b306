import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { tarFiles } from '../../packages/server/src/conformance/package/tar.ts';

export type PackageFile = {
  readonly name: string;
  readonly json: { readonly resourceType: string; readonly [member: string]: unknown };
};

/** The resources of a package, examples included. */
export async function filesOf(archive: Buffer): Promise<readonly PackageFile[]> {
  const files: PackageFile[] = [];
  const unpacked = Readable.from([archive]).pipe(createGunzip());
  for await (const { name, bytes } of tarFiles(unpacked, (path) => /^package\/.*[A-Z].*\.json$/.test(path))) {
    const json = JSON.parse(bytes.toString('utf8'));
    if (typeof json.resourceType === 'string') files.push({ name, json });
  }
  return files;
}
