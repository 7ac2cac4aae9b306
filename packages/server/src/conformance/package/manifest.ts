import { z } from 'zod';
import type { PackageAbout, PackageId } from '../../store/conformance-ports.ts';
import { PackageError } from './package-error.ts';

const name = z
  .string()
  .max(128)
  .regex(/^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*$/i, 'must be letters, digits and dashes between dots');
const version = z
  .string()
  .max(64)
  .regex(/^[A-Za-z0-9][A-Za-z0-9.+-]*$/, 'must be letters, digits, dots and dashes');
const words = z.string().max(1000);
const versions = z.array(z.string().max(20)).max(20);

/** The members of `package.json` that count here. @see https://hl7.org/fhir/packages.html */
const manifest = z.looseObject({
  name,
  version,
  title: words.optional(),
  canonical: words.optional(),
  fhirVersions: versions.optional(),
  'fhir-version-list': versions.optional(),
  dependencies: z
    .record(z.string().max(128), z.string().max(64))
    .refine((all) => Object.keys(all).length <= 100, 'has more than 100 members')
    .optional(),
});

/** Whether a text can be the name, or the version, of a package. */
export const isPackageName = (text: string): boolean => name.safeParse(text).success;
export const isPackageVersion = (text: string): boolean => version.safeParse(text).success;

/** Reads `package/package.json`. @throws {PackageError} where it is not one of a package for FHIR R4 */
export function readManifest(text: string): PackageId & { readonly about: PackageAbout } {
  const result = manifest.safeParse(parse(text));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new PackageError(`package/package.json: ${issue?.path.join('.')} ${issue?.message ?? 'is wrong'}.`);
  }
  const { name, version, title, canonical, dependencies = {}, ...rest } = result.data;
  const fhirVersions = rest.fhirVersions ?? rest['fhir-version-list'] ?? [];
  requireR4(fhirVersions, dependencies);
  const named = { ...(title === undefined ? {} : { title }), ...(canonical === undefined ? {} : { canonical }) };
  return { name, version, about: { ...named, fhirVersions, dependencies } };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PackageError('package/package.json is no JSON.');
  }
}

/** A package that names no version of FHIR tells it by what it depends on. */
function requireR4(versions: readonly string[], dependencies: PackageAbout['dependencies']): void {
  const isR4 = versions.length === 0 ? 'hl7.fhir.r4.core' in dependencies : versions.some((one) => /^4\.0\b/.test(one));
  if (isR4) return;
  const what = versions.length === 0 ? 'does not say for which FHIR it is' : `is for FHIR ${versions.join(', ')}`;
  throw new PackageError(`The package ${what}; this server has FHIR R4 (4.0.1).`);
}
