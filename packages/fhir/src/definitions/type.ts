import { type CompactElements, r4 } from './compact.ts';
import { type ElementDefinition, parseElement } from './element.ts';

/** A resource type, a data type, or an element defined in place (`Observation.component`). */
export type TypeDefinition = {
  readonly name: string;
  readonly isResource: boolean;
  readonly elements: readonly ElementDefinition[];
};

const abstract = new Set(['Resource', 'DomainResource']);

/** The 146 resource types of R4 that a resource can be of, sorted. */
export const resourceTypes: readonly string[] = Object.keys(r4.resources).filter(
  (name) => !name.includes('.') && !abstract.has(name),
);

const known: ReadonlySet<string> = new Set(resourceTypes);

/** Whether `text` names a resource type of R4, abstract ones aside. */
export function isResourceType(text: string): boolean {
  return known.has(text);
}

/** Whether `name` is a primitive type, such as `dateTime`. */
export function isPrimitive(name: string): boolean {
  return Object.hasOwn(r4.primitives, name);
}

/** Whether `name` is any type of R4, abstract ones and elements defined in place included. */
export function isType(name: string): boolean {
  return isPrimitive(name) || Object.hasOwn(r4.resources, name) || Object.hasOwn(r4.datatypes, name);
}

const types = new Map<string, TypeDefinition>();

/**
 * The definition of a type or of an element defined in place.
 * @param name `Patient`, `HumanName`, `Patient.contact`, `Resource`
 * @throws {Error} if R4 has no such type; a resource type that a stranger names is checked by {@link isResourceType}
 */
export function typeDefinition(name: string): TypeDefinition {
  const cached = types.get(name);
  if (cached) return cached;
  const elements = elementsOf(r4.resources, name) ?? elementsOf(r4.datatypes, name);
  if (!elements) throw new Error(`R4 has no type ${name}`);
  const definition: TypeDefinition = {
    name,
    isResource: known.has(name) || abstract.has(name),
    elements: Object.entries(elements).map(([element, line]) => parseElement(element, line)),
  };
  types.set(name, definition);
  return definition;
}

function elementsOf(section: Section, name: string): CompactElements | undefined {
  return Object.hasOwn(section, name) ? section[name] : undefined;
}

type Section = Readonly<Record<string, CompactElements>>;
