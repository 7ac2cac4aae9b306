import { plus, power, type Ratio, ratioOf, times, toNumber } from './ratio.ts';
import { parseUnit, type Unit } from './unit.ts';

/** The system of UCUM's codes. */
export const ucum = 'http://unitsofmeasure.org';

/** A value in base units. `unit` names them in one order, such as `g.m-3`; `1` for a pure number. */
export type CanonicalQuantity = { readonly value: number; readonly unit: string };

/** Whether a text is a UCUM expression. @see https://ucum.org/ucum */
export function isUnit(code: string): boolean {
  return parseUnit(code) !== undefined;
}

/**
 * A quantity in base units: equal amounts come to the same value, whatever they were measured in (5.4 mg/dL is
 * 54 `g.m-3`, and so is 0.054 g/L). Undefined where the code is no UCUM expression, or the value beyond a double.
 * @param value a number, or a decimal as written
 */
export function canonicalQuantity(value: number | string, code: string): CanonicalQuantity | undefined {
  const unit = parseUnit(code);
  const amount = unit && amountIn(unit, value);
  const canonical = amount && toNumber(amount);
  return unit && canonical !== undefined ? { value: canonical, unit: canonicalUnit(unit) } : undefined;
}

/** The base units of a code, in which `canonicalQuantity` gives its values. Undefined for what is no UCUM expression. */
export function canonicalUnitOf(code: string): string | undefined {
  const unit = parseUnit(code);
  return unit && canonicalUnit(unit);
}

/** A value in another unit of the same kind. Undefined where a code is none, or they measure different things. */
export function convertQuantity(value: number | string, from: string, to: string): number | undefined {
  const [source, target] = [parseUnit(from), parseUnit(to)];
  if (!source || !target || canonicalUnit(source) !== canonicalUnit(target)) return undefined;
  const amount = amountIn(source, value);
  if (!amount) return undefined;
  const inTarget = times(amount, power(target.factor, -1));
  return toNumber(target.offset ? plus(inTarget, { n: -target.offset.n, d: target.offset.d }) : inTarget);
}

function amountIn({ factor, offset }: Unit, value: number | string): Ratio | undefined {
  const amount = ratioOf(String(value));
  return amount && times(offset ? plus(amount, offset) : amount, factor);
}

const names = new WeakMap<Unit, string>();

function canonicalUnit(unit: Unit): string {
  const known = names.get(unit);
  if (known !== undefined) return known;
  const parts = [...unit.dimensions].sort(([a], [b]) => (a < b ? -1 : 1));
  const name = parts.map(([code, exponent]) => (exponent === 1 ? code : `${code}${exponent}`)).join('.') || '1';
  names.set(unit, name);
  return name;
}
