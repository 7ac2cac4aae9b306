/** A half-open interval `[lo, hi)` in ms since the epoch. */
export type Interval = { readonly lo: number; readonly hi: number };

const dateTime =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?)?)?)?$/;

/**
 * The interval that a FHIR date, dateTime or instant stands for at its written precision: `2024-02` is all of
 * February. Without a time zone it is read as UTC. Undefined for what is no date.
 * @see https://hl7.org/fhir/R4/search.html#date
 */
export function dateInterval(text: string): Interval | undefined {
  const match = dateTime.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const fields = [month, day, hour, minute, second].map((f) => (f === undefined ? undefined : Number(f)));
  const [mo = 1, d = 1, h = 0, mi = 0, s = 0] = fields;
  if (mo < 1 || mo > 12 || d < 1 || d > daysIn(Number(year), mo) || h > 23 || mi > 59 || s > 60) return undefined;
  const ms = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * 1000);
  const lo = utc(Number(year), mo - 1, d, h, mi, s, ms) - offset(zone);
  if (fraction !== undefined) return { lo, hi: lo + (fraction.length === 1 ? 100 : fraction.length === 2 ? 10 : 1) };
  if (second !== undefined) return { lo, hi: lo + 1000 };
  if (minute !== undefined) return { lo, hi: lo + 60_000 };
  if (day !== undefined) return { lo, hi: lo + 86_400_000 };
  return { lo, hi: month === undefined ? utc(Number(year) + 1, 0) : utc(Number(year), mo) };
}

/** Like `Date.UTC`, but takes the years 0 to 99 as they are. */
function utc(year: number, month: number, day = 1, hour = 0, minute = 0, second = 0, ms = 0): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.setUTCHours(hour, minute, second, ms);
}

function daysIn(year: number, month: number): number {
  return new Date(utc(year, month) - 1).getUTCDate();
}

function offset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone[0] === '-' ? -minutes : minutes) * 60_000;
}
