import { singleInteger, singleSystem } from '../collection.ts';
import { add, ceiling, type Decimal, floor, negate } from '../decimal.ts';
import { asDecimal } from '../equality.ts';
import { FhirPathError } from '../error.ts';
import { areComparable } from '../quantity.ts';
import type { SystemValue } from '../system.ts';
import { daysIn, type Temporal } from '../temporal.ts';
import { type Collection, integer, nothing, truth } from '../value.ts';
import { type FhirPathFunction, type FhirPathFunctions, ofInput, ofValue } from './definition.ts';

/** What a value may be, given its precision. Later than FHIRPath 2.0. @see https://hl7.org/fhirpath/#boundary-functions */
export const boundaries: FhirPathFunctions = {
  lowBoundary: { takes: [0, 1], run: boundary('low') },
  highBoundary: { takes: [0, 1], run: boundary('high') },
  precision: ofInput((input) => {
    const value = singleSystem(input, 'precision()');
    const precision = value && precisionOf(value);
    return precision === undefined ? nothing : [integer(precision)];
  }),
  comparable: ofValue((input, other) => {
    const [a, b] = [singleSystem(input, 'comparable()'), singleSystem(other, 'comparable()')];
    if (!a || !b) return nothing;
    if (a.type !== 'System.Quantity' || b.type !== 'System.Quantity') {
      throw new FhirPathError('comparable() takes Quantities.');
    }
    return truth(areComparable(a.value, b.value));
  }),
};

type Side = 'low' | 'high';

/** Digits of a date or time up to each of its parts. */
const dateDigits = [4, 6, 8, 10, 12, 14, 17];
const timeDigits = [2, 4, 6, 9];

function precisionOf(value: SystemValue): number | undefined {
  if (value.type === 'System.Time') return timeDigits[value.value.parts.length - 1];
  if (value.type === 'System.Date' || value.type === 'System.DateTime') return dateDigits[value.value.parts.length - 1];
  return asDecimal(value)?.scale;
}

function boundary(side: Side): FhirPathFunction['run'] {
  const name = `${side}Boundary()`;
  return (input, [parameter], frame): Collection => {
    const value = singleSystem(input, name);
    const digits = parameter && singleInteger(parameter(frame), name);
    if (!value) return nothing;
    const found = boundaryOf(side, value, digits);
    return found ? [found] : nothing;
  };
}

function boundaryOf(side: Side, value: SystemValue, digits: number | undefined): SystemValue | undefined {
  switch (value.type) {
    case 'System.Integer':
    case 'System.Decimal': {
      const decimal = ofDecimal(side, asDecimal(value)!, digits ?? 8);
      return decimal && { type: 'System.Decimal', value: decimal };
    }
    case 'System.Quantity': {
      const decimal = ofDecimal(side, value.value.value, digits ?? 8);
      return decimal && { type: value.type, value: { ...value.value, value: decimal } };
    }
    case 'System.Date':
    case 'System.DateTime':
    case 'System.Time':
      return ofTemporal(side, value, digits);
    default:
      throw new FhirPathError(`${side}Boundary() takes numbers, Quantities, dates and times.`);
  }
}

/** Half a unit of the last digit away, rounded outwards. */
function ofDecimal(side: Side, value: Decimal, digits: number): Decimal | undefined {
  if (digits < 0 || digits > 31) return undefined;
  const half = { digits: 5n, scale: value.scale + 1 };
  if (side === 'high') {
    const high = add(value, half);
    return high && ceiling(high, digits);
  }
  const low = add(value, negate(half));
  return low && floor(low, digits);
}

type TemporalItem = Extract<SystemValue, { readonly type: 'System.Date' | 'System.DateTime' | 'System.Time' }>;

function ofTemporal(side: Side, { type, value }: TemporalItem, digits: number | undefined): SystemValue | undefined {
  const scale = type === 'System.Time' ? timeDigits : dateDigits;
  const length = scale.indexOf(digits ?? (type === 'System.Date' ? 8 : scale.at(-1)!)) + 1;
  if (length === 0) return undefined;
  const parts = filled(side, type === 'System.Time' ? [0, 0, 0, ...value.parts] : value.parts, type === 'System.Time');
  const kept = type === 'System.Time' ? parts.slice(3, 3 + length) : parts.slice(0, length);
  return {
    type,
    value: { parts: kept, offset: kept.length > 3 && type !== 'System.Time' ? zone(side, value) : undefined },
  };
}

/** The first or the last moment that the given parts may mean. */
function filled(side: Side, given: readonly number[], isTime: boolean): readonly number[] {
  const [year = 1, month = side === 'low' ? 1 : 12, day, ...time] = given;
  const last = isTime ? 0 : daysIn(year, month);
  const limits = side === 'low' ? [0, 0, 0, 0] : [23, 59, 59, 999];
  return [year, month, day ?? (side === 'low' ? 1 : last), ...limits.map((limit, at) => time[at] ?? limit)];
}

/** A moment without a time zone may be in any: the first one is the easternmost's. */
function zone(side: Side, { offset }: Temporal): number {
  return offset ?? (side === 'low' ? 14 * 60 : -12 * 60);
}
