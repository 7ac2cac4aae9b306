import type { NumberValue, Prefix } from './ast.ts';

const prefixes: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']);

/** The prefix of a search value and what follows it; `eq` where there is none. */
export function splitPrefix(text: string): { prefix: Prefix; rest: string } {
  const start = text.slice(0, 2);
  return isPrefix(start) ? { prefix: start, rest: text.slice(2) } : { prefix: 'eq', rest: text };
}

function isPrefix(text: string): text is Prefix {
  return prefixes.has(text);
}

const decimal = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * A number of a search with its prefix, and the interval of its written precision: half a unit of the last digit to
 * either side, so `100` is [99.5, 100.5) and `1e2` is [50, 150). `ap` widens it to 10 % of the value at least.
 * Undefined for what is no number or longer than 40 characters.
 * @see https://hl7.org/fhir/R4/search.html#number
 */
export function parseNumberValue(text: string): NumberValue | undefined {
  const { prefix, rest } = splitPrefix(text);
  const match = rest.length <= 40 ? decimal.exec(rest) : null;
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const value = Number(rest);
  // In integers, then printed: 5.4 - 0.05 in binary floating point would miss 5.35.
  const tenfold = BigInt(`${sign}${whole}${fraction}`) * 10n;
  const scale = Number(exponent) - fraction.length - 1;
  const lo = Number(`${tenfold - 5n}e${scale}`);
  const hi = Number(`${tenfold + 5n}e${scale}`);
  if (!Number.isFinite(lo) || !Number.isFinite(hi)) return undefined;
  if (prefix !== 'ap') return { prefix, value, lo, hi };
  const tenth = Math.abs(value) / 10;
  return { prefix, value, lo: Math.min(lo, value - tenth), hi: Math.max(hi, value + tenth) };
}
