import type {
  Criterion,
  DateCriterion,
  DateValue,
  NumberCriterion,
  NumberValue,
  Prefix,
  QuantityCriterion,
  QuantityValue,
} from '@chartgate/fhir';
import { table } from '../database/site.ts';
import { or, raw, type Sql, sql } from '../database/sql.ts';
import { clinicalDate } from '../index/ordered.ts';
import type { Row } from './criterion.ts';

/** The clinical date of a type lies in the row itself, every other date in `dt`. */
export function dateCondition(row: Row, { parameter, values }: DateCriterion): Sql {
  const { type, alias } = row;
  if (clinicalDate(type) === parameter.code) {
    const [lo, hi] = [raw(`${alias}.d_lo`), raw(`${alias}.d_hi`)];
    return sql`(${lo} is not null and ${or(values.map((value) => intervalCondition(lo, hi, value)))})`;
  }
  return exists(row, dateValues(row, { parameter, values }));
}

/**
 * Rows of a side table that hold a value a criterion looks for: its name and the condition on them, as `v`.
 * `fromTop`: they lie at the upper end of `v.lo`. `alternatives`: the parts of the condition, where an index in order
 * serves each of them but not all at once.
 */
export type SideValues = {
  readonly table: 'dt' | 'qty' | 'cmp';
  readonly condition: Sql;
  readonly alternatives?: readonly Sql[];
  readonly fromTop: boolean;
};

export function isFromTop(values: readonly { readonly prefix: Prefix }[]): boolean {
  return values.every(({ prefix }) => prefix === 'gt' || prefix === 'ge' || prefix === 'sa');
}

/** The side table's part of a criterion, for those that have one. */
export function sideValues(row: Row, criterion: Criterion): SideValues | undefined {
  switch (criterion.kind) {
    case 'date':
      return clinicalDate(row.type) === criterion.parameter.code ? undefined : dateValues(row, criterion);
    case 'number':
      return numberValues(row, criterion);
    case 'quantity':
      return quantityValues(row, criterion);
    default:
      return undefined;
  }
}

function exists({ site, alias }: Row, { table: name, condition }: Pick<SideValues, 'table' | 'condition'>): Sql {
  return sql`exists (select from ${table(site, name)} v where v.rid = ${raw(alias)}.rid and ${condition})`;
}

function dateValues(
  { site, type }: Row,
  { parameter, values }: Pick<DateCriterion, 'parameter' | 'values'>,
): SideValues {
  const tests = values.map((value) => intervalCondition(raw('v.lo'), raw('v.hi'), value));
  const condition = sql`v.p = ${site.terms.parameter(type, parameter.code)} and ${or(tests)}`;
  return { table: 'dt', condition, fromTop: isFromTop(values) };
}

export const day = 86_400_000;

/** Of a row that has a place in the index of the long ones. */
export function isLong(lo: Sql, hi: Sql): Sql {
  return sql`${hi} > ${lo} + ${raw(String(day))}::int8`;
}

/**
 * The interval `[lo, hi)` of a row against the interval of a search. What lies after the search's start is found by a
 * bound on `lo`, for that is what is indexed: all but the rows longer than a day start at most a day before it, and
 * the long ones have an index of their own.
 * @see https://hl7.org/fhir/R4/search.html#prefix
 */
