import { dataType, type ElementDefinition } from '../../definitions/element.ts';
import { isPrimitive, isResourceType, typeDefinition } from '../../definitions/type.ts';
import type { Scope } from './scope.ts';

/** A value of a resource with its place: what FHIRPath calls a typed value, and where it hangs. */
export type Item = {
  /** `Observation`, `HumanName`, `Observation.component` for an element defined in place. */
  readonly type: string;
  readonly value: unknown;
  /** The `_member` beside a primitive value. */
  readonly companion?: unknown;
  /** The resource it belongs to. */
  readonly scope: Scope;
  /** Undefined for the resource that validation began with. */
  readonly parent?: Item;
  /** The element's name in its parent. */
  readonly name: string;
  /** Its place among others of the name, where the element repeats. */
  readonly index?: number;
};

export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as a JSON object; undefined where it is none, which the structure's check reports. */
export function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** FHIRPath of an item: `Patient.name[0].family`. */
export function placeOf(item: Item): string {
  if (!item.parent) return item.name;
  const index = item.index === undefined ? '' : `[${item.index}]`;
  return `${placeOf(item.parent)}.${item.name}${index}`;
}

type Elements = ReadonlyMap<string, ElementDefinition>;

const none: Elements = new Map();
const known = new Map<string, Elements>();
const primitiveElements: Elements = elementsByName('Element');

/** The elements of a type by name; primitives have an id and extensions. None for a type that R4 does not have. */
function elementsOf(type: string): Elements {
  if (isPrimitive(type)) return primitiveElements;
  const before = known.get(type);
  if (before) return before;
  const elements = elementsByName(type);
  known.set(type, elements);
  return elements;
}

function elementsByName(type: string): Elements {
  try {
    return new Map(typeDefinition(type).elements.map((element) => [element.name, element]));
  } catch {
    return none;
  }
}

/** The values of an element inside of an item, in order, whichever types they have; what has no right form is left out. */
export function childItems(parent: Item, name: string): readonly Item[] {
  const element = elementsOf(parent.type).get(name);
  return element ? itemsOf(parent, element) : [];
}

/** Every value inside of an item, one level deep. */
export function allChildItems(parent: Item): readonly Item[] {
  return [...elementsOf(parent.type).values()].flatMap((element) => itemsOf(parent, element));
}

const nothing: readonly Item[] = [];

function itemsOf(parent: Item, element: ElementDefinition): readonly Item[] {
  const object = objectOf(isPrimitive(parent.type) ? parent.companion : parent.value);
  if (!object) return nothing;
  for (const { member, name: type } of element.types) {
    const companions = isPrimitive(type) ? object[`_${member}`] : undefined;
    const values = object[member];
    if (values === undefined && companions === undefined) continue;
    if (element.max > 1) return listItems({ parent, element, type }, values, companions);
    const item = itemOf({ parent, element, type }, values, companions);
    return item ? [item] : nothing;
  }
  return nothing;
}

type Origin = { readonly parent: Item; readonly element: ElementDefinition; readonly type: string };

function listItems(origin: Origin, values: unknown, companions: unknown): readonly Item[] {
  const some = Array.isArray(values) ? values : [];
  const others = Array.isArray(companions) ? companions : [];
  const items: Item[] = [];
  for (let index = 0; index < Math.max(some.length, others.length); index++) {
    const item = itemOf(origin, some[index] ?? undefined, others[index] ?? undefined, index);
    if (item) items.push(item);
  }
  return items;
}

function itemOf(
  { parent, element, type }: Origin,
  value: unknown,
  companion: unknown,
  index?: number,
): Item | undefined {
  if (value === undefined && companion === undefined) return undefined;
  const own = type === 'Resource' ? objectOf(value)?.resourceType : dataType(type);
  if (typeof own !== 'string' || (type === 'Resource' && !isResourceType(own))) return undefined;
  return {
    type: own,
    value,
    ...(companion === undefined ? {} : { companion }),
    scope: parent.scope,
    parent,
    name: element.name,
    ...(index === undefined ? {} : { index }),
  };
}

/** Whether an item is a resource: the one that validation began with, a contained one, or one inside of a Bundle. */
export function isResourceItem(item: Item): boolean {
  return isResourceType(item.type);
}
