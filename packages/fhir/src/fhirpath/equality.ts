import { numberText } from '../json/exact.ts';
import { compareDecimals, type Decimal, decimalOf, parseDecimal, rounded, trimmed } from './decimal.ts';
import { type Frame, spend } from './frame.ts';
import { isObject } from './navigate.ts';
import { areEquivalentQuantities, compareQuantities, type QuantityValue } from './quantity.ts';
import { type SystemValue, systemValue } from './system.ts';
import { compareTemporals } from './temporal.ts';
import type { Collection, TypedValue } from './value.ts';

/**
 * `=`: undefined where one side is empty, or where precision or units do not allow to tell.
 * @see https://hl7.org/fhirpath/N1/#equals
 */
export function areEqual(left: Collection, right: Collection, frame: Frame): boolean | undefined {
  if (left.length === 0 || right.length === 0) return undefined;
  if (left.length !== right.length) return false;
  let isCertain = true;
  for (let at = 0; at < left.length; at++) {
    const isEqual = isEqualItem(left[at]!, right[at]!, frame);
    if (isEqual === false) return false;
    if (isEqual === undefined) isCertain = false;
  }
  return isCertain ? true : undefined;
}

/** Whether two items are equal; undefined where that cannot be told. */
export function isEqualItem(a: TypedValue, b: TypedValue, frame: Frame): boolean | undefined {
  spend(frame, 1);
  const [x, y] = [systemValue(a), systemValue(b)];
  if (x && y) return isEqualSystem(x, y);
  if (x || y) return false;
  return isSameJson(a.value, b.value, strict(frame)) && isSameJson(a.companion, b.companion, strict(frame));
}

function isEqualSystem(a: SystemValue, b: SystemValue): boolean | undefined {
  const order = compareSystem(a, b);
  return order === 'incomparable' ? false : order === undefined ? undefined : order === 0;
}

/**
 * Negative, 0 or positive; undefined where precision or units do not allow to tell; `incomparable` for values of
 * different types.
 */
export function compareSystem(a: SystemValue, b: SystemValue): number | undefined | 'incomparable' {
  if (a.type === 'System.String' && b.type === 'System.String')
    return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
  if (a.type === 'System.Boolean' && b.type === 'System.Boolean') return Number(a.value) - Number(b.value);
  if (a.type === 'System.Integer' && b.type === 'System.Integer') return a.value - b.value;
  const [x, y] = [asDecimal(a), asDecimal(b)];
  if (x && y) return compareDecimals(x, y);
  const [p, q] = [asQuantity(a), asQuantity(b)];
  if (p && q) return compareQuantities(p, q);
  if (isTemporal(a) && isTemporal(b) && (a.type === 'System.Time') === (b.type === 'System.Time')) {
    return compareTemporals(a.value, b.value, a.type === 'System.Time');
  }
  return 'incomparable';
}

type TemporalValue = Extract<SystemValue, { readonly type: 'System.Date' | 'System.DateTime' | 'System.Time' }>;

export function isTemporal(item: SystemValue): item is TemporalValue {
  return item.type === 'System.Date' || item.type === 'System.DateTime' || item.type === 'System.Time';
}

/** An Integer or a Decimal. */
export function asDecimal(item: SystemValue): Decimal | undefined {
  if (item.type === 'System.Decimal') return item.value;
  return item.type === 'System.Integer' ? decimalOf(item.value) : undefined;
}

/** A Quantity, or a number as one without a unit. */
export function asQuantity(item: SystemValue): QuantityValue | undefined {
  if (item.type === 'System.Quantity') return item.value;
  const value = asDecimal(item);
  return value && { value, unit: '1', isCalendar: false };
}

/**
 * `~`: like `=` without regard to order, case, white space and the digits behind the last common one; never unknown.
 * @see https://hl7.org/fhirpath/N1/#equivalent
 */
export function areEquivalent(left: Collection, right: Collection, frame: Frame): boolean {
  if (left.length !== right.length) return false;
  const rest = [...right];
  return left.every((item) => {
    const at = rest.findIndex((other) => isEquivalentItem(item, other, frame));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

function isEquivalentItem(a: TypedValue, b: TypedValue, frame: Frame): boolean {
  spend(frame, 1);
  const [x, y] = [systemValue(a), systemValue(b)];
  if (x && y) return isEquivalentSystem(x, y);
  if (x || y) return false;
  return isSameJson(a.value, b.value, loose(frame)) && isSameJson(a.companion, b.companion, loose(frame));
}

function isEquivalentSystem(a: SystemValue, b: SystemValue): boolean {
  if (a.type === 'System.String' && b.type === 'System.String') return normalized(a.value) === normalized(b.value);
  const [x, y] = [asDecimal(a), asDecimal(b)];
  if (x && y) return isEquivalentDecimal(x, y);
  const [p, q] = [asQuantity(a), asQuantity(b)];
  if (p && q) return areEquivalentQuantities(p, q);
  return compareSystem(a, b) === 0;
}

function isEquivalentDecimal(a: Decimal, b: Decimal): boolean {
  const scale = Math.min(trimmed(a).scale, trimmed(b).scale);
  return compareDecimals(rounded(a, scale), rounded(b, scale)) === 0;
}

function normalized(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

/** How the texts and lists inside of complex values are compared. */
type Comparison = { readonly frame: Frame; readonly text: (text: string) => string; readonly isOrdered: boolean };

const strict = (frame: Frame): Comparison => ({ frame, text: (text) => text, isOrdered: true });
const loose = (frame: Frame): Comparison => ({ frame, text: normalized, isOrdered: false });

function isSameJson(a: unknown, b: unknown, how: Comparison): boolean {
  spend(how.frame, 1);
  if (a === b) return true;
  if (typeof a === 'string' && typeof b === 'string') return how.text(a) === how.text(b);
  const [x, y] = [numberText(a), numberText(b)];
  if (x !== undefined && y !== undefined) return isSameNumber(x, y);
  if (Array.isArray(a) && Array.isArray(b)) return isSameList(a, b, how);
  return isObject(a) && isObject(b) && x === undefined && y === undefined && isSameObject(a, b, how);
}

function isSameNumber(a: string, b: string): boolean {
  const [x, y] = [parseDecimal(a), parseDecimal(b)];
  return x !== undefined && y !== undefined && compareDecimals(x, y) === 0;
}

function isSameList(a: readonly unknown[], b: readonly unknown[], how: Comparison): boolean {
  if (a.length !== b.length) return false;
  if (how.isOrdered) return a.every((item, at) => isSameJson(item, b[at], how));
  const rest = [...b];
  return a.every((item) => {
    const at = rest.findIndex((other) => isSameJson(item, other, how));
    if (at >= 0) rest.splice(at, 1);
    return at >= 0;
  });
}

type Json = Readonly<Record<string, unknown>>;

function isSameObject(a: Json, b: Json, how: Comparison): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && isSameJson(a[name], b[name], how));
}
