import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');

/** A file of the published data that lies in a folder `shared` beside the repository; undefined where it is not there. */
export function sharedData(path: string): Buffer | undefined {
  const found = ['..', '../..'].map((up) => join(root, up, 'shared/data', path)).find((file) => existsSync(file));
  return found === undefined ? undefined : readFileSync(found);
}

/** The packages of US Core that are tried. */
export const usCore = ['6.1.0', '7.0.0', '8.0.0'].map((version) => ({
  version,
  archive: sharedData(`ig/us_core_${version.replaceAll('.', '')}.tgz`),
}));
