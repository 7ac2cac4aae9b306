import { isBounded, one, power, type Ratio, ratioOf, times } from './ratio.ts';
import {
  arbitraryUnits,
  baseUnits,
  metricSpecialUnits,
  metricUnits,
  otherUnits,
  prefixes,
  specialUnits,
  temperatures,
} from './table.ts';

/** A unit in base units: `factor` times the product of `dimensions`, after `offset` was added to the value. */
export type Unit = {
  readonly factor: Ratio;
  /** Exponents by base unit; none is 0. */
  readonly dimensions: ReadonlyMap<string, number>;
  /** Of a temperature scale whose zero is not absolute. */
  readonly offset?: Ratio;
};

/** Characters of an expression, and depth of its parentheses. */
const [maxLength, maxDepth] = [200, 10];

const units = new Map<string, Unit | undefined>();

/**
 * Reads a UCUM expression in the case sensitive codes, such as `mg/dL`, `10*3/uL`, `mm[Hg]`, `{beats}/min`. Undefined
 * for what is none, and for one that takes a temperature scale into a product.
 * @see https://ucum.org/ucum#section-Full-and-Limited-Conformance
 */
export function parseUnit(text: string): Unit | undefined {
  if (units.has(text)) return units.get(text);
  const unit = parse(text);
  // Stored units repeat endlessly, but a stranger may send any text.
  if (units.size >= 2000) units.clear();
  units.set(text, unit);
  return unit;
}

class NoUnit extends Error {}

type Parser = { readonly text: string; at: number };

function parse(text: string): Unit | undefined {
  if (text.length > maxLength) return undefined;
  const parser = { text, at: 0 };
  try {
    const unit = term(parser, 0);
    return parser.at === text.length ? unit : undefined;
  } catch (error) {
    if (error instanceof NoUnit) return undefined;
    throw error;
  }
}

const dimensionless: Unit = { factor: one, dimensions: new Map() };

/** `/a.b/c`, from left to right. */
function term(parser: Parser, depth: number): Unit {
  const isInverse = parser.text[parser.at] === '/';
  if (isInverse) parser.at += 1;
  const first = component(parser, depth);
  let unit = isInverse ? product(dimensionless, first, -1) : first;
  for (;;) {
    const operator = parser.text[parser.at];
    if (operator !== '.' && operator !== '/') return unit;
    parser.at += 1;
    unit = product(unit, component(parser, depth), operator === '/' ? -1 : 1);
  }
}

/** A unit with its exponent, a number, `( … )`, each perhaps with an annotation; or an annotation alone, which is 1. */
function component(parser: Parser, depth: number): Unit {
  if (parser.text[parser.at] === '{') return annotation(parser) ?? dimensionless;
  const unit = parser.text[parser.at] === '(' ? group(parser, depth + 1) : (number(parser) ?? simple(parser));
  annotation(parser);
  return unit;
}

function group(parser: Parser, depth: number): Unit {
  if (depth > maxDepth) throw new NoUnit();
  parser.at += 1;
  const unit = term(parser, depth);
  if (parser.text[parser.at] !== ')') throw new NoUnit();
  parser.at += 1;
  return unit;
}

function annotation(parser: Parser): Unit | undefined {
  const text = take(parser, /\{[!-z|~]*\}/y);
  if (text === undefined && parser.text[parser.at] === '{') throw new NoUnit();
  return text === undefined ? undefined : dimensionless;
}

function number(parser: Parser): Unit | undefined {
  const text = take(parser, /\d+(?![*^\d])/y);
  const factor = text === undefined ? undefined : ratioOf(text);
  if (factor?.n === 0n) throw new NoUnit();
  return factor && { factor, dimensions: new Map() };
}

