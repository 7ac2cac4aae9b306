/** `a, b and c` */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A time in words: `3600` is "1 hour". @param seconds a whole number of them */
export function duration(seconds: number): string {
  const [unit, size] = seconds % 3600 === 0 ? ['hour', 3600] : seconds % 60 === 0 ? ['minute', 60] : ['second', 1];
  const n = seconds / Number(size);
  return `${n} ${unit}${n === 1 ? '' : 's'}`;
}

/** A FHIR date or time as a day people read: `3 May 1984`. Parts that are missing stay away. */
export function dayWords(date: string): string {
  const [year = '', month, day] = date.slice(0, 10).split('-');
  if (month === undefined) return year;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day ?? 1)));
  const ofDay = day === undefined ? {} : ({ day: 'numeric' } as const);
  const shape = { ...ofDay, month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return Number.isNaN(at.getTime()) ? date : at.toLocaleDateString('en-GB', shape);
}
