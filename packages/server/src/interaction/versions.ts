import { type BundleEntry, notFound, specifyVersions, versionSpecificReferences } from '@chartgate/fhir';
import { inEntry } from './entry.ts';
import type { FhirContext } from './request.ts';
import type { Store } from './transaction.ts';

/** What is known of the entries' own resources: their `Type/id`, and the version they get, by index. */
type Known = {
  readonly assigned: ReadonlyMap<number, string>;
  readonly versions: ReadonlyMap<number, string>;
};

/**
 * References that ask for it (`resolve-as-version-specific`) get the version that is current when the transaction ends:
 * of the bundle's own resources the one they get, of others the one that is there, if the caller may read it.
 * @throws {FhirError} 404 where there is none to see; names the entry
 * @see https://hl7.org/fhir/R4/extension-resolve-as-version-specific.html
 */
export async function specifiedVersions(
  entries: readonly BundleEntry[],
  { assigned, versions }: Known,
  context: FhirContext<Store>,
): Promise<readonly BundleEntry[]> {
  const known = new Map(
    [...versions].flatMap(([index, version]) => {
      const reference = assigned.get(index);
      return reference === undefined ? [] : [[reference, version] as const];
    }),
  );
  const specified: BundleEntry[] = [];
  for (const entry of entries) {
    const asked = entry.content ? versionSpecificReferences(entry.content) : [];
    for (const reference of asked) {
      if (!known.has(reference))
        known.set(reference, await inEntry(entry.index, () => currentVersion(reference, context)));
    }
    specified.push(asked.length === 0 ? entry : { ...entry, content: specifyVersions(entry.content!, known) });
  }
  return specified;
}

async function currentVersion(reference: string, { rights, store }: FhirContext<Store>): Promise<string> {
  const [type = '', id = ''] = reference.split('/');
  const found = await store.read(rights.require({ code: 'read', type, id }));
  if (!found || found.method === 'DELETE') throw notFound(reference);
  return String(found.version);
}
