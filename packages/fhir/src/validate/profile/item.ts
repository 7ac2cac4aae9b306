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
  readonly parent?: Item | undefined;
  /** The element's name in its parent. */
  readonly name: string;
  /** Its place among others of the name, where the element repeats. */
  readonly index?: number | undefined;
};

/** An object of parsed JSON. */
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

/** How the values of an element are read from JSON. */
type Reader = {
  readonly name: string;
  readonly isList: boolean;
  /** The members that may hold it: one, or several of a choice. */
  readonly members: readonly MemberReader[];
};

/** `companion`: the member beside a primitive, such as `_birthDate`. */
type MemberReader = { readonly member: string; readonly companion: string | undefined; readonly type: string };

/** The elements of a type by name, and by the JSON members that hold them. */
type Readers = { readonly byName: ReadonlyMap<string, Reader>; readonly byMember: ReadonlyMap<string, Reader> };

const known = new Map<string, Readers>();

/** The elements of a type; primitives have an id and extensions. None for a type that R4 does not have. */
function readersOf(type: string): Readers {
  const before = known.get(type);
  if (before) return before;
  const readers = makeReaders(isPrimitive(type) ? 'Element' : type);
  known.set(type, readers);
  return readers;
}

function makeReaders(type: string): Readers {
  const byName = new Map<string, Reader>();
  const byMember = new Map<string, Reader>();
  for (const element of definedElements(type)) {
    const members = element.types.map(({ member, name }) => ({
      member,
      companion: isPrimitive(name) ? `_${member}` : undefined,
      type: name === 'Resource' ? name : dataType(name),
    }));
    const reader = { name: element.name, isList: element.max > 1, members };
    byName.set(reader.name, reader);
    for (const { member, companion } of members) {
      byMember.set(member, reader);
      if (companion !== undefined) byMember.set(companion, reader);
    }
  }
  return { byName, byMember };
}

function definedElements(type: string): readonly ElementDefinition[] {
  try {
    return typeDefinition(type).elements;
  } catch {
    return [];
  }
}

const nothing: readonly Item[] = [];

/** The values of an element inside of an item, in order, whichever types they have; what has no right form is left out. */
export function childItems(parent: Item, name: string): readonly Item[] {
  const object = objectOf(parent.companion ?? parent.value);
  const reader = object && readersOf(parent.type).byName.get(name);
  return reader ? itemsOf(parent, object, reader) : nothing;
}

/** Every value inside of an item, one level deep. */
export function allChildItems(parent: Item): readonly Item[] {
  const object = objectOf(parent.companion ?? parent.value);
  if (!object) return nothing;
  const { byMember } = readersOf(parent.type);
  const readers = new Set<Reader>();
  for (const member in object) {
    const reader = byMember.get(member);
    if (reader) readers.add(reader);
  }
  return [...readers].flatMap((reader) => itemsOf(parent, object, reader));
}

function itemsOf(parent: Item, object: JsonObject, { name, isList, members }: Reader): readonly Item[] {
  for (const { member, companion, type } of members) {
    const values = object[member];
    const companions = companion === undefined ? undefined : object[companion];
    if (values === undefined && companions === undefined) continue;
    if (isList) return listItems({ parent, name, type }, values, companions);
    const item = itemOf({ parent, name, type }, values, companions);
    return item ? [item] : nothing;
  }
  return nothing;
}

type Origin = { readonly parent: Item; readonly name: string; readonly type: string };

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

/** A member of every item, whether it is there or not, makes all of them of one shape. */
function itemOf({ parent, name, type }: Origin, value: unknown, companion: unknown, index?: number): Item | undefined {
  if (value === undefined && companion === undefined) return undefined;
  const { scope } = parent;
  if (type !== 'Resource') return { type, value, companion, scope, parent, name, index };
  const own = objectOf(value)?.resourceType;
  if (typeof own !== 'string' || !isResourceType(own)) return undefined;
  return { type: own, value, companion, scope, parent, name, index };
}

/** Whether an item is a resource: the one that validation began with, a contained one, or one inside of a Bundle. */
export function isResourceItem(item: Item): boolean {
  return isResourceType(item.type);
}
