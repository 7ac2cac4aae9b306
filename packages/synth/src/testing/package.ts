import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

export type CanonicalJson = { readonly resourceType: string; readonly url: string; readonly [member: string]: unknown };

/** The conformance resources of a FHIR package, by canonical URL, for tests that compare with them. */
export type FhirPackage = ReadonlyMap<string, CanonicalJson>;

/**
 * Reads a published package that lies beside the repository.
 * @param path relative to the folder the repository lies in, such as `shared/data/ig/us_core_700.tgz`
 * @returns undefined where the file is not there
 */
export function readPackage(path: string): FhirPackage | undefined {
  const file = beside(path);
  if (file === undefined) return undefined;
  const found = new Map<string, CanonicalJson>();
  for (const { name, text } of untar(gunzipSync(readFileSync(file)))) {
    if (!/^package\/(StructureDefinition|ValueSet|CodeSystem)-[^/]*\.json$/.test(name)) continue;
    const resource = JSON.parse(text()) as CanonicalJson;
    found.set(resource.url, resource);
  }
  return found;
}

/** The folder is looked for upwards, so that it is found from a second working tree too. */
function beside(path: string): string | undefined {
  for (let at = import.meta.dirname; at !== resolve(at, '..'); at = resolve(at, '..')) {
    const file = resolve(at, path);
    if (existsSync(file)) return file;
  }
  return undefined;
}

const block = 512;

/** The plain files of a ustar archive; published packages have short names. */
function* untar(tar: Buffer): Generator<{ readonly name: string; readonly text: () => string }> {
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(tar.subarray(at + 124, at + 136).toString('latin1'), 8);
    const name = tar
      .subarray(at, at + 100)
      .toString('utf8')
      .replace(/\0.*$/s, '');
    const content = tar.subarray(at + block, at + block + size);
    yield { name, text: () => content.toString('utf8') };
    at += block + Math.ceil(size / block) * block;
  }
}
