import type {
  DateCriterion,
  DateValue,
  NumberCriterion,
  NumberValue,
  QuantityCriterion,
  QuantityValue,
} from '@chartgate/fhir';
import type { Row } from './criterion.ts';
import { clinicalDate } from './ordered.ts';
import { table } from './site.ts';
import { and, or, raw, type Sql, sql } from './sql.ts';

/** The clinical date of a type lies in the row itself, every other date in `dt`. */
export function dateCondition(row: Row, { parameter, values }: DateCriterion): Sql {
  const { site, type, alias } = row;
  if (clinicalDate(type) === parameter.code) {
    const [lo, hi] = [raw(`${alias}.d_lo`), raw(`${alias}.d_hi`)];
    return sql`(${lo} is not null and ${or(values.map((value) => intervalCondition(lo, hi, value)))})`;
  }
  const tests = values.map((value) => intervalCondition(raw('t.lo'), raw('t.hi'), value));
  return sql`exists (select from ${table(site, 'dt')} t where t.rid = ${raw(alias)}.rid
    and t.p = ${site.terms.parameter(type, parameter.code)} and ${or(tests)})`;
}

const day = 86_400_000;

/**
 * The interval `[lo, hi)` of a row against the interval of a search. What lies after the search's start is found by a
 * bound on `lo`, for that is what is indexed: all but the rows longer than a day start at most a day before it, and
 * the long ones have an index of their own.
 * @see https://hl7.org/fhir/R4/search.html#prefix
 */
function intervalCondition(lo: Sql, hi: Sql, value: DateValue): Sql {
  const [from, to] = [int8(value.lo), int8(value.hi)];
  const within = sql`(${lo} >= ${from} and ${lo} < ${to} and ${hi} <= ${to})`;
  const late = (bound: number, test: Sql) =>
    sql`(${test} and (${lo} >= ${int8(bound - day)} or (${hi} > ${lo} + ${raw(String(day))}::int8 and ${hi} > ${int8(bound)})))`;
  switch (value.prefix) {
    case 'eq':
      return within;
    case 'ne':
      return sql`(not ${within})`;
    case 'gt':
      return late(value.hi, sql`${hi} > ${to}`);
    case 'ge':
      return late(value.lo, sql`(${hi} > ${to} or ${within})`);
    case 'lt':
      return sql`${lo} < ${from}`;
    case 'le':
      return sql`(${lo} < ${to} and (${lo} < ${from} or ${hi} <= ${to}))`;
    case 'sa':
      return sql`${lo} >= ${to}`;
    case 'eb':
      return sql`(${lo} < ${from} and ${hi} <= ${from})`;
    case 'ap':
      return sql`(${lo} < ${to} and ${late(value.lo, sql`${hi} > ${from}`)})`;
    default:
      return value.prefix satisfies never;
  }
}

/** The same where the row holds an instant, `[at, at + 1)`. */
export function instantCondition(at: Sql, value: DateValue): Sql {
  const [from, to] = [int8(value.lo), int8(value.hi)];
  switch (value.prefix) {
    case 'eq':
    case 'ap':
      return sql`(${at} >= ${from} and ${at} < ${to})`;
    case 'ne':
      return sql`(${at} < ${from} or ${at} >= ${to})`;
    case 'gt':
    case 'sa':
      return sql`${at} >= ${to}`;
    case 'ge':
      return sql`${at} >= ${from}`;
    case 'lt':
    case 'eb':
      return sql`${at} < ${from}`;
    case 'le':
      return sql`${at} < ${to}`;
    default:
      return value.prefix satisfies never;
  }
}

/** ms since the epoch as a parameter of int8, so that indexes on int8 serve it. */
function int8(ms: number): Sql {
  return sql`${String(Math.round(ms))}::int8`;
}

export function numberCondition(row: Row, { parameter, values }: NumberCriterion): Sql {
  return qtyCondition(row, parameter.code, values.map(rangeCondition));
}

/** @see https://hl7.org/fhir/R4/search.html#quantity */
export function quantityCondition(row: Row, { parameter, values }: QuantityCriterion): Sql {
  const test = (value: QuantityValue) => and([...unitCondition(row, value), rangeCondition(value)]);
  return qtyCondition(row, parameter.code, values.map(test));
}

function qtyCondition({ site, type, alias }: Row, code: string, tests: readonly Sql[]): Sql {
  return sql`exists (select from ${table(site, 'qty')} q where q.rid = ${raw(alias)}.rid
    and q.p = ${site.terms.parameter(type, code)} and ${or(tests)})`;
}

function unitCondition({ site }: Row, { system, code }: QuantityValue): Sql[] {
  if (code === undefined) return [];
  if (system === undefined) return [sql`q.c = ${site.terms.unit(undefined, code)}`];
  return [sql`q.u = ${site.terms.unit(system, code)}`];
}

/**
 * The closed interval `[q.lo, q.hi]` of a row, mostly a point, against the number of a search; by its written
 * precision for what must be equal, by the number itself for what must be greater or less. What is greater is found
 * by a bound on `q.lo`, or is a range, and those have an index of their own.
 */
function rangeCondition(number: NumberValue): Sql {
  const [value, from, to] = [number.value, number.lo, number.hi].map((n) => sql`${n}::float8`) as [Sql, Sql, Sql];
  // Beyond the precision of a double the interval may have shrunk to the number itself.
  const isShrunk = !(number.lo <= number.value && number.value < number.hi);
  const within = isShrunk
    ? sql`(q.lo = ${value} and q.hi = ${value})`
    : sql`(q.lo >= ${from} and q.lo < ${to} and q.hi < ${to})`;
  switch (number.prefix) {
    case 'eq':
      return within;
    case 'ne':
      return sql`(not ${within})`;
    case 'gt':
      return sql`(q.lo > ${value} or (q.hi > q.lo and q.hi > ${value}))`;
    case 'ge':
      return sql`(q.lo >= ${value} or (q.hi > q.lo and q.hi >= ${value}))`;
    case 'lt':
      return sql`q.lo < ${value}`;
    case 'le':
      return sql`q.lo <= ${value}`;
    case 'sa':
      return sql`q.lo > ${value}`;
    case 'eb':
      return sql`(q.lo < ${value} and q.hi < ${value})`;
    case 'ap':
      return sql`(q.lo <= ${to} and (q.lo >= ${from} or (q.hi > q.lo and q.hi >= ${from})))`;
    default:
      return number.prefix satisfies never;
  }
}
