import { isPrimitive } from '../definitions/type.ts';
import { isEqualItem } from './equality.ts';
import { FhirPathError } from './error.ts';
import { type Frame, spend } from './frame.ts';
import { fhirPathLimits } from './limits.ts';
import { isObject } from './navigate.ts';
import { type SystemValue, systemValue } from './system.ts';
import { type Collection, string, type TypedValue } from './value.ts';

/** The one item of a collection, undefined for none. @throws {FhirPathError} for several */
export function single(items: Collection, what: string): TypedValue | undefined {
  if (items.length > 1) throw new FhirPathError(`${what} takes one item, not ${items.length}.`);
  return items[0];
}

/** The System value of the one item. @throws {FhirPathError} for several */
export function singleSystem(items: Collection, what: string): SystemValue | undefined {
  const item = single(items, what);
  return item && systemValue(item);
}

/** The one string of a collection. @throws {FhirPathError} for several items, or one that is no string */
export function singleString(items: Collection, what: string): string | undefined {
  const item = single(items, what);
  const value = item && systemValue(item);
  if (value?.type === 'System.String') return value.value;
  // A primitive with nothing but extensions is nothing; anything else is of a wrong type.
  if (item === undefined || (value === undefined && item.value === undefined)) return undefined;
  throw new FhirPathError(`${what} takes a String.`);
}

/** The one integer of a collection. @throws {FhirPathError} for several items, or one that is no Integer */
export function singleInteger(items: Collection, what: string): number | undefined {
  const value = singleSystem(items, what);
  if (value === undefined && items.length === 0) return undefined;
  if (value?.type !== 'System.Integer') throw new FhirPathError(`${what} takes an Integer.`);
  return value.value;
}

/**
 * A collection as a condition: no item is unknown, one boolean is itself, any other single item is true.
 * @throws {FhirPathError} for several items
 * @see https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections
 */
export function condition(items: Collection, what: string): boolean | undefined {
  const item = single(items, what);
  if (item === undefined) return undefined;
  if (item.type !== 'System.Boolean' && item.type !== 'boolean') return true;
  return typeof item.value === 'boolean' ? item.value : undefined;
}

/** A new string. @throws {FhirPathError} where it is longer than strings may grow */
export function text(value: string, frame: Frame): Collection {
  if (value.length > fhirPathLimits.string) {
    throw new FhirPathError(`The evaluation makes a string of more than ${fhirPathLimits.string} characters.`);
  }
  spend(frame, value.length >> 5);
  return [string(value)];
}

/** Without items that are equal to an earlier one. */
export function distinct(items: Collection, frame: Frame): Collection {
  if (items.length < 2) return items;
  const isNew = newcomers(frame);
  return items.filter(isNew);
}

/** Tells of one item after the other whether it is equal to none before it. */
export function newcomers(frame: Frame): (item: TypedValue) => boolean {
  const buckets = new Map<string, TypedValue[]>();
  return (item) => {
    spend(frame, 1);
    const key = bucketOf(item);
    const bucket = buckets.get(key);
    if (!bucket) {
      buckets.set(key, [item]);
      return true;
    }
    if (isIn(item, bucket, frame)) return false;
    bucket.push(item);
    return true;
  };
}

/** Equal items have equal keys; so only those with the same key need a closer look. */
function bucketOf(item: TypedValue): string {
  const { value } = item;
  const system = systemValue(item);
  if (system) return system.type === 'System.String' ? `"${system.value}` : '';
  if (isPrimitive(item.type) || !isObject(value)) return '';
  const texts = Object.entries(value).map(([name, each]) => (typeof each === 'string' ? `${name}:${each}` : name));
  return texts.sort().join();
}

export function isIn(item: TypedValue, items: Collection, frame: Frame): boolean {
  return items.some((other) => isEqualItem(item, other, frame) === true);
}
