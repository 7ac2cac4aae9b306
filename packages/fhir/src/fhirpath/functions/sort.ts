import { single } from '../collection.ts';
import { compareSystem } from '../equality.ts';
import { FhirPathError } from '../error.ts';
import { type Expression, each, type Frame, spend } from '../frame.ts';
import { type SystemValue, systemValue } from '../system.ts';
import type { Collection, TypedValue } from '../value.ts';

/** What a key of `sort()` is: `-family` sorts by family, the last one first. */
export type SortKey = { readonly expression: Expression; readonly isDescending: boolean };

/** Later than FHIRPath 2.0. @see https://hl7.org/fhirpath/#sort */
export function sorted(input: Collection, keys: readonly SortKey[], frame: Frame): Collection {
  const rows: { readonly item: TypedValue; readonly values: readonly (SystemValue | undefined)[] }[] = [];
  each(input, frame, (inner, item) => {
    rows.push({ item, values: keys.map(({ expression }) => keyOf(expression(inner))) });
    return true;
  });
  rows.sort((a, b) => {
    spend(frame, 1);
    for (const [at, { isDescending }] of keys.entries()) {
      const order = compareKeys(a.values[at], b.values[at], isDescending);
      if (order !== 0) return order;
    }
    return 0;
  });
  return rows.map(({ item }) => item);
}

function keyOf(items: Collection): SystemValue | undefined {
  const item = single(items, 'A key of sort()');
  return item && systemValue(item);
}

/** Nothing comes first, whichever way the keys go. */
function compareKeys(a: SystemValue | undefined, b: SystemValue | undefined, isDescending: boolean): number {
  if (!a || !b) return Number(a !== undefined) - Number(b !== undefined);
  const order = compareSystem(a, b);
  if (order === 'incomparable') throw new FhirPathError('sort() takes keys that are all of one type.');
  return (order ?? 0) * (isDescending ? -1 : 1);
}
