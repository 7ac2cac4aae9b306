import type { Criterion, DateValue } from '@chartgate/fhir';
import { table } from '../database/site.ts';
import { and, raw, type Sql, sql } from '../database/sql.ts';
import { clinicalDate } from '../index/ordered.ts';
import { typeKey } from '../index/type-key.ts';
import type { Row } from './criterion.ts';
import { day, int8, isLong } from './criterion-range.ts';

/** Rows that are gathered from a span at most, to be put in order by their ids. */
const maxInSpan = 1000;

/**
 * Where the clinical date of a match lies, in ms since the epoch: it begins in `[from, to)`, and ends after `until`, where
 * there is one. Of several such bounds the latest.
 */
export type Span = { readonly from: number; readonly to: number; readonly until: number };

const never = Number.NEGATIVE_INFINITY;

/** The span that the criteria leave of the clinical date; undefined where it is open at an end. */
export function spanOf({ type }: Row, criteria: readonly Criterion[]): Span | undefined {
  const clinical = clinicalDate(type);
  let span: Span = { from: never, to: Number.POSITIVE_INFINITY, until: never };
  for (const criterion of criteria) {
    if (criterion.kind !== 'date' || criterion.parameter.code !== clinical) continue;
    const [value, ...others] = criterion.values;
    if (value && others.length === 0) span = narrowed(span, value);
  }
  const { from, to, until } = span;
  return Number.isFinite(to) && Math.max(from, until) > never ? span : undefined;
}

/** What `intervalCondition` lets through lies here. */
function narrowed({ from, to, until }: Span, { prefix, lo, hi }: DateValue): Span {
  switch (prefix) {
    case 'eq':
      return { from: Math.max(from, lo), to: Math.min(to, hi), until };
    case 'sa':
      return { from: Math.max(from, hi), to, until };
    case 'lt':
    case 'eb':
      return { from, to: Math.min(to, lo), until };
    case 'le':
      return { from, to: Math.min(to, hi), until };
    case 'gt':
      return { from, to, until: Math.max(until, hi) };
    case 'ge':
      return { from, to, until: Math.max(until, lo) };
    case 'ap':
      return { from, to: Math.min(to, hi), until: Math.max(until, lo) };
    case 'ne':
      return { from, to, until };
    default:
      return prefix satisfies never;
  }
}

/**
 * A statement for the rows in a span, by their ids: where few lie in it, these are put in order; where many do, all are
 * looked at in the order of their ids, and soon there are enough. Left to itself the planner takes the second way, as it
 * knows when all kinds of resources happened, and not when those of a type did.
 * @param rows yields the rows in order that meet a condition, or all conditions where there is none
 */
export function withinSpan(row: Row, span: Span, rows: (condition: Sql) => Sql): Sql {
  const count = sql`(select count(*) from near)`;
  return sql`with near as materialized (${near(row, span)})
    select * from (
      (${rows(sql`${count} <= ${maxInSpan}::int8 and ${raw(row.alias)}.rid = any(array(select n.rid from near n))`)})
      union all
      (${rows(sql`${count} > ${maxInSpan}::int8`)})
    ) u`;
}

/** What is longer than a day may begin long before it ends: it has an index of its own, whenever it begins. */
function near({ site, type }: Row, { from, to, until }: Span): Sql {
  const of = (...conditions: readonly Sql[]) => sql`(select n.rid from ${table(site, 'sx')} n
    where ${and([sql`n.tk = ${typeKey(type)}`, ...conditions])} limit ${maxInSpan + 1})`;
  const begun = (start: number) => of(sql`n.d_lo >= ${int8(start)}`, sql`n.d_lo < ${int8(to)}`);
  if (until === never) return begun(from);
  const long = of(isLong(raw('n.d_lo'), raw('n.d_hi')), sql`n.d_hi > ${int8(until)}`);
  return sql`${begun(Math.max(from, until - day))} union all ${long}`;
}
