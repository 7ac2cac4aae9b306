import { number } from '../arithmetic.ts';
import { singleInteger, singleSystem } from '../collection.ts';
import { ceiling, type Decimal, decimalOf, floor, multiply, negate, rounded, toNumber } from '../decimal.ts';
import { asDecimal } from '../equality.ts';
import { FhirPathError } from '../error.ts';
import type { Frame } from '../frame.ts';
import type { SystemValue } from '../system.ts';
import { type Collection, integer, nothing } from '../value.ts';
import { type FhirPathFunction, type FhirPathFunctions, ofInput } from './definition.ts';

/** @see https://hl7.org/fhirpath/N1/#math-1 */
export const math: FhirPathFunctions = {
  abs: ofInput(absolute),
  ceiling: ofNumber('ceiling()', (value) => number(ceiling(value), true)),
  floor: ofNumber('floor()', (value) => number(floor(value), true)),
  truncate: ofNumber('truncate()', (value) => number(value.digits < 0n ? ceiling(value) : floor(value), true)),
  round: { takes: [0, 1], run: round },
  exp: ofNumber('exp()', (value) => floating(Math.exp(toNumber(value)))),
  ln: ofNumber('ln()', (value) => floating(Math.log(toNumber(value)))),
  sqrt: ofNumber('sqrt()', (value) => floating(Math.sqrt(toNumber(value)))),
  log: ofTwo('log()', (value, base) => floating(logarithm(toNumber(value), toNumber(base)))),
  power: ofTwo('power()', power),
};

function numberIn(input: Collection, name: string): Decimal | undefined {
  const value = singleSystem(input, name);
  const decimal = value && asDecimal(value);
  if (decimal === undefined && input.length > 0) throw new FhirPathError(`${name} takes a number.`);
  return decimal;
}

function ofNumber(name: string, run: (value: Decimal) => Collection): FhirPathFunction {
  return ofInput((input) => {
    const value = numberIn(input, name);
    return value ? run(value) : nothing;
  });
}

function ofTwo(name: string, run: (value: Decimal, other: Decimal, isWhole: boolean) => Collection): FhirPathFunction {
  return {
    takes: [1, 1],
    run: (input, [parameter], frame) => {
      const [value, items] = [numberIn(input, name), parameter!(frame)];
      const other = numberIn(items, name);
      const isWhole = isInteger(singleSystem(input, name)) && isInteger(singleSystem(items, name));
      return value && other ? run(value, other, isWhole) : nothing;
    },
  };
}

function isInteger(value: SystemValue | undefined): boolean {
  return value?.type === 'System.Integer';
}

/** What has no finite result is empty. */
function floating(value: number): Collection {
  return number(decimalOf(value), false);
}

function logarithm(value: number, base: number): number {
  if (base === 2) return Math.log2(value);
  return base === 10 ? Math.log10(value) : Math.log(value) / Math.log(base);
}

/** Exact for whole exponents that are not too large. */
function power(value: Decimal, exponent: Decimal, isWhole: boolean): Collection {
  const times = toNumber(exponent);
  if (!Number.isInteger(times) || times < 0 || times > 100) return floating(toNumber(value) ** times);
  let product: Decimal | undefined = { digits: 1n, scale: 0 };
  for (let i = 0; i < times && product; i++) product = multiply(product, value);
  return number(product, isWhole);
}

function absolute(input: Collection): Collection {
  const value = singleSystem(input, 'abs()');
  const positive = (decimal: Decimal) => (decimal.digits < 0n ? negate(decimal) : decimal);
  switch (value?.type) {
    case undefined:
      return nothing;
    case 'System.Integer':
      return [integer(Math.abs(value.value))];
    case 'System.Decimal':
      return [{ type: value.type, value: positive(value.value) }];
    case 'System.Quantity':
      return [{ type: value.type, value: { ...value.value, value: positive(value.value.value) } }];
    default:
      throw new FhirPathError('abs() takes a number or a Quantity.');
  }
}

function round(input: Collection, [precision]: Parameters<FhirPathFunction['run']>[1], frame: Frame): Collection {
  const value = numberIn(input, 'round()');
  const digits = precision ? (singleInteger(precision(frame), 'round()') ?? 0) : 0;
  if (digits < 0 || digits > 28) throw new FhirPathError('round() takes a precision from 0 to 28.');
  return value ? number(rounded(value, digits), false) : nothing;
}
