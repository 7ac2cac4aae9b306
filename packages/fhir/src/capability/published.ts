import {
  type CanonicalResource,
  type CanonicalSource,
  canonicalOf,
  splitCanonical,
} from '../conformance/canonical-source.ts';

/** What a server's packages, and what its chart holds of their kind, let a statement claim. */
export type Published = {
  /** Canonical URLs of profiles, by resource type. */
  readonly profiles: ReadonlyMap<string, readonly string[]>;
  /** Canonicals of ImplementationGuides, with their versions. */
  readonly guides: readonly string[];
  /** Canonical URLs of those CapabilityStatements which this server meets where their guide is installed. */
  readonly instantiates: readonly string[];
};

/**
 * The roles of a guide that are built here. A package may bring others, which having its definitions does not fulfil:
 * those of its clients, or of servers that do more.
 */
const met: ReadonlySet<string> = new Set(['http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server']);

/** Reads the newest version of each canonical. @param installed without what is built in, which says nothing of a site */
export function publishedBy(installed: CanonicalSource): Published {
  const profiles = new Map<string, string[]>();
  for (const { url, type, derivation, status } of newest(installed, 'StructureDefinition')) {
    if (derivation !== 'constraint' || typeof type !== 'string' || status === 'retired') continue;
    const ofType = profiles.get(type);
    if (ofType) ofType.push(url);
    else profiles.set(type, [url]);
  }
  const statements = [...newest(installed, 'CapabilityStatement')].filter(({ kind }) => kind === 'requirements');
  return {
    profiles,
    guides: [...newest(installed, 'ImplementationGuide')].map(canonicalOf),
    instantiates: statements.map(({ url }) => url).filter((url) => met.has(url)),
  };
}

function* newest(source: CanonicalSource, resourceType: string): Iterable<CanonicalResource> {
  const urls = new Set(source.list(resourceType).map((canonical) => splitCanonical(canonical).url));
  for (const url of [...urls].sort()) {
    const found = source.find(resourceType, url);
    if (found) yield found;
  }
}
