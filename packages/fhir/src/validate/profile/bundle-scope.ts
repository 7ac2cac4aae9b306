import type { Item } from './item.ts';
import { objectOf } from './item.ts';

/** The entries of a Bundle as the targets of references. */
export type BundleScope = {
  /** `document`, `transaction`, … */
  readonly type: unknown;
  /** Resources by fullUrl; several where they are versions of one. */
  readonly byFullUrl: ReadonlyMap<string, readonly Item[]>;
  /** `Type/id` of all resources, whatever their fullUrl. */
  readonly byReference: ReadonlySet<string>;
};

/** What a reference leads to inside of a Bundle. */
export type BundleTarget =
  | { readonly kind: 'found'; readonly item: Item }
  | { readonly kind: 'several' }
  /** A resource of this type and id is there, but its fullUrl is another one. */
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'none' };

const restful = /^(.*\/)?([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;

/**
 * Looks a reference up as Bundle says: absolute ones by fullUrl, relative ones below the root of the fullUrl of the
 * entry that they stand in.
 * @see https://hl7.org/fhir/R4/bundle.html#references
 */
export function targetInBundle(bundle: BundleScope, reference: string, fullUrl: string | undefined): BundleTarget {
  const [withoutFragment = ''] = reference.split('#');
  const [, base, local, version] = restful.exec(withoutFragment) ?? [];
  const root = base ?? rootOf(fullUrl);
  const own = local === undefined ? withoutFragment : `${root}${local}`;
  const found =
    local !== undefined && root === ''
      ? []
      : (bundle.byFullUrl.get(own) ?? []).filter((item) => version === undefined || versionOf(item) === version);
  if (found.length > 1) return { kind: 'several' };
  if (found[0]) return { kind: 'found', item: found[0] };
  return { kind: local !== undefined && bundle.byReference.has(local) ? 'elsewhere' : 'none' };
}

/** `http://server.example/fhir/` of `http://server.example/fhir/Patient/1`; empty for a URN. */
function rootOf(fullUrl: string | undefined): string {
  return (fullUrl !== undefined && /^https?:/.test(fullUrl) && restful.exec(fullUrl)?.[1]) || '';
}

function versionOf(item: Item): unknown {
  return objectOf(objectOf(item.value)?.meta)?.versionId;
}
