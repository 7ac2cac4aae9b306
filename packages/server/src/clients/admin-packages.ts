import { z } from 'zod';
import { packageLimits } from '../conformance/package/limits.ts';
import { isPackageName, isPackageVersion } from '../conformance/package/manifest.ts';
import { PackageError } from '../conformance/package/package-error.ts';
import { type ReadPackage, readPackage } from '../conformance/package/read-package.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { Installation, InstalledPackage, PackageId, PackageStore } from '../store/conformance-ports.ts';
import { read } from './admin.ts';

/** What the administrators' endpoints need of a site's packages. */
export type PackageAdministration = {
  readonly store: PackageStore;
  /** What comes with the program, as packages. */
  readonly builtin: readonly PackageId[];
  /** Makes this node know what was changed, before the change is answered. */
  readonly reload: () => Promise<void>;
};

const idJson = { name: z.string(), version: z.string() };

const packageJson = z.strictObject({
  ...idJson,
  title: z.string().nullable(),
  canonical: z.string().nullable(),
  fhir_versions: z.array(z.string()),
  dependencies: z.record(z.string(), z.string()).describe('versions by name'),
  sha256: z.string().describe('of the archive, in hex'),
});

export const packageListJson = z.strictObject({
  packages: z.array(
    packageJson.extend({ resources: z.int().describe('canonical resources in it'), installed_at: z.iso.datetime() }),
  ),
  builtin: z.array(z.strictObject(idJson)).describe('comes with the program; needs no installing'),
});

export const installedJson = packageJson.extend({
  outcome: z.enum(['installed', 'replaced', 'unchanged']),
  resources: z.record(z.string(), z.int()).describe('canonical resources by type'),
  skipped: z
    .array(z.strictObject({ file: z.string(), reason: z.string() }))
    .describe('canonical resources that break the structure of R4 and were left out; the first hundred'),
});

export const installQuery = z.strictObject({ replace: z.enum(['true', 'false']).optional() });

export async function listPackages({ store, builtin }: PackageAdministration) {
  const packages = (await store.list()).map((one) => ({
    ...aboutJson(one),
    resources: one.resources,
    installed_at: new Date(one.installedAt).toISOString(),
  }));
  return packageListJson.parse({ packages, builtin });
}

/** Installs the package whose archive is given. The same content again changes nothing. @throws {OAuthError} 409, 422 */
export async function installPackage(administration: PackageAdministration, archive: Buffer, query: URLSearchParams) {
  const { replace } = read(installQuery, Object.fromEntries(query));
  const { content, skipped } = await readOrRefuse(archive);
  const { store, reload } = administration;
  if ((await store.list()).length >= packageLimits.installed) {
    throw new OAuthError('package', { description: `A site has at most ${packageLimits.installed} packages.` });
  }
  const outcome: Installation = await store.install(content, replace === 'true');
  if (outcome === 'different') throw new OAuthError('package-there');
  await reload();
  const resources: Record<string, number> = {};
  for (const { type } of content.canonicals) resources[type] = (resources[type] ?? 0) + 1;
  return installedJson.parse({ ...aboutJson(content), outcome, resources, skipped: skipped.slice(0, 100) });
}

/** @throws {OAuthError} 404 */
export async function removePackage({ store, reload }: PackageAdministration, id: PackageId) {
  const isThere = isPackageName(id.name) && isPackageVersion(id.version) && (await store.remove(id));
  if (!isThere) throw new OAuthError('admin-unknown', { description: 'No package of this name and version is here.' });
  await reload();
  return { removed: true };
}

async function readOrRefuse(archive: Buffer): Promise<ReadPackage> {
  try {
    return await readPackage(archive);
  } catch (error) {
    if (error instanceof PackageError) throw new OAuthError('package', { description: error.message });
    throw error;
  }
}

function aboutJson({ name, version, about, digest }: Omit<InstalledPackage, 'installedAt' | 'resources'>) {
  return {
    name,
    version,
    title: about.title ?? null,
    canonical: about.canonical ?? null,
    fhir_versions: [...about.fhirVersions],
    dependencies: about.dependencies,
    sha256: Buffer.from(digest).toString('hex'),
  };
}
