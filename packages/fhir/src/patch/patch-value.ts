import { dataType, type ElementDefinition, type ElementType } from '../definitions/element.ts';
import { isPrimitive, isResourceType, typeDefinition } from '../definitions/type.ts';
import type { Refuse } from './error.ts';
import { type Entry, entriesOf, writeEntries, writeEntry } from './list.ts';
import { isTree, type Tree } from './tree.ts';

/** What an operation puts in: a value of a named type, a resource, or the parts of an element that has no name. */
export type PatchValue =
  | { readonly kind: 'value'; readonly type: string; readonly entry: Entry }
  | { readonly kind: 'parts'; readonly parts: readonly NamedValue[] };

export type NamedValue = { readonly name: string; readonly value: PatchValue };

/** Reads `value[x]`, `resource` or `part` of a parameter. @throws {FhirError} 400 where there is none */
export function parseValue(parameter: Tree, refuse: Refuse): PatchValue {
  for (const { name, types } of typeDefinition('Parameters.parameter').elements) {
    if (name !== 'value') continue;
    const type = types.find(({ member }) => Object.hasOwn(parameter, member) || Object.hasOwn(parameter, `_${member}`));
    if (type) return { kind: 'value', type: dataType(type.name), entry: entryOf(parameter, type.member) };
  }
  const { resource, part } = parameter;
  if (isTree(resource) && typeof resource.resourceType === 'string' && isResourceType(resource.resourceType)) {
    return { kind: 'value', type: resource.resourceType, entry: { value: resource, companion: null } };
  }
  if (!Array.isArray(part)) throw refuse.malformed('A value is given as value[x], resource or part.');
  return { kind: 'parts', parts: part.map((each) => namedValue(each, refuse)) };
}

function entryOf(parameter: Tree, member: string): Entry {
  return { value: parameter[member] ?? null, companion: parameter[`_${member}`] ?? null };
}

function namedValue(part: unknown, refuse: Refuse): NamedValue {
  const name = isTree(part) ? part.name : undefined;
  if (!isTree(part) || typeof name !== 'string') throw refuse.malformed('Each part of a value has a name.');
  return { name, value: parseValue(part, refuse) };
}

/** The element of a type with a name, which may be that of one of a choice: `value` or `valueQuantity`. */
export function elementNamed(type: string, name: string, refuse: Refuse): ElementDefinition {
  const { elements } = typeDefinition(isPrimitive(type) ? 'Element' : type);
  const element = elements.find((each) => each.name === name || each.types.some(({ member }) => member === name));
  if (!element) throw refuse.inapplicable(`${type} has no element of the name that is given.`, 'not-found');
  if (!element.isChoice || element.name === name) return element;
  return { ...element, types: element.types.filter(({ member }) => member === name) };
}

/** A value as JSON, and the member it belongs to. */
export type Placed = { readonly member: string; readonly entry: Entry };

/** @throws {FhirError} 422 for a value whose type the element does not take */
export function placedAs(element: ElementDefinition, value: PatchValue, refuse: Refuse): Placed {
  if (value.kind === 'parts') {
    const [type, ...others] = element.types;
    if (!type || others.length > 0 || isPrimitive(type.name) || type.name === 'Resource')
      throw wrongType(element, refuse);
    return {
      member: type.member,
      entry: { value: assembled(dataType(type.name), value.parts, refuse), companion: null },
    };
  }
  const type = typeFor(element, value);
  if (!type) throw wrongType(element, refuse);
  return { member: type.member, entry: value.entry };
}

function wrongType({ name, types }: ElementDefinition, refuse: Refuse): Error {
  const named = types.slice(0, 5).map((type) => dataType(type.name));
  return refuse.inapplicable(`The element ${name} takes ${named.join(', ')}${types.length > 5 ? ', …' : ''}.`, 'value');
}

/** The same type; else, for primitives, the one that JSON writes alike: a string for a code or a date. */
function typeFor(
  { types }: ElementDefinition,
  { type, entry }: Extract<PatchValue, { kind: 'value' }>,
): ElementType | undefined {
  const exact = types.find(({ name }) => dataType(name) === type || (name === 'Resource' && isResourceType(type)));
  if (exact || !isPrimitive(type)) return exact;
  const alike = types.filter(({ name }) => isPrimitive(name) && jsonKind(name) === jsonKind(type));
  return alike.length === 1 && entry.value !== null ? alike[0] : undefined;
}

function jsonKind(primitive: string): 'boolean' | 'number' | 'string' {
  if (primitive === 'boolean') return 'boolean';
  return /^(?:decimal|integer|positiveInt|unsignedInt)$/.test(primitive) ? 'number' : 'string';
}

/** An element made of parts. */
function assembled(type: string, parts: readonly NamedValue[], refuse: Refuse): Tree {
  const json: Tree = {};
  for (const { name, value } of parts) addElement({ json, type, refuse }, name, value);
  return json;
}

/** The JSON of a complex value, or the companion of a primitive one. */
export type Holder = { readonly json: Tree; readonly type: string; readonly refuse: Refuse };

/** Appends to a repeating element, or sets another one. @throws {FhirError} 422 where it is there already */
export function addElement({ json, type, refuse }: Holder, name: string, value: PatchValue): void {
  const element = elementNamed(type, name, refuse);
  const { member, entry } = placedAs(element, value, refuse);
  if (element.max > 1) {
    writeEntries(json, member, [...entriesOf(json, member), entry]);
    return;
  }
  const { types } = elementNamed(type, element.name, refuse);
  const isThere = types.some((each) => Object.hasOwn(json, each.member) || Object.hasOwn(json, `_${each.member}`));
  if (isThere) throw refuse.inapplicable(`The element ${element.name} is there already. Use replace.`, 'duplicate');
  writeEntry(json, member, entry);
}
