import { demandedTargets, demandedTypes, type Element, isDemanded, type Profile } from './element.ts';
import type { FhirPackage } from './package.ts';
import { hasValue, type Node, select } from './select.ts';

export type ResourceJson = {
  readonly resourceType: string;
  readonly id: string;
  readonly meta?: { readonly profile?: readonly string[] };
  readonly [member: string]: unknown;
};

/** What is asked: do these records hold everything that the profiles of a package demand? */
export type Records = {
  readonly packages: FhirPackage;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly resources: readonly ResourceJson[];
  /** The resource that a reference names. */
  readonly resolve: (reference: string) => ResourceJson | undefined;
};

/** Each demand of a profile that no record meets, in words. */
export function unmet(records: Records, profile: Profile): readonly string[] {
  const subjects = subjectsOf(records, profile);
  if (subjects.length === 0) return [`${profile.url}: no resource claims it`];
  const missing: string[] = [];
  for (const element of profile.elements.values()) {
    if (!isDemanded(element)) continue;
    const nodes = subjects.flatMap((one) => select(profile, one, element.id, records.packages)).filter(hasValue);
    for (const lack of lacksOf(records, element, nodes)) missing.push(`${profile.url} ${element.id}: ${lack}`);
  }
  return missing;
}

function lacksOf(records: Records, element: Element, nodes: readonly Node[]): readonly string[] {
  if (nodes.length === 0) return ['nowhere'];
  const types = element.id.endsWith('[x]') ? demandedTypes(element) : [];
  const lacks = types
    .filter((type) => !nodes.some((node) => node.type?.toLowerCase() === type.toLowerCase()))
    .map((type) => `never as ${type}`);
  const { each, any } = demandedTargets(element);
  if (any.length === 0 || nodes.every((node) => node.type !== undefined && node.type !== 'Reference')) return lacks;
  const targets = nodes.map(({ value }) => records.resolve(String((value as { reference?: string }).reference)));
  const points = (url: string) => targets.some((target) => target && claims(records, target, url));
  if (each.length === 0 && !any.some(points)) return [...lacks, `no reference to any of ${any.join(', ')}`];
  return [...lacks, ...each.filter((url) => !points(url)).map((url) => `no reference to ${url}`)];
}

/** Resources that claim the profile; of an extension, each use of it. */
export function subjectsOf(records: Records, profile: Profile): readonly object[] {
  if (profile.type !== 'Extension')
    return records.resources.filter((resource) => claims(records, resource, profile.url));
  return records.resources.flatMap((resource) => [...objects(resource)]).filter((one) => one.url === profile.url);
}

/** Claimed by name, by that of a profile derived from it, or by type; a version must be that of the package. */
function claims({ profiles }: Records, resource: ResourceJson, url: string): boolean {
  if (url === `http://hl7.org/fhir/StructureDefinition/${resource.resourceType}`) return true;
  if (url === 'http://hl7.org/fhir/StructureDefinition/Resource') return true;
  return (resource.meta?.profile ?? []).some((canonical) => {
    const [claimed, version] = canonical.split('|');
    if (version !== undefined && profiles.get(claimed ?? '')?.version !== version) return false;
    let at = claimed;
    while (at !== undefined && at !== url) at = profiles.get(at)?.base;
    return at === url;
  });
}

export function* objects(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const member of Object.values(value)) yield* objects(member);
}
