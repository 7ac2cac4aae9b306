import { dataType, type ElementDefinition } from '../definitions/element.ts';
import { isPrimitive, isResourceType, isType, typeDefinition } from '../definitions/type.ts';
import type { QuantityValue } from './quantity.ts';
import { isSystem } from './types.ts';
import { string, type TypedValue } from './value.ts';

/** Where the values of an element stand in the JSON of what holds it, and of which type they are. */
type Place = { readonly member: string; readonly companion: string | undefined; readonly type: string };

/** Reads the element `name` of items: to be kept where it is used, as it remembers the places in each type. */
export type MemberReader = (item: TypedValue, out: TypedValue[]) => void;

export function memberReader(name: string): MemberReader {
  const known = new Map<string, readonly Place[]>();
  return (item, out) => {
    let places = known.get(item.type);
    if (!places) {
      places = placesOf(item.type, name);
      known.set(item.type, places);
    }
    if (places.length > 0) readPlaces(places, source(item), out);
    else if (isSystem(item.type)) readSystem(item, name, out);
  };
}

/** A primitive's `id` and `extension` stand in its companion. */
function source(item: TypedValue): unknown {
  return isPrimitive(item.type) ? item.companion : item.value;
}

function placesOf(type: string, name: string): readonly Place[] {
  return elementsOf(type)
    .filter((element) => element.name === name)
    .flatMap(placesOfElement);
}

function elementsOf(type: string): readonly ElementDefinition[] {
  if (isPrimitive(type)) return typeDefinition('Element').elements;
  return isType(type) ? typeDefinition(type).elements : [];
}

function placesOfElement({ types }: ElementDefinition): Place[] {
  return types.map(({ name, member }) => {
    const type = dataType(name);
    return { member, companion: isPrimitive(type) ? `_${member}` : undefined, type };
  });
}

function readPlaces(places: readonly Place[], holder: unknown, out: TypedValue[]): void {
  if (!isObject(holder)) return;
  for (const { member, companion, type } of places) {
    const value = holder[member];
    if (companion !== undefined) readPrimitives(type, value, holder[companion], out);
    else if (Array.isArray(value)) for (const each of value) readComplex(type, each, out);
    else if (value !== undefined) readComplex(type, value, out);
  }
}

function readPrimitives(type: string, value: unknown, companion: unknown, out: TypedValue[]): void {
  if (!Array.isArray(value) && !Array.isArray(companion)) {
    readPrimitive(type, value, companion, out);
    return;
  }
  const [values, companions] = [list(value), list(companion)];
  const length = Math.max(values.length, companions.length);
  for (let at = 0; at < length; at++) readPrimitive(type, values[at], companions[at], out);
}

function readPrimitive(type: string, value: unknown, companion: unknown, out: TypedValue[]): void {
  if (isObject(companion)) out.push({ type, value: value ?? undefined, companion });
  else if (value !== undefined && value !== null) out.push({ type, value });
}

function readComplex(type: string, value: unknown, out: TypedValue[]): void {
  if (isObject(value)) out.push({ type: type === 'Resource' ? resourceTypeOf(value) : type, value });
}

function resourceTypeOf({ resourceType }: Readonly<Record<string, unknown>>): string {
  return typeof resourceType === 'string' && isResourceType(resourceType) ? resourceType : 'Resource';
}

function readSystem({ type, value }: TypedValue, name: string, out: TypedValue[]): void {
  if (type === 'System.TypeInfo') {
    const info = value as { readonly namespace: string; readonly name: string };
    if (name === 'namespace' || name === 'name') out.push(string(info[name]));
  } else if (type === 'System.Quantity') {
    const quantity = value as QuantityValue;
    if (name === 'value') out.push({ type: 'System.Decimal', value: quantity.value });
    else if (name === 'unit') out.push(string(quantity.unit));
  }
}

/** All elements of an item, in the order of its definition. */
export function readChildren(item: TypedValue, out: TypedValue[]): void {
  readPlaces(elementsOf(item.type).flatMap(placesOfElement), source(item), out);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
