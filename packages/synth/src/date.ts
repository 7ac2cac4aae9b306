/** A day: whole days since 1970-01-01. */
export type Day = number;

/** A moment: seconds since 1970-01-01T00:00 by the clinic's clock, which stands at UTC-05:00 all year. */
export type Time = number;

export const daySeconds = 86_400;
export const yearDays = 365.25;
export const monthDays = yearDays / 12;

/** A FHIR date, `2024-03-05`. */
export function dateText(day: Day): string {
  const known = texts.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
  if (texts.size < 60_000) texts.set(day, text);
  return text;
}

/** A FHIR dateTime or instant, `2024-03-05T09:30:00-05:00`. */
export function timeText(time: Time): string {
  const second = time % daySeconds;
  return `${dateText(dayOf(time))}T${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}-05:00`;
}

/** The day of a FHIR date. @throws {RangeError} for anything but YYYY-MM-DD */
export function parseDay(text: string): Day {
  const day = Date.parse(`${text}T00:00:00Z`) / 86_400_000;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !Number.isInteger(day) || dateText(day) !== text) {
    throw new RangeError(`Not a date: '${text}'. Expected YYYY-MM-DD, such as 2026-01-01.`);
  }
  return day;
}

export function dayOf(time: Time): Day {
  return Math.floor(time / daySeconds);
}

/** Midnight at the start of the day. */
export function startOf(day: Day): Time {
  return day * daySeconds;
}

/** Age in years, with its fraction. */
export function yearsBetween(from: Day, to: Day): number {
  return (to - from) / yearDays;
}

/** The nearest day from `day` on that is no Saturday or Sunday. */
export function workday(day: Day): Day {
  const weekday = (((day + 3) % 7) + 7) % 7;
  return weekday < 5 ? day : day + 7 - weekday;
}

/** The month, 1 to 12. */
export function monthOf(day: Day): number {
  return Number(dateText(day).slice(5, 7));
}

const texts = new Map<Day, string>();

function two(number: number): string {
  const whole = Math.floor(number);
  return whole < 10 ? `0${whole}` : `${whole}`;
}
