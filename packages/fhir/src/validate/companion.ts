import type { Binding } from './binding.ts';
import { validatorOf } from './compile.ts';
import type { Primitive } from './primitive.ts';
import type { Report } from './report.ts';

/**
 * The member `_birthDate` beside `birthDate`: an Element with an id or extensions. Without a value, extensions must be
 * there in its place.
 * @see https://hl7.org/fhir/R4/json.html#primitive
 */
export function companion(value: unknown, hasValue: boolean, at: string, report: Report): void {
  validatorOf('Element')(value, at, report);
  if (!hasValue && typeof value === 'object' && value !== null && !('extension' in value)) report.empty(at);
}

/**
 * The two arrays of a primitive element that repeats: values, and companions at the same places. Null fills the gaps
 * of the one where the other has something.
 */
export function primitiveList(
  values: unknown,
  companions: unknown,
  at: string,
  primitive: Primitive,
  type: string,
  report: Report,
  binding?: Binding,
): void {
  const [some, others] = [listOf(values, at, type, report), listOf(companions, at, 'Element', report)];
  const length = Math.max(some.length, others.length);
  for (let i = 0; i < length; i++) {
    const value = some[i] ?? null;
    const other = others[i] ?? null;
    const place = at && `${at}[${i}]`;
    if (value !== null) {
      if (!primitive.is(value)) report.notPrimitive(place, type, value, primitive.expected);
      else if (binding && !binding.codes.has(value)) binding.report(report, place);
    }
    if (other !== null) companion(other, value !== null, place, report);
    else if (value === null) report.add('structure', 'Null may stand only where the other array has a value.', place);
  }
}

function listOf(list: unknown, at: string, type: string, report: Report): readonly unknown[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) {
    report.notArray(at, type, list);
    return [];
  }
  if (list.length === 0) report.emptyArray(at);
  return list;
}
