import { canonicalUnitOf } from '../ucum/quantity.ts';
import { plus, type Ratio, times } from '../ucum/ratio.ts';
import { parseUnit } from '../ucum/unit.ts';
import { add, type Decimal, divide, multiply, rounded } from './decimal.ts';

/** `System.Quantity`. `unit` is a UCUM code, or a calendar unit as written (`days`). */
export type QuantityValue = { readonly value: Decimal; readonly unit: string; readonly isCalendar: boolean };

/** The calendar units, and what they are in UCUM: but for years and months, which UCUM reckons in days, the same. */
const calendarUnits = {
  year: 'a',
  month: 'mo',
  week: 'wk',
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
} as const;

export type CalendarUnit = keyof typeof calendarUnits;

/** The calendar unit a word means, plural or not. @see https://hl7.org/fhirpath/N1/#time-valued-quantities */
export function calendarUnit(word: string): CalendarUnit | undefined {
  const singular = word.endsWith('s') ? word.slice(0, -1) : word;
  return Object.hasOwn(calendarUnits, singular) ? (singular as CalendarUnit) : undefined;
}

export function isCalendarUnit(word: string): boolean {
  return calendarUnit(word) !== undefined;
}

/** An amount in units that all amounts of `kind` share, and the size of the last digit it was written with. */
type Measure = { readonly kind: string; readonly amount: Ratio; readonly grain: Ratio };

function ratioOf({ digits, scale }: Decimal): Ratio {
  return { n: digits, d: 10n ** BigInt(scale) };
}

const yearsAndMonths: Readonly<Record<string, bigint>> = { year: 12n, month: 1n };

function measure({ value, unit, isCalendar }: QuantityValue, isApproximate: boolean): Measure {
  const word = isCalendar ? calendarUnit(unit) : undefined;
  const months = word && !isApproximate ? yearsAndMonths[word] : undefined;
  if (months !== undefined) return measured(value, 'calendar month', { n: months, d: 1n });
  const code = word ? calendarUnits[word] : unit;
  const parsed = parseUnit(code);
  if (!parsed) return measured(value, `text ${unit}`, { n: 1n, d: 1n });
  return measured(value, canonicalUnitOf(code) ?? code, parsed.factor, parsed.offset);
}

function measured(value: Decimal, kind: string, factor: Ratio, offset?: Ratio): Measure {
  const amount = ratioOf(value);
  return {
    kind,
    amount: times(offset ? plus(amount, offset) : amount, factor),
    grain: times({ n: 1n, d: 10n ** BigInt(value.scale) }, factor),
  };
}

function compareRatios(a: Ratio, b: Ratio): number {
  const [x, y] = [a.n * b.d, b.n * a.d];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Negative, 0 or positive; undefined where the units measure different things. */
export function compareQuantities(a: QuantityValue, b: QuantityValue): number | undefined {
  const [x, y] = [measure(a, false), measure(b, false)];
  return x.kind === y.kind ? compareRatios(x.amount, y.amount) : undefined;
}

/** Whether the units measure the same thing. */
export function areComparable(a: QuantityValue, b: QuantityValue): boolean {
  return compareQuantities(a, b) !== undefined;
}

/** `~`: the same up to the last digit of the less precise one. */
export function areEquivalentQuantities(a: QuantityValue, b: QuantityValue): boolean {
  const [x, y] = [measure(a, true), measure(b, true)];
  if (x.kind !== y.kind) return false;
  const grain = compareRatios(x.grain, y.grain) > 0 ? x.grain : y.grain;
  return inGrains(x.amount, grain) === inGrains(y.amount, grain);
}

function inGrains(amount: Ratio, grain: Ratio): bigint {
  const [over, under] = [amount.n * grain.d, amount.d * grain.n];
  return rounded({ digits: (over * 10n) / under, scale: 1 }, 0).digits;
}

/** In the smaller of the two units. Undefined where they measure different things, and for temperature scales. */
export function addQuantities(a: QuantityValue, b: QuantityValue): QuantityValue | undefined {
  const [x, y] = [measure(a, false), measure(b, false)];
  if (x.kind !== y.kind) return undefined;
  if (a.unit === b.unit) return withValue(a, add(a.value, b.value));
  const [small, large] = compareRatios(unitSize(a, x), unitSize(b, y)) <= 0 ? [a, b] : [b, a];
  const [of, to] = [unitSize(large, measure(large, false)), unitSize(small, measure(small, false))];
  const factor = divide({ digits: of.n * to.d, scale: 0 }, { digits: of.d * to.n, scale: 0 });
  const converted = factor && multiply(large.value, factor);
  return converted && withValue(small, add(small.value, converted));
}

function unitSize({ value }: QuantityValue, { grain }: Measure): Ratio {
  return times(grain, { n: 10n ** BigInt(value.scale), d: 1n });
}

function withValue(quantity: QuantityValue, value: Decimal | undefined): QuantityValue | undefined {
  return value && { ...quantity, value };
}

export function multiplyQuantities(a: QuantityValue, b: QuantityValue): QuantityValue | undefined {
  const [x, y] = [ucumCode(a), ucumCode(b)];
  const unit = x === '1' ? y : y === '1' ? x : `${grouped(x)}.${grouped(y)}`;
  return withUnit(multiply(a.value, b.value), unit);
}

export function divideQuantities(a: QuantityValue, b: QuantityValue): QuantityValue | undefined {
  const [x, y] = [ucumCode(a), ucumCode(b)];
  const unit = x === y ? '1' : y === '1' ? x : `${grouped(x)}/${grouped(y)}`;
  return withUnit(divide(a.value, b.value), unit);
}

function ucumCode({ unit, isCalendar }: QuantityValue): string {
  const word = isCalendar ? calendarUnit(unit) : undefined;
  return word ? calendarUnits[word] : unit;
}

function grouped(code: string): string {
  return /[./]/.test(code) ? `(${code})` : code;
}

/** Undefined where no unit can be made of the two. */
function withUnit(value: Decimal | undefined, unit: string): QuantityValue | undefined {
  return value && parseUnit(unit) ? { value, unit, isCalendar: false } : undefined;
}
