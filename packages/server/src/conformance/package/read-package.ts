import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip, deflateRawSync } from 'node:zlib';
import { canonicalTypes, FhirError, parseResource, type Resource, validate } from '@chartgate/fhir';
import type { PackageContent, PackedCanonical } from '../../store/conformance-ports.ts';
import { packageLimits } from './limits.ts';
import { readManifest } from './manifest.ts';
import { PackageError } from './package-error.ts';
import { tarFiles } from './tar.ts';

/** A package that was read, and the files of it that cannot be used. */
export type ReadPackage = {
  readonly content: PackageContent;
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
};

/**
 * Reads a FHIR package out of its archive: its manifest, and the canonical resources in `package/`. Examples and other
 * folders are passed over. A resource that breaks R4's structure is left out and named.
 * @throws {PackageError} for what is no FHIR package, breaks the limits, or has the same canonical twice
 * @see https://hl7.org/fhir/packages.html
 */
export async function readPackage(archive: Buffer): Promise<ReadPackage> {
  const skipped: { file: string; reason: string }[] = [];
  const canonicals = new Map<string, PackedCanonical>();
  let manifest: ReturnType<typeof readManifest> | undefined;
  let kept = 0;
  for await (const { name, bytes } of tarFiles(gunzip(archive), isRead)) {
    if (name === manifestName) {
      manifest = readManifest(bytes.toString('utf8'));
      continue;
    }
    const read = readCanonical(bytes.toString('utf8'));
    if (typeof read === 'string') skipped.push({ file: name, reason: read });
    if (typeof read !== 'object') continue;
    const key = `${read.type} ${read.url}${read.version === undefined ? '' : `|${read.version}`}`;
    if (canonicals.has(key)) throw new PackageError(`The package has ${key} twice, the second time in ${name}.`);
    canonicals.set(key, read);
    kept += read.packed.length;
    if (canonicals.size > packageLimits.canonicals || kept > packageLimits.kept) throw tooLarge();
  }
  if (!manifest) throw new PackageError(`The archive has no ${manifestName}: it is no FHIR package.`);
  const digest = createHash('sha256').update(archive).digest();
  return { content: { ...manifest, digest, canonicals: [...canonicals.values()] }, skipped };
}

const manifestName = 'package/package.json';

/** `ig-r4.json` is a second copy of the ImplementationGuide, which some publishers leave in. */
function isRead(name: string): boolean {
  return /^package\/(?!ig-r\d)[^/.][^/]*\.json$/.test(name);
}

/** @throws {PackageError} for what is no gzip */
async function* gunzip(archive: Buffer): AsyncGenerator<Buffer> {
  const gunzipped = createGunzip();
  try {
    yield* Readable.from([archive]).pipe(gunzipped) as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof PackageError) throw error;
    throw new PackageError('The archive cannot be unpacked: a FHIR package is a .tgz file.');
  } finally {
    gunzipped.destroy();
  }
}

const types: ReadonlySet<string> = new Set(canonicalTypes);

/** Undefined for what is no canonical resource; text that says why it cannot be used. */
function readCanonical(text: string): PackedCanonical | string | undefined {
  try {
    const { resource } = parseResource(text);
    const { resourceType, url } = resource as Resource & { readonly url?: unknown };
    if (!types.has(resourceType) || typeof url !== 'string') return undefined;
    const wrong = validate(resource).find(({ severity }) => severity === 'error' || severity === 'fatal');
    return wrong ? reasonOf(wrong) : pack(resource as Resource & { readonly url: string });
  } catch (error) {
    if (error instanceof FhirError) return error.message;
    throw error;
  }
}

function pack(resource: Resource & { readonly url: string; readonly version?: string }): PackedCanonical {
  // nothing here reads the narrative, which is half of a profile
  const { text: _, ...rest } = resource as Record<string, unknown>;
  const { resourceType: type, url, version } = resource;
  return { type, url, ...(version === undefined ? {} : { version }), packed: deflateRawSync(JSON.stringify(rest)) };
}

function reasonOf({ diagnostics, expression }: ReturnType<typeof validate>[number]): string {
  return `${expression?.[0] ?? ''}: ${diagnostics ?? 'not as R4 has it'}`;
}

const tooLarge = () =>
  new PackageError(
    `The package has more than ${packageLimits.canonicals} canonical resources, or more than ${packageLimits.kept} bytes of them.`,
  );
