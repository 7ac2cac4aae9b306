import { rewriteReferences } from '../json/relink.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import { type Issue, issue } from '../outcome/outcome.ts';
import type { BundleEntry } from './entry.ts';
import { bundleLimits } from './limits.ts';

/** A search in place of a reference, such as `Patient?identifier=x`, and the entries whose resources hold it. */
export type ConditionalReference = {
  readonly reference: string;
  readonly type: string;
  /** What follows `?`, still percent-encoded. */
  readonly query: string;
  readonly entries: readonly number[];
};

/**
 * The conditional references of all resources, each once. The caller resolves them (exactly one match each) before
 * `resolveReferences`. @see https://hl7.org/fhir/R4/http.html#trules
 */
export function conditionalReferences(entries: readonly BundleEntry[]): readonly ConditionalReference[] {
  const found = new Map<string, { type: string; query: string; entries: Set<number> }>();
  for (const { index, content } of linked(entries)) {
    visitReferences(content.resource, (value) => {
      const match = value.includes('?') ? /^([A-Z][A-Za-z]{1,63})\?(.+)$/.exec(value) : null;
      if (!match) return;
      const [, type = '', query = ''] = match;
      const known = found.get(value);
      if (known) known.entries.add(index);
      else found.set(value, { type, query, entries: new Set([index]) });
    });
  }
  return [...found].map(([reference, { type, query, entries: holders }]) => ({
    reference,
    type,
    query,
    entries: [...holders],
  }));
}

/** The texts of all members `reference`, also where they are an array. */
function visitReferences(value: object, visit: (reference: string) => void): void {
  for (const name in value) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (typeof member === 'string') {
      if (name === 'reference') visit(member);
    } else if (Array.isArray(member)) visitItems(name, member, visit);
    else if (typeof member === 'object' && member !== null) visitReferences(member, visit);
  }
}

function visitItems(name: string, items: readonly unknown[], visit: (reference: string) => void): void {
  for (const item of items) {
    if (typeof item === 'string') {
      if (name === 'reference') visit(item);
    } else if (Array.isArray(item)) visitItems('', item, visit);
    else if (typeof item === 'object' && item !== null) visitReferences(item, visit);
  }
}

/** What is known once every entry has its place. */
export type Resolution = {
  /** `Type/id` of each entry's resource, by the entry's index; entries without one are absent. */
  readonly assigned: ReadonlyMap<number, string>;
  /** Version id that the entry's resource gets, by the entry's index, where known: `1` of a create. */
  readonly versions?: ReadonlyMap<number, string>;
  /** `Type/id` of each conditional reference, by the reference as written. */
  readonly conditional?: ReadonlyMap<string, string>;
};

/**
 * The entries with every link to another entry, and every conditional reference, replaced by the `Type/id` it stands
 * for. Links are matched as Bundle says: absolute ones with `fullUrl`, relative ones against the root of their own
 * entry's `fullUrl`; a fragment is kept. A version, whichever it is, becomes the one that the entry gets, or is left out
 * where that is not known.
 * @throws {FhirError} 400 naming each entry with a `urn:uuid:` or `urn:oid:` reference that no entry has
 * @see https://hl7.org/fhir/R4/bundle.html#references
 */
export function resolveReferences(entries: readonly BundleEntry[], resolution: Resolution): readonly BundleEntry[] {
  const targets = targetsOf(entries, resolution);
  const unresolved = new Set<number>();
  const resolved = entries.map((entry): BundleEntry => {
    if (!hasLinks(entry)) return entry;
    const root = restfulRoot(entry.fullUrl);
    const content = rewriteReferences(entry.content, (value, place) => {
      const target = targetOf(targets, value, place === 'reference' ? root : undefined);
      if (target !== undefined) return place === 'reference' || !target.isCanonical ? target.reference : undefined;
      if (place !== 'reference') return undefined;
      if (/^urn:(uuid|oid):/.test(value)) unresolved.add(entry.index);
      return resolution.conditional?.get(value);
    });
    return content === entry.content ? entry : { ...entry, content };
  });
  if (unresolved.size > 0) throw new FhirError(400, [...unresolved].slice(0, bundleLimits.issues).map(notInBundle));
  return resolved;
}

type Linked = BundleEntry & { readonly content: NonNullable<BundleEntry['content']> };

/** A Bundle that is itself a resource of the transaction keeps its links: they are about its own entries. */
function hasLinks(entry: BundleEntry): entry is Linked {
  return entry.content !== undefined && entry.content.resource.resourceType !== 'Bundle';
}

function linked(entries: readonly BundleEntry[]): readonly Linked[] {
  return entries.filter(hasLinks);
}

type Target = {
  readonly reference: string;
  readonly versionId: string | undefined;
  /** The fullUrl is also the resource's canonical URL: elsewhere than in references it names the definition. */
  readonly isCanonical: boolean;
};

function targetsOf(entries: readonly BundleEntry[], { assigned, versions }: Resolution): ReadonlyMap<string, Target> {
  return new Map(
    entries.flatMap(({ index, fullUrl, content }) => {
      const reference = assigned.get(index);
      if (fullUrl === undefined || reference === undefined) return [];
      const isCanonical = content?.resource.url === fullUrl;
      return [[fullUrl, { reference, versionId: versions?.get(index), isCanonical }] as const];
    }),
  );
}

/** `http://server.example/fhir` of `http://server.example/fhir/Patient/1`. */
function restfulRoot(fullUrl: string | undefined): string | undefined {
  return fullUrl === undefined
    ? undefined
    : /^(https?:\/\/.+)\/[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/.exec(fullUrl)?.[1];
}

const relative = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}(?:[/#]|$)/;

function targetOf(targets: ReadonlyMap<string, Target>, value: string, root: string | undefined): Target | undefined {
  const absolute = root !== undefined && relative.test(value) ? `${root}/${value}` : value;
  const exact = targets.get(absolute);
  if (exact) return exact;
  if (!absolute.includes('#') && !absolute.includes('/_history/')) return undefined;
  const match = /^([^#]+?)(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?(#.*)?$/s.exec(absolute);
  const [, url = '', versionId, fragment = ''] = match ?? [];
  const target = targets.get(url);
  if (!target) return undefined;
  const isVersioned = versionId !== undefined && target.versionId !== undefined;
  const version = isVersioned ? `/_history/${target.versionId}` : '';
  return { ...target, reference: target.reference + version + fragment };
}

function notInBundle(index: number): Issue {
  const diagnostics =
    'A reference by urn:uuid: or urn:oid: is the fullUrl of no entry. Send the resource in the same Bundle.';
  return issue('not-found', diagnostics, `Bundle.entry[${index}].resource`);
}
