import type { DateValue } from './ast.ts';
import { dateInterval } from './date.ts';
import { splitPrefix } from './number.ts';

/**
 * A date of a search with its prefix. `ap` widens the interval by a tenth of the gap between it and `now` (ms since
 * the epoch) to either side. Undefined for what is no date.
 * @see https://hl7.org/fhir/R4/search.html#date
 */
export function parseDateValue(text: string, now: number): DateValue | undefined {
  const { prefix, rest } = splitPrefix(text);
  // An offset whose "+" was not percent-encoded arrives as a space.
  const interval = dateInterval(rest.replace(/ (\d\d:\d\d)$/, '+$1'));
  if (!interval) return undefined;
  const { lo, hi } = interval;
  const gap = prefix === 'ap' ? Math.ceil(Math.max(now - hi, lo - now, 0) / 10) : 0;
  return { prefix, lo: lo - gap, hi: hi + gap };
}
