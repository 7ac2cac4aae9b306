import { dataType, type ElementDefinition } from '../definitions/element.ts';
import { isPrimitive, isResourceType, isType, typeDefinition } from '../definitions/type.ts';
import type { QuantityValue } from './quantity.ts';
import { isSystem } from './types.ts';
import { string, type TypedValue } from './value.ts';

/** Where the values of an element stand in the JSON of what holds it, and of which type they are. */
type Slot = { readonly member: string; readonly companion: string | undefined; readonly type: string };

/** Reads the element `name` of items: to be kept where it is used, as it remembers the slots of each type. */
export type MemberReader = (item: TypedValue, out: TypedValue[]) => void;

export function memberReader(name: string): MemberReader {
  const known = new Map<string, readonly Slot[]>();
  return (item, out) => {
    let slots = known.get(item.type);
    if (!slots) {
      slots = slotsOf(item.type, name);
      // The type of a resource that nobody has validated may be any text.
      if (isType(item.type)) known.set(item.type, slots);
    }
    if (slots.length > 0) readSlots(slots, item, out);
    else if (isSystem(item.type)) readSystem(item, name, out);
  };
}

function slotsOf(type: string, name: string): readonly Slot[] {
  return elementsOf(type)
    .filter((element) => element.name === name)
    .flatMap(slotsOfElement);
}

function elementsOf(type: string): readonly ElementDefinition[] {
  if (isPrimitive(type)) return typeDefinition('Element').elements;
  return isType(type) ? typeDefinition(type).elements : [];
}

function slotsOfElement({ types }: ElementDefinition): Slot[] {
  return types.map(({ name, member }) => {
    const type = dataType(name);
    return { member, companion: isPrimitive(type) ? `_${member}` : undefined, type };
  });
}

/** A primitive's `id` and `extension` stand in its companion. */
function readSlots(slots: readonly Slot[], item: TypedValue, out: TypedValue[]): void {
  const json = isPrimitive(item.type) ? item.companion : item.value;
  if (!isObject(json)) return;
  for (const slot of slots) {
    const value = json[slot.member];
    const companion = slot.companion === undefined ? undefined : json[slot.companion];
    if (value === undefined && companion === undefined) continue;
    const of = { slot, holder: item };
    if (!Array.isArray(value) && !Array.isArray(companion)) {
      read(of, undefined, value, companion, out);
      continue;
    }
    const [values, companions] = [list(value), list(companion)];
    const length = Math.max(values.length, companions.length);
    for (let at = 0; at < length; at++) read(of, at, values[at], companions[at], out);
  }
}

type Source = { readonly slot: Slot; readonly holder: TypedValue };

/** Items of one shape and no object for the parameters, as nothing runs as often as this. */
function read(
  { slot, holder }: Source,
  index: number | undefined,
  value: unknown,
  companion: unknown,
  out: TypedValue[],
): void {
  const place = holder.place && ({ kind: 'element', holder, member: slot.member, index } as const);
  if (slot.companion === undefined) {
    if (!isObject(value)) return;
    const type = slot.type === 'Resource' ? resourceTypeOf(value) : slot.type;
    out.push({ type, value, companion: undefined, place });
  } else if (isObject(companion)) out.push({ type: slot.type, value: value ?? undefined, companion, place });
  else if (value !== undefined && value !== null) out.push({ type: slot.type, value, companion: undefined, place });
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

const slotsOfTypes = new Map<string, readonly Slot[]>();

/** All elements of an item, in the order of its definition. */
export function readChildren(item: TypedValue, out: TypedValue[]): void {
  const { type } = item;
  let slots = slotsOfTypes.get(type);
  if (!slots) {
    slots = elementsOf(type).flatMap(slotsOfElement);
    if (isType(type)) slotsOfTypes.set(type, slots);
  }
  readSlots(slots, item, out);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
