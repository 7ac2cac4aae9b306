import type { AdminApi, InstalledPackage, PackageId } from '@chartgate/client';
import { OAuthError } from '@chartgate/client';
import { Failure } from '../failure.ts';
import { dependenciesOf } from './archive.ts';
import { labelOf } from './package-id.ts';
import type { Registry } from './registry.ts';

/** Packages that one command installs at most. */
const most = 100;

/** What became of a package that another one depends on. */
export type Dependency =
  | { readonly kind: 'installed'; readonly id: PackageId; readonly installed: InstalledPackage }
  | { readonly kind: 'there'; readonly id: PackageId }
  | { readonly kind: 'builtin'; readonly id: PackageId; readonly version: string }
  | { readonly kind: 'missing'; readonly id: PackageId; readonly reason: string };

export type InstallOptions = {
  readonly api: AdminApi;
  /** Absent: dependencies are not to be had. */
  readonly registry: Registry | undefined;
  readonly replace: boolean;
  /** Hears what is being done. */
  readonly doing: (what: string) => void;
};

/** A package, and what it depends on. */
export type Installed = { readonly installed: InstalledPackage; readonly dependencies: readonly Dependency[] };

/**
 * Installs a package and everything that it depends on, directly or not. A dependency that cannot be had does not undo
 * the rest: it is told. @throws where the package itself is refused
 */
export async function install(archive: Uint8Array<ArrayBuffer>, options: InstallOptions): Promise<Installed> {
  const { api, replace, doing } = options;
  const { packages, builtin } = await api.listPackages();
  const there = new Set(packages.map(labelOf));
  doing('installing');
  const installed = await api.installPackage(archive, replace);
  there.add(labelOf(installed));
  const dependencies: Dependency[] = [];
  const waiting = await wanted(archive);
  const seen = new Set([labelOf(installed), ...waiting.map(labelOf)]);
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    doing(labelOf(next));
    const { found, needs } = await installDependency(next, { there, builtin, ...options });
    dependencies.push(found);
    for (const need of needs) {
      if (seen.has(labelOf(need)) || seen.size >= most) continue;
      seen.add(labelOf(need));
      waiting.push(need);
    }
  }
  return { installed, dependencies };
}

type Known = InstallOptions & { readonly there: ReadonlySet<string>; readonly builtin: readonly PackageId[] };

async function installDependency(id: PackageId, known: Known): Promise<{ found: Dependency; needs: PackageId[] }> {
  const own = builtinFor(id, known.builtin);
  if (own !== undefined) return { found: { kind: 'builtin', id, version: own }, needs: [] };
  try {
    if (known.there.has(labelOf(id))) return { found: { kind: 'there', id }, needs: [] };
    if (!known.registry)
      return { found: { kind: 'missing', id, reason: 'name a --registry to fetch it from' }, needs: [] };
    const exact = await known.registry.resolve(id);
    if (known.there.has(labelOf(exact))) return { found: { kind: 'there', id: exact }, needs: [] };
    const archive = await known.registry.fetch(exact);
    const installed = await known.api.installPackage(archive, false);
    return { found: { kind: 'installed', id: exact, installed }, needs: await wanted(archive) };
  } catch (cause) {
    return { found: { kind: 'missing', id, reason: reasonOf(cause) }, needs: [] };
  }
}

async function wanted(archive: Uint8Array): Promise<PackageId[]> {
  return Object.entries(await dependenciesOf(archive)).map(([name, version]) => ({ name, version }));
}

/**
 * The version of a built-in package that does for this one: R4 is one and the same, and of a terminology whatever version
 * is there. `hl7.terminology` without `.r4` is the same codes.
 */
function builtinFor({ name, version }: PackageId, builtin: readonly PackageId[]): string | undefined {
  const same = builtin.find((one) => one.name === name || one.name === `${name}.r4`);
  return same && (same.name !== 'hl7.fhir.r4.core' || /^4\.0\b/.test(version)) ? same.version : undefined;
}

/** What stands in the way of one package does not stop the others; anything else does. */
function reasonOf(cause: unknown): string {
  if (cause instanceof Failure) return cause.message;
  if (cause instanceof OAuthError && cause.status < 500 && cause.status !== 401) {
    return cause.description ?? cause.message;
  }
  throw cause;
}