export function intervalCondition(lo: Sql, hi: Sql, value: DateValue): Sql {
  const [from, to] = [int8(value.lo), int8(value.hi)];
  const within = sql`(${lo} >= ${from} and ${lo} < ${to} and ${hi} <= ${to})`;
  const late = (bound: number, test: Sql) =>
    sql`(${test} and (${lo} >= ${int8(bound - day)} or (${isLong(lo, hi)} and ${hi} > ${int8(bound)})))`;
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
export function int8(ms: number): Sql {
  return sql`${String(Math.round(ms))}::int8`;
}

export function numberCondition(row: Row, criterion: NumberCriterion): Sql {
  return exists(row, numberValues(row, criterion));
}

/** @see https://hl7.org/fhir/R4/search.html#quantity */
export function quantityCondition(row: Row, criterion: QuantityCriterion): Sql {
  return exists(row, quantityValues(row, criterion));
}

function numberValues(row: Row, { parameter, values }: NumberCriterion): SideValues {
  const tests = values.map((value) => rangeCondition(measured, value));
  return { ...qtyValues(row, parameter.code, tests), fromTop: isFromTop(values) };
}

function quantityValues(row: Row, { parameter, values }: QuantityCriterion): SideValues {
  const tests = values.map((value) => amountCondition(row, value));
  return { ...qtyValues(row, parameter.code, tests), fromTop: isFromTop(values) };
}

function qtyValues({ site, type }: Row, code: string, tests: readonly Sql[]): Omit<SideValues, 'fromTop'> {
  return { table: 'qty', condition: sql`v.p = ${site.terms.parameter(type, code)} and ${or(tests)}` };
}

/** Bounds of a row's value: as measured, as the third part of a composite, and in the unit that its kind is compared in. */
export type Bounds = { readonly lo: Sql; readonly hi: Sql };
export const measured: Bounds = { lo: raw('v.lo'), hi: raw('v.hi') };
export const second: Bounds = { lo: raw('v.lo2'), hi: raw('v.hi2') };
const compared: Bounds = { lo: raw('v.clo'), hi: raw('v.chi') };

/**
 * A quantity of a side row, by what is measured where any unit will do or its name is asked for; by the unit of its kind
 * where it is asked in one of UCUM's. Most are measured in that one, so that both are looked at where the index has them.
 */
export function amountCondition({ site }: Row, value: QuantityValue): Sql {
  const { system, code, canonical } = value;
  if (canonical) {
    const inKind = or([
      sql`(v.clo is null and ${rangeCondition(measured, canonical)})`,
      sql`(v.clo is not null and ${rangeCondition(compared, canonical)})`,
    ]);
    return sql`(v.u = ${site.terms.kind(canonical.unit)} and ${inKind})`;
  }
  const range = rangeCondition(measured, value);
  if (code === undefined) return range;
  if (system !== undefined) return sql`(v.u = ${site.terms.unit(system, code)} and ${range})`;
  const name = site.terms.unit(undefined, code);
  return sql`((v.c = ${name} or v.n = ${name}) and ${range})`;
}

/**
 * The closed interval of a row, mostly a point, against the number of a search; by its written
 * precision for what must be equal, by the number itself for what must be greater or less. What is greater is found
 * by a bound on `lo`, or is a range, and those have an index of their own.
 */
export function rangeCondition(bounds: Bounds, number: NumberValue): Sql {
  const { lo, hi } = bounds;
  const [value, from, to] = [number.value, number.lo, number.hi].map((n) => sql`${n}::float8`) as [Sql, Sql, Sql];
  // Beyond the precision of a double the interval may have shrunk to the number itself.
  const isShrunk = !(number.lo <= number.value && number.value < number.hi);
  const within = isShrunk
    ? sql`(${lo} = ${value} and ${hi} = ${value})`
    : sql`(${lo} >= ${from} and ${lo} < ${to} and ${hi} < ${to})`;
  switch (number.prefix) {
    case 'eq':
      return within;
    case 'ne':
      return sql`(not ${within})`;
    case 'gt':
      return sql`(${lo} > ${value} or (${hi} > ${lo} and ${hi} > ${value}))`;
    case 'ge':
      return sql`(${lo} >= ${value} or (${hi} > ${lo} and ${hi} >= ${value}))`;
    case 'lt':
      return sql`${lo} < ${value}`;
    case 'le':
      return sql`${lo} <= ${value}`;
    case 'sa':
      return sql`${lo} > ${value}`;
    case 'eb':
      return sql`(${lo} < ${value} and ${hi} < ${value})`;
    case 'ap':
      return sql`(${lo} <= ${to} and (${lo} >= ${from} or (${hi} > ${lo} and ${hi} >= ${from})))`;
    default:
      return number.prefix satisfies never;
  }
}
