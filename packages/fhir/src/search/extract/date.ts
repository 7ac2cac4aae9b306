import { dateInterval, type Interval } from '../date.ts';
import type { SearchValue } from '../value.ts';
import { arrayOf, objectOf, textOf } from './read.ts';

/** How values of each data type become intervals. @see https://hl7.org/fhir/R4/search.html#date */
export const date = {
  dateTime(out: SearchValue[], parameter: string, value: unknown): void {
    add(out, parameter, intervalOf(value));
  },

  period(out: SearchValue[], parameter: string, value: unknown): void {
    add(out, parameter, periodInterval(value));
  },

  /** "The specified scheduling details are ignored and only the outer limits matter." */
  timing(out: SearchValue[], parameter: string, value: unknown): void {
    const timing = objectOf(value);
    const intervals = arrayOf(timing?.event).map(intervalOf);
    intervals.push(periodInterval(objectOf(timing?.repeat)?.boundsPeriod));
    const limits = intervals.filter((interval) => interval !== undefined);
    if (limits.length === 0) return;
    add(out, parameter, {
      lo: limits.reduce((lo, limit) => Math.min(lo, limit.lo), Number.POSITIVE_INFINITY),
      hi: limits.reduce((hi, limit) => Math.max(hi, limit.hi), Number.NEGATIVE_INFINITY),
    });
  },
};

function intervalOf(value: unknown): Interval | undefined {
  const text = textOf(value);
  return text === undefined ? undefined : dateInterval(text);
}

/** An end that is not there is open. */
function periodInterval(value: unknown): Interval | undefined {
  const period = objectOf(value);
  const [start, end] = [intervalOf(period?.start), intervalOf(period?.end)];
  if (!start && !end) return undefined;
  return { lo: start?.lo ?? Number.NEGATIVE_INFINITY, hi: end?.hi ?? Number.POSITIVE_INFINITY };
}

function add(out: SearchValue[], parameter: string, interval: Interval | undefined): void {
  if (interval) out.push({ kind: 'date', parameter, lo: interval.lo, hi: interval.hi });
}
