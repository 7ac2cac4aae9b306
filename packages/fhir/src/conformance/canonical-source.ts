/** A resource that is known by its canonical URL: a StructureDefinition, ValueSet, CodeSystem, SearchParameter, … */
export type CanonicalResource = {
  readonly resourceType: string;
  readonly url: string;
  readonly version?: string;
  readonly [member: string]: unknown;
};

/**
 * Where canonical resources are found. Answers at once: whoever makes one has its texts at hand.
 * @see https://hl7.org/fhir/R4/references.html#canonical
 */
export type CanonicalSource = {
  /** @param canonical a URL, perhaps with `|version`; without one the newest version at hand is meant */
  find(resourceType: string, canonical: string): CanonicalResource | undefined;
  /** The canonicals of all resources of a type, each as `url|version` or `url`. */
  list(resourceType: string): readonly string[];
};

/** A source that holds nothing. */
export const noCanonicals: CanonicalSource = { find: () => undefined, list: () => [] };

/** The types of the resources that are kept as canonicals: those from which the server learns something. */
export const canonicalTypes = [
  'CapabilityStatement',
  'CodeSystem',
  'CompartmentDefinition',
  'ConceptMap',
  'GraphDefinition',
  'ImplementationGuide',
  'OperationDefinition',
  'SearchParameter',
  'StructureDefinition',
  'StructureMap',
  'ValueSet',
] as const;

/** `url|version` in its two parts. */
export function splitCanonical(canonical: string): { readonly url: string; readonly version?: string } {
  const bar = canonical.indexOf('|');
  return bar < 0 ? { url: canonical } : { url: canonical.slice(0, bar), version: canonical.slice(bar + 1) };
}

/** The two parts in one. */
export function canonicalOf({ url, version }: { readonly url: string; readonly version?: string | undefined }): string {
  return version === undefined ? url : `${url}|${version}`;
}
