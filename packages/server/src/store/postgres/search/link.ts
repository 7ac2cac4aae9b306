import type { ChainCriterion, Criterion, HasCriterion } from '@chartgate/fhir';
import type { Connection } from '../database/database.ts';
import { table } from '../database/site.ts';
import { and, join, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';
import { criterionCondition, type Row } from './criterion.ts';
import { farConditions } from './criterion-link.ts';
import { hasAnyTerm } from './criterion-term.ts';
import { isNarrow, isNarrowRule } from './order.ts';

/** Rows at the other end of a chain that are looked up at most, to find the rows of the search from there. */
const maxFar = 1000;

/**
 * The conditions of a search's criteria. A chain or `_has` is asked from its far end first: where few rows meet it
 * there, the search goes on from those; where many do, each row of the search looks for one of its own, and soon finds it.
 */
export async function conditionsOf(connection: Connection, row: Row, criteria: readonly Criterion[]): Promise<Sql[]> {
  const goFar = !isNarrowRule(row) && !criteria.some(isNarrow);
  return Promise.all(
    criteria.map(async (criterion) => {
      if (!goFar) return criterionCondition(row, criterion);
      if (criterion.kind === 'chain') return fromTargets(connection, row, criterion);
      if (criterion.kind === 'has') return fromReferrers(connection, row, criterion);
      return criterionCondition(row, criterion);
    }),
  );
}

type Far = { h: string };

async function fromTargets(connection: Connection, row: Row, criterion: ChainCriterion): Promise<Sql> {
  const { site, type } = row;
  const key = site.terms.parameter(type, criterion.parameter.code);
  const found = criterion.targets.map((target) => {
    const far: Row = { ...row, alias: `${row.alias}y`, type: target.type };
    const y = raw(far.alias);
    return sql`(select ${y}.idh # ${key}::int8 as h from ${table(site, 'sx')} ${y}
      where ${and(farConditions(far, target.criterion))} limit ${maxFar + 1})`;
  });
  const rows = await connection.query<Far>(sql`select f.h from (${join(found, ' union all ')}) f limit ${maxFar + 1}`);
  if (rows.length > maxFar) return criterionCondition(row, criterion);
  const terms = rows.map(({ h }) => BigInt(h));
  if (terms.length <= fewFar) return hasAnyTerm(row, terms);
  return (await areMany(connection, row, criterion, terms.length)) ? amongTerms(row, terms) : byEachTerm(row, terms);
}

/** Terms that may be compared with each term of a row, one by one: PostgreSQL does so where it filters by `&&`. */
const fewFar = 64;

/** Whether they are a good part of their types, so that rows in any order soon meet one of them. */
async function areMany(
  connection: Connection,
  { site }: Row,
  { targets }: ChainCriterion,
  found: number,
): Promise<boolean> {
  const types = targets.map(({ type }) => typeKey(type));
  const [row] = await connection.query<{ n: number }>(sql`select count(*)::int4 as n from (
    select from ${table(site, 'sx')} y where y.tk = any(${types}::int2[]) limit ${found * 20 + 1}) y`);
  return (row?.n ?? 0) <= found * 20;
}

/** For rows that come by another way: each of their terms is looked up in the list by its hash. */
function amongTerms({ alias }: Row, terms: readonly bigint[]): Sql {
  return sql`exists (select from unnest(${raw(alias)}.terms) t(h) where t.h = any(${terms}::int8[]))`;
}

/** Finds the rows of each term by the index, and never compares lists. */
function byEachTerm({ site, alias }: Row, terms: readonly bigint[]): Sql {
  return sql`${raw(alias)}.rid in (select e.rid from unnest(${terms}::int8[]) t(h)
    join ${table(site, 'sx')} e on e.terms @> array[t.h])`;
}

async function fromReferrers(connection: Connection, row: Row, criterion: HasCriterion): Promise<Sql> {
  const { site, alias } = row;
  const key = site.terms.parameter(criterion.type, criterion.parameter.code);
  const far: Row = { ...row, alias: `${alias}y`, type: criterion.type };
  const y = raw(far.alias);
  const rows = await connection.query<Far>(sql`select t.h from ${table(site, 'sx')} ${y}
    cross join lateral unnest(${y}.targets) t(h)
    where ${and(farConditions(far, criterion.criterion))} and ${y}.terms @> array[t.h # ${key}::int8]
    limit ${maxFar + 1}`);
  if (rows.length > maxFar) return criterionCondition(row, criterion);
  const hashes = [...new Set(rows.map(({ h }) => h))];
  return sql`${raw(alias)}.idh = any(${hashes}::int8[])`;
}
