import type { CanonicalResource } from '../conformance/canonical-source.ts';

/** @see https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept.designation */
export type Designation = {
  readonly language?: string;
  readonly use?: { readonly system?: string; readonly code?: string; readonly display?: string };
  readonly value: string;
};

/** A property of a concept: `code` and one `value[x]`. */
export type ConceptProperty = { readonly code: string; readonly [value: string]: unknown };

/** @see https://hl7.org/fhir/R4/codesystem-definitions.html#CodeSystem.concept */
type SourceConcept = {
  readonly code: string;
  readonly display?: string;
  readonly definition?: string;
  readonly designation?: readonly Designation[];
  readonly property?: readonly ConceptProperty[];
  readonly concept?: readonly SourceConcept[];
};

/** A concept in its place in the hierarchy. */
export type Concept = {
  readonly code: string;
  readonly display?: string;
  readonly definition?: string;
  readonly designations: readonly Designation[];
  readonly properties: readonly ConceptProperty[];
  readonly parents: ReadonlySet<Concept>;
  readonly children: ReadonlySet<Concept>;
  /** A heading that no record may hold. */
  readonly isAbstract: boolean;
  readonly isInactive: boolean;
};

/** The concepts of a code system. */
export type CodeSystem = {
  readonly url: string;
  readonly version?: string;
  readonly name?: string;
  /** Whether what is not here is no code of the system. */
  readonly isComplete: boolean;
  readonly isCaseSensitive: boolean;
  /** In the order of the definition. */
  readonly concepts: readonly Concept[];
  find(code: string): Concept | undefined;
};

type Growing = Concept & { readonly parents: Set<Concept>; readonly children: Set<Concept> };

const compiled = new WeakMap<CanonicalResource, CodeSystem>();

/**
 * The concepts of a CodeSystem resource, remembered as long as the resource is. Hierarchies come from nested concepts and
 * from the properties `parent`, `child` and `subsumedBy`. @see https://hl7.org/fhir/R4/codesystem.html#hierarchy
 */
export function codeSystemOf(resource: CanonicalResource): CodeSystem {
  const known = compiled.get(resource);
  if (known) return known;
  const made = compile(resource);
  compiled.set(resource, made);
  return made;
}

function compile(resource: CanonicalResource): CodeSystem {
  const { url, version, name, content, caseSensitive } = resource;
  const isCaseSensitive = caseSensitive !== false;
  const keyOf = (code: string) => (isCaseSensitive ? code : code.toLowerCase());
  const byCode = new Map<string, Growing>();
  const concepts: Growing[] = [];
  grow((resource.concept ?? []) as readonly SourceConcept[], undefined);
  for (const concept of concepts) linkByProperties(concept, (code) => byCode.get(keyOf(code)));
  return {
    url,
    ...(version === undefined ? {} : { version }),
    ...(typeof name === 'string' ? { name } : {}),
    isComplete: content === 'complete',
    isCaseSensitive,
    concepts,
    find: (code) => byCode.get(keyOf(code)),
  };

  function grow(sources: readonly SourceConcept[], parent: Growing | undefined): void {
    for (const source of sources) {
      const key = keyOf(source.code);
      let concept = byCode.get(key);
      if (!concept) {
        concept = conceptOf(source);
        byCode.set(key, concept);
        concepts.push(concept);
      }
      if (parent) link(parent, concept);
      if (source.concept) grow(source.concept, concept);
    }
  }
}

function conceptOf(source: SourceConcept): Growing {
  const { code, display, definition, designation = [], property = [] } = source;
  return {
    code,
    ...(display === undefined ? {} : { display }),
    ...(definition === undefined ? {} : { definition }),
    designations: designation,
    properties: property,
    parents: new Set(),
    children: new Set(),
    isAbstract: property.some((one) => (one.code === 'notSelectable' || one.code === 'abstract') && isTrue(one)),
    isInactive: property.some(isInactivity),
  };
}

function isTrue(property: ConceptProperty): boolean {
  return String(propertyValue(property)) === 'true';
}

/** @see https://hl7.org/fhir/R4/codesystem-concept-properties.html */
function isInactivity(property: ConceptProperty): boolean {
  if (property.code === 'inactive') return isTrue(property);
  return property.code === 'status' && ['retired', 'inactive', 'withdrawn'].includes(String(propertyValue(property)));
}

function linkByProperties(concept: Growing, find: (code: string) => Growing | undefined): void {
  for (const property of concept.properties) {
    const isUp = property.code === 'parent' || property.code === 'subsumedBy';
    if (!isUp && property.code !== 'child') continue;
    const other = find(String(propertyValue(property)));
    if (!other || other === concept) continue;
    if (isUp) link(other, concept);
    else link(concept, other);
  }
}

function link(parent: Growing, child: Growing): void {
  parent.children.add(child);
  child.parents.add(parent);
}

/** The value of a property, of a Coding its code. */
export function propertyValue(property: ConceptProperty): unknown {
  const member = Object.keys(property).find((name) => name.startsWith('value'));
  const value = member === undefined ? undefined : property[member];
  return typeof value === 'object' && value !== null ? (value as { readonly code?: unknown }).code : value;
}

/** The concept and everything below it; circles are walked once. */
export function withDescendants(concept: Concept): ReadonlySet<Concept> {
  return closure(concept, (one) => one.children);
}

/** The concept and everything above it. */
export function withAncestors(concept: Concept): ReadonlySet<Concept> {
  return closure(concept, (one) => one.parents);
}

function closure(start: Concept, next: (concept: Concept) => ReadonlySet<Concept>): ReadonlySet<Concept> {
  const found = new Set([start]);
  for (const concept of found) for (const other of next(concept)) found.add(other);
  return found;
}
