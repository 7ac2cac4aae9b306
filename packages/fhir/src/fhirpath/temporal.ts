import type { TypedValue } from './value.ts';

/** `System.Date`, `System.DateTime` or `System.Time`, as far as it was written. */
export type Temporal = {
  /** Year, month, day, hour, minute, second, millisecond: as many as were given; of a time from the hour on. */
  readonly parts: readonly number[];
  /** Minutes east of UTC; undefined where none were given. */
  readonly offset: number | undefined;
  /** As it was written, where it was. */
  readonly text?: string;
};

const time = '(?:(\\d{2})(?::(\\d{2})(?::(\\d{2})(?:\\.(\\d+))?)?)?)';
const datePattern = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const dateTimePattern = new RegExp(`^(\\d{4})(?:-(\\d{2})(?:-(\\d{2}))?)?(?:T${time}(Z|[+-]\\d{2}:\\d{2})?)?$`);
const timePattern = new RegExp(`^${time}$`);

/** A date such as `2014-01`; undefined for a text that is none. */
export function parseDate(text: string): Temporal | undefined {
  const match = datePattern.exec(text);
  return match ? existing({ parts: numbers(match.slice(1)), offset: undefined, text }) : undefined;
}

/** A date with or without a time, such as `2014-01-25T14:30:14.559+10:00`; undefined for a text that is none. */
export function parseDateTime(text: string): Temporal | undefined {
  const match = dateTimePattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  if (hour !== undefined && day === undefined) return undefined;
  const parts = numbers([year, month, day, hour, minute, second], fraction);
  return existing({ parts, offset: zone === undefined ? undefined : offsetOf(zone), text });
}

/** A time of day such as `14:30`; undefined for a text that is none. */
export function parseTime(text: string): Temporal | undefined {
  const match = timePattern.exec(text);
  if (!match) return undefined;
  const [hour = 0, minute = 0, second = 0, ...rest] = numbers(match.slice(1, 4), match[4]);
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const given = match.slice(1, 4).filter((part) => part !== undefined).length;
  return { parts: [...[hour, minute, second].slice(0, given), ...rest], offset: undefined, text };
}

/** `@2014-01-25`, `@2014-01-25T14:30`, `@T14:30`. */
export function parseDateTimeLiteral(literal: string): TypedValue | undefined {
  const text = literal.slice(1);
  if (text.startsWith('T')) return typed('System.Time', parseTime(text.slice(1)));
  return text.includes('T')
    ? typed('System.DateTime', parseDateTime(text.replace(/T$/, '')))
    : typed('System.Date', parseDate(text));
}

function typed(type: string, value: Temporal | undefined): TypedValue | undefined {
  return value && { type, value };
}

function numbers(parts: readonly (string | undefined)[], fraction?: string): number[] {
  const given = parts.filter((part) => part !== undefined).map(Number);
  if (fraction !== undefined) given.push(Number(`${fraction.slice(0, 3).padEnd(3, '0')}.${fraction.slice(3) || 0}`));
  return given;
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith('-') ? -minutes : minutes;
}

function existing(value: Temporal): Temporal | undefined {
  const [year = 1, month = 1, day = 1, hour = 0, minute = 0, second = 0] = value.parts;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  const isTime = hour <= 23 && minute <= 59 && second <= 60 && Math.abs(value.offset ?? 0) <= 14 * 60;
  return isTime ? value : undefined;
}

export function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** As it was written, else as FHIR writes it. */
export function temporalText(type: string, { parts, offset, text }: Temporal): string {
  if (text !== undefined) return text;
  const digits = (at: number, length = 2) => String(parts[at]).padStart(length, '0');
  if (type === 'System.Time') return clock(parts);
  const date = [digits(0, 4), ...[1, 2].filter((at) => at < parts.length).map((at) => digits(at))].join('-');
  return parts.length > 3 ? `${date}T${clock(parts.slice(3))}${offsetText(offset)}` : date;
}

function clock(parts: readonly number[]): string {
  const text = parts.slice(0, 3).map((part) => String(part).padStart(2, '0'));
  return text.join(':') + (parts.length > 3 ? `.${String(Math.trunc(parts[3] ?? 0)).padStart(3, '0')}` : '');
}

function offsetText(offset: number | undefined): string {
  if (offset === undefined) return '';
  const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return offset === 0 ? 'Z' : `${offset < 0 ? '-' : '+'}${two(hours)}:${two(minutes)}`;
}

/** Milliseconds since the epoch of its beginning, its offset aside. */
export function localMillis({ parts }: Temporal): number {
  const [year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, ms = 0] = parts;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, ms);
  return date.getTime();
}

/** The first `length` parts of a moment, given in ms as `localMillis` does. Undefined outside of the years 1 to 9999. */
export function partsOf(millis: number, length: number): readonly number[] | undefined {
  const date = new Date(millis);
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) return undefined;
  return [
    year,
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  ].slice(0, length);
}

/** Places between two time zones at most: a moment without one may be this many ms off. */
const widest = 14 * 60 * 60 * 1000;

/**
 * Negative, 0 or positive; undefined where it depends on parts, or on a time zone, that one of them does not have.
 * Seconds with and without milliseconds are one precision.
 * @see https://hl7.org/fhirpath/N1/#datetime-equality
 */
export function compareTemporals(a: Temporal, b: Temporal, isTime: boolean): number | undefined {
  const hasTime = !isTime && a.parts.length > 3 && b.parts.length > 3;
  if (hasTime && (a.offset === undefined) !== (b.offset === undefined)) {
    const difference = localMillis(utc(a)) - localMillis(utc(b));
    return Math.abs(difference) > widest ? difference : undefined;
  }
  const [x, y] = hasTime && a.offset !== b.offset ? [utc(a), utc(b)] : [a, b];
  return compareParts(x.parts, y.parts, isTime ? 3 : 6);
}

function compareParts(a: readonly number[], b: readonly number[], milliseconds: number): number | undefined {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const isFraction = at === milliseconds;
    const [x, y] = isFraction ? [a[at] ?? 0, b[at] ?? 0] : [a[at], b[at]];
    if (x === undefined || y === undefined) return undefined;
    if (x !== y) return x - y;
  }
  return 0;
}

function utc(value: Temporal): Temporal {
  if (!value.offset) return value;
  const parts = partsOf(localMillis(value) - value.offset * 60_000, value.parts.length);
  return parts ? { parts, offset: 0 } : value;
}
