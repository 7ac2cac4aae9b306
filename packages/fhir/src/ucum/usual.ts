import { type CanonicalQuantity, canonicalQuantity, canonicalUnitOf, convertQuantity } from './quantity.ts';

/**
 * Units in which records mostly give amounts of a kind. What is compared is brought to these, so that most values stay
 * as they are written, and an index on written values serves them.
 */
const usual = [
  ...['kg', 'cm', 'm2', 'kg/m2', 'mL', 'Cel', 'mm[Hg]', '/min', '%', 'a', 'mL/min'],
  ...['mg/dL', 'mmol/L', 'U/L', '[IU]/L', '10*3/uL', 'mg', 'mmol', 'mg/mmol', 'mL/s/m2', '[pH]', '[IU]'],
];

let byKind: ReadonlyMap<string, string> | undefined;

/**
 * A quantity in the unit that its kind is compared in: base units, but for kinds that have a usual one. Equal amounts
 * come to the same number. Undefined where the code is no UCUM expression, or the value beyond a double.
 */
export function comparableQuantity(value: number | string, code: string): CanonicalQuantity | undefined {
  const kind = canonicalUnitOf(code);
  if (kind === undefined) return undefined;
  byKind ??= new Map(usual.map((unit) => [canonicalUnitOf(unit) ?? '', unit]));
  const unit = byKind.get(kind);
  if (unit === undefined) return canonicalQuantity(value, code);
  if (unit === code && typeof value === 'number') return { value, unit };
  const converted = convertQuantity(value, code, unit);
  return converted === undefined ? undefined : { value: converted, unit };
}
