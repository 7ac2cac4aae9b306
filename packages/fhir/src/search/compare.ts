import type { DateValue, NumberValue } from './ast.ts';
import type { Interval } from './date.ts';

/**
 * Whether a stored date, `[lo, hi)`, meets a search value. `eq` wants it within the search's interval; the orders
 * look at the part of time beyond that interval; `sa` and `eb` at intervals that lie there as a whole.
 * @see https://hl7.org/fhir/R4/search.html#prefix
 */
export function meetsDate({ prefix, lo, hi }: DateValue, stored: Interval): boolean {
  const isWithin = stored.lo >= lo && stored.hi <= hi;
  switch (prefix) {
    case 'eq':
      return isWithin;
    case 'ne':
      return !isWithin;
    case 'gt':
      return stored.hi > hi;
    case 'lt':
      return stored.lo < lo;
    case 'ge':
      return stored.hi > hi || isWithin;
    case 'le':
      return stored.lo < lo || isWithin;
    case 'sa':
      return stored.lo >= hi;
    case 'eb':
      return stored.hi <= lo;
    case 'ap':
      return stored.lo < hi && stored.hi > lo;
    default:
      return prefix satisfies never;
  }
}

/**
 * Whether a stored number, `[lo, hi]` closed, meets a search value. `eq` and `ne` go by the written precision, `ap` by
 * the widened interval, its ends included; the orders compare with the number itself.
 * @see https://hl7.org/fhir/R4/search.html#number
 */
export function meetsNumber(search: NumberValue, stored: Interval): boolean {
  const { prefix, value, lo, hi } = search;
  switch (prefix) {
    case 'eq':
      return isEqual(search, stored);
    case 'ne':
      return !isEqual(search, stored);
    case 'gt':
      return stored.hi > value;
    case 'lt':
      return stored.lo < value;
    case 'ge':
      return stored.hi >= value;
    case 'le':
      return stored.lo <= value;
    case 'sa':
      return stored.lo > value;
    case 'eb':
      return stored.hi < value;
    case 'ap':
      return stored.lo <= hi && stored.hi >= lo;
    default:
      return prefix satisfies never;
  }
}

function isEqual({ value, lo, hi }: NumberValue, stored: Interval): boolean {
  // Beyond the precision of a double the interval may have shrunk to the number itself.
  return (stored.lo >= lo && stored.hi < hi) || (stored.lo === value && stored.hi === value);
}
