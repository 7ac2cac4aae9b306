import { toNumber } from './decimal.ts';
import { FhirPathError } from './error.ts';
import { type CalendarUnit, calendarUnit, type QuantityValue } from './quantity.ts';
import { daysIn, localMillis, partsOf, type Temporal } from './temporal.ts';

/** UCUM's units that are as long as the calendar's. Its year and month are not: they are numbers of days. */
const definite: Readonly<Record<string, CalendarUnit>> = {
  wk: 'week',
  d: 'day',
  h: 'hour',
  min: 'minute',
  s: 'second',
  ms: 'millisecond',
};

const millis: Readonly<Record<Exclude<CalendarUnit, 'year' | 'month'>, number>> = {
  week: 604_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};

/** How many of a temporal's parts a unit needs. */
const needed: Readonly<Record<CalendarUnit, number>> = {
  year: 1,
  month: 2,
  week: 3,
  day: 3,
  hour: 4,
  minute: 5,
  second: 6,
  millisecond: 7,
};

/**
 * A date or time that much later. Above seconds, fractions are dropped; a unit finer than the value is turned into its
 * precision first, so that `@2014 + 24 months` is `@2016`. Undefined beyond the years 1 to 9999.
 * @throws {FhirPathError} for a quantity that is no duration of the calendar
 * @see https://hl7.org/fhirpath/N1/#datetime-arithmetic
 */
export function addDuration(type: string, value: Temporal, quantity: QuantityValue): Temporal | undefined {
  const unit =
    calendarUnit(quantity.unit) ?? (Object.hasOwn(definite, quantity.unit) ? definite[quantity.unit] : undefined);
  if (!unit) throw new FhirPathError('Dates and times take durations in calendar units, such as 3 months or 2 days.');
  const exact = toNumber(quantity.value);
  const amount = unit === 'second' ? exact : Math.trunc(exact);
  if (type === 'System.Time') return addToTime(value, unit, amount);
  if (unit === 'year') return addMonths(value, amount * 12);
  if (unit === 'month') return addMonths(value, amount);
  return value.parts.length < 3 ? addToMonth(value, unit, amount) : addMillis(value, unit, amount);
}

function addMonths(value: Temporal, months: number): Temporal | undefined {
  const [year = 1, month, day, ...rest] = value.parts;
  if (month === undefined) return withYear(value, year + Math.trunc(months / 12));
  const count = year * 12 + (month - 1) + months;
  const [newYear, newMonth] = [Math.floor(count / 12), (((count % 12) + 12) % 12) + 1];
  if (!(newYear >= 1 && newYear <= 9999)) return undefined;
  const date = day === undefined ? [] : [Math.min(day, daysIn(newYear, newMonth))];
  return { offset: value.offset, parts: [newYear, newMonth, ...date, ...rest] };
}

function withYear(value: Temporal, year: number): Temporal | undefined {
  return year >= 1 && year <= 9999 ? { offset: value.offset, parts: [year] } : undefined;
}

/** Days are turned into years of 365 or months of 30, as FHIRPath converts them. */
function addToMonth(value: Temporal, unit: keyof typeof millis, amount: number): Temporal | undefined {
  const days = (amount * millis[unit]) / millis.day;
  return value.parts.length === 1
    ? addMonths(value, Math.trunc(days / 365) * 12)
    : addMonths(value, Math.trunc(days / 30));
}

function addMillis(value: Temporal, unit: keyof typeof millis, amount: number): Temporal | undefined {
  const precision = value.parts.length;
  const added = Math.trunc(amount * millis[unit]);
  const kept = needed[unit] <= precision ? added : truncatedTo(precision, added);
  const parts = partsOf(localMillis(value) + kept, precision);
  return parts && { offset: value.offset, parts };
}

/** Whole days, hours, minutes or seconds. */
function truncatedTo(precision: number, added: number): number {
  const unit = [millis.day, millis.hour, millis.minute, millis.second][precision - 3] ?? 1;
  return Math.trunc(added / unit) * unit;
}

/** A time of day goes round the clock. */
function addToTime(value: Temporal, unit: CalendarUnit, amount: number): Temporal {
  if (unit === 'year' || unit === 'month' || unit === 'week' || unit === 'day') {
    throw new FhirPathError('Times take durations in hours, minutes, seconds and milliseconds.');
  }
  const day = { parts: [2000, 1, 1, ...value.parts], offset: undefined };
  const moved = addMillis(day, unit, amount % 86_400_000);
  return { offset: undefined, parts: moved?.parts.slice(3) ?? value.parts };
}
