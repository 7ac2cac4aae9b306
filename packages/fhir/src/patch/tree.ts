import { compareDecimals, parseDecimal } from '../fhirpath/decimal.ts';
import { isExactNumber, numberText } from '../json/exact.ts';

/** JSON that is being changed: a copy of what was given. */
export type Tree = { [member: string]: unknown };

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** A copy down to the leaves. A member called `__proto__` stays a member. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  return isTree(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copyOf(each)])) : value;
}

/** Characters of a string that count as much as a value. */
const charactersOfOne = 128;

/**
 * Objects, arrays and primitive values in a JSON value, long strings counting more; as soon as there are more than
 * `limit`, a number above it.
 */
export function sizeOf(value: unknown, limit: number): number {
  const waiting: unknown[] = [value];
  let size = 0;
  for (let next = waiting.pop(); size <= limit; next = waiting.pop()) {
    size += typeof next === 'string' ? 1 + Math.floor(next.length / charactersOfOne) : 1;
    if (Array.isArray(next)) for (const each of next) waiting.push(each);
    else if (isTree(next)) waiting.push(...Object.values(next));
    if (waiting.length === 0) break;
  }
  return size;
}

/** How many objects and arrays are inside each other. */
export function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return 0;
  return 1 + Object.values(value).reduce((deepest: number, each) => Math.max(deepest, depthOf(each)), 0);
}

/**
 * Whether two JSON values are equal: numbers by value, objects whatever the order of their members.
 * @see https://www.rfc-editor.org/rfc/rfc6902#section-4.6
 */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [x, y] = [numberText(a), numberText(b)];
  if (x !== undefined || y !== undefined) return x !== undefined && y !== undefined && isSameNumber(x, y);
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, at) => isSame(each, b[at]));
  if (!isTree(a) || !isTree(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
  );
}

function isSameNumber(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [parseDecimal(a), parseDecimal(b)];
  return x !== undefined && y !== undefined && compareDecimals(x, y) === 0;
}