/** Brackets hold anything; outside of them an atom ends at what joins it to others. */
function simple(parser: Parser): Unit {
  const text = take(parser, /(?:\[[^\]]*\]|[^\s[\](){}./])+/y) ?? '';
  const whole = atom(text);
  if (whole) return whole;
  const [, name = '', exponent = ''] = /^(.*?)([+-]?\d{1,2})$/.exec(text) ?? [];
  const unit = atom(name);
  if (!unit) throw new NoUnit();
  return product(dimensionless, unit, Number(exponent));
}

function take(parser: Parser, pattern: RegExp): string | undefined {
  pattern.lastIndex = parser.at;
  const [text] = pattern.exec(parser.text) ?? [];
  if (text !== undefined) parser.at += text.length;
  return text;
}

/** `a * b^exponent`. A scale with an offset has no product, not even with 1: its number is no ratio. */
function product(a: Unit, b: Unit, exponent: number): Unit {
  if (a.offset || b.offset) throw new NoUnit();
  const factor = times(a.factor, power(b.factor, exponent));
  if (!isBounded(factor)) throw new NoUnit();
  const dimensions = new Map(a.dimensions);
  for (const [name, e] of b.dimensions) {
    const sum = (dimensions.get(name) ?? 0) + e * exponent;
    if (sum === 0) dimensions.delete(name);
    else dimensions.set(name, sum);
  }
  return { factor, dimensions };
}

/** A unit of the table, or a metric one with a prefix. */
function atom(code: string): Unit | undefined {
  const plain = entry(code);
  if (plain) return plain.unit();
  for (const length of [1, 2]) {
    const prefix = code.slice(0, length);
    const found = Object.hasOwn(prefixes, prefix) ? entry(code.slice(length)) : undefined;
    const factor = ratioOf(prefixes[prefix] ?? '');
    if (found?.isMetric && factor) return product({ factor, dimensions: new Map() }, found.unit(), 1);
  }
  return undefined;
}

type Entry = { readonly isMetric: boolean; readonly unit: () => Unit };

let table: ReadonlyMap<string, Entry> | undefined;

function entry(code: string): Entry | undefined {
  table ??= new Map([...ofThemselves(), ...ofOthers(), ...scales()]);
  return table.get(code);
}

function ofThemselves(): [string, Entry][] {
  const words = (text: string) => text.trim().split(/\s+/);
  const entryOf = (isMetric: boolean) => (code: string) => {
    const unit = { factor: one, dimensions: new Map([[code, 1]]) };
    return [code, { isMetric, unit: () => unit }] as [string, Entry];
  };
  const international = { factor: one, dimensions: new Map([['[iU]', 1]]) };
  return [
    ...[...words(baseUnits), ...words(metricSpecialUnits)].map(entryOf(true)),
    ...[...words(arbitraryUnits), ...words(specialUnits)].map(entryOf(false)),
    ...['[iU]', '[IU]'].map((code): [string, Entry] => [code, { isMetric: true, unit: () => international }]),
  ];
}

function ofOthers(): [string, Entry][] {
  const lines = (text: string) => text.trim().split(/,?\s*\n\s*|,\s/);
  const entryOf = (isMetric: boolean) => (line: string) => {
    const [, code = '', amount = '', text = ''] = /^([^=]+)=(\S+) (.+)$/.exec(line) ?? [];
    return [code, { isMetric, unit: () => defined(code, amount, text) }] as [string, Entry];
  };
  return [...lines(metricUnits).map(entryOf(true)), ...lines(otherUnits).map(entryOf(false))];
}

function defined(code: string, amount: string, text: string): Unit {
  const [factor, unit] = [ratioOf(amount), parseUnit(text)];
  if (!factor || !unit) throw new TypeError(`The table's ${code} is no unit`);
  return product({ factor, dimensions: new Map() }, unit, 1);
}

function scales(): [string, Entry][] {
  return Object.entries(temperatures).map(([code, { offset, factor }]) => {
    const unit: Unit = {
      factor: ratioOf(factor) ?? one,
      offset: ratioOf(offset) ?? one,
      dimensions: new Map([['K', 1]]),
    };
    return [code, { isMetric: code === 'Cel', unit: () => unit }];
  });
}
