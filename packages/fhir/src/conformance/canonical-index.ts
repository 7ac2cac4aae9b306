import { type CanonicalResource, type CanonicalSource, canonicalOf, splitCanonical } from './canonical-source.ts';
import { compareVersions } from './version.ts';

/** A canonical resource that is read when it is asked for. */
export type CanonicalEntry = {
  readonly resourceType: string;
  readonly url: string;
  readonly version?: string;
  readonly read: () => CanonicalResource;
};

/** A source over entries; of two with the same URL and version the later one counts. */
export function canonicalIndex(entries: Iterable<CanonicalEntry>): CanonicalSource {
  const types = new Map<string, Map<string, CanonicalEntry[]>>();
  for (const entry of entries) {
    const urls = types.get(entry.resourceType) ?? new Map<string, CanonicalEntry[]>();
    types.set(entry.resourceType, urls);
    const versions = urls.get(entry.url);
    if (versions) place(versions, entry);
    else urls.set(entry.url, [entry]);
  }
  return {
    find(resourceType, canonical) {
      const { url, version } = splitCanonical(canonical);
      const versions = types.get(resourceType)?.get(url) ?? [];
      return (version === undefined ? versions[0] : versions.find(isVersion(version)))?.read();
    },
    list: (resourceType) => [...(types.get(resourceType)?.values() ?? [])].flatMap((all) => all.map(canonicalOf)),
  };
}

/** Newest first. */
function place(versions: CanonicalEntry[], entry: CanonicalEntry): void {
  const at = versions.findIndex(({ version }) => compareVersions(version, entry.version) <= 0);
  if (at < 0) versions.push(entry);
  else versions.splice(at, versions[at]?.version === entry.version ? 1 : 0, entry);
}

/** A version, or the beginning of one: `6.1` is met by the newest `6.1.x`. */
function isVersion(asked: string): (entry: CanonicalEntry) => boolean {
  return ({ version }) => version === asked || (version?.startsWith(`${asked}.`) ?? false);
}

/** Several sources as one: the newest version of any of them, and of equal ones that of the first source. */
export function newestOf(sources: readonly CanonicalSource[]): CanonicalSource {
  return {
    find(resourceType, canonical) {
      let newest: CanonicalResource | undefined;
      for (const source of sources) {
        const found = source.find(resourceType, canonical);
        if (found && (!newest || compareVersions(found.version, newest.version) > 0)) newest = found;
      }
      return newest;
    },
    list: (resourceType) => distinct(sources, resourceType),
  };
}

/** Several sources as one: what an earlier source has is not asked of a later one. */
export function firstOf(sources: readonly CanonicalSource[]): CanonicalSource {
  return {
    find(resourceType, canonical) {
      for (const source of sources) {
        const found = source.find(resourceType, canonical);
        if (found) return found;
      }
      return undefined;
    },
    list: (resourceType) => distinct(sources, resourceType),
  };
}

function distinct(sources: readonly CanonicalSource[], resourceType: string): readonly string[] {
  return [...new Set(sources.flatMap((source) => source.list(resourceType)))];
}
