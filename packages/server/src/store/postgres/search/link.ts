import type { ChainCriterion, Criterion, HasCriterion } from '@chartgate/fhir';
import type { Connection } from '../database/database.ts';
import { table } from '../database/site.ts';
import { and, join, or, raw, type Sql, sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';
import { criterionCondition, type Row } from './criterion.ts';
import {
  comesFrom,
  containedCondition,
  type Far,
  farConditions,
  farRow,
  farRows,
  isByTerms,
  leadsTo,
} from './criterion-link.ts';
import { hasAnyTerm } from './criterion-term.ts';
import { isNarrow, isNarrowRule } from './order.ts';
import { isCanonical } from './points.ts';

/** Rows at the other end of a link that are looked up at most, to find the rows of the search from there. */
const maxFar = 1000;

/**
 * The conditions of a search's criteria. A chain or `_has` is asked from its far end first: where few rows meet it
 * there, the search goes on from those; where many do, each row of the search looks for one of its own, and soon finds it.
 */
export async function conditionsOf(connection: Connection, row: Row, criteria: readonly Criterion[]): Promise<Sql[]> {
  const goFar = !isNarrowRule(row) && !criteria.some(isNarrow);
  const conditions: Sql[] = [];
  // One after the other: a search of many links takes one connection of the pool, not all of them.
  for (const criterion of criteria) {
    conditions.push(goFar ? await conditionOf(connection, row, criterion) : criterionCondition(row, criterion));
  }
  return conditions;
}

/** A link's own far end may be a link: the last one is asked first. */
async function conditionOf(connection: Connection, row: Row, criterion: Criterion): Promise<Sql> {
  if (criterion.kind === 'chain') return fromTargets(connection, row, criterion);
  if (criterion.kind === 'has') return fromReferrers(connection, row, criterion);
  return criterionCondition(row, criterion);
}

async function farOf(connection: Connection, row: Row, criterion: Criterion): Promise<Far> {
  return { row, condition: await conditionOf(connection, row, criterion), isByTerms: isByTerms(criterion) };
}

/** What was found at the far end: the hash by which it is pointed at, or a row that has it contained. */
type Found = { h: string | null; rid: string | null };

async function fromTargets(connection: Connection, row: Row, criterion: ChainCriterion): Promise<Sql> {
  const { site, type, alias } = row;
  const { code } = criterion.parameter;
  const far: Far[] = [];
  for (const target of criterion.targets) {
    far.push(await farOf(connection, farRow(row, target.type), target.criterion));
  }
  const contained = containedCondition(row, criterion);
  const found = join(
    [
      ...far.flatMap((one) => hashesOf(one, site.terms.parameter(type, code))),
      sql`(select null::int8 as h, ${raw(alias)}.rid from ${farRows(row)}
      where ${and(farConditions({ row, condition: contained }))} limit ${maxFar + 1})`,
    ],
    ' union all ',
  );
  const rows = await connection.query<Found>(sql`select f.h, f.rid from (${found}) f limit ${maxFar + 1}`);
  if (rows.length > maxFar) return fromMany(connection, row, criterion, far);
  const rids = rows.flatMap(({ rid }) => rid ?? []);
  const pointing = await pointingAt(
    connection,
    row,
    criterion,
    rows.flatMap(({ h }) => (h === null ? [] : BigInt(h))),
  );
  return rids.length === 0 ? pointing : or([pointing, sql`${raw(alias)}.rid = any(${rids}::int8[])`]);
}

/** Where any row has contained what is asked for, an "or" would have every row looked at: both kinds are put together. */
async function fromMany(
  connection: Connection,
  row: Row,
  criterion: ChainCriterion,
  far: readonly Far[],
): Promise<Sql> {
  const { code } = criterion.parameter;
  const other: Row = { ...row, alias: `${row.alias}z` };
  const rowsThat = (condition: Sql) => sql`select ${raw(other.alias)}.rid from ${farRows(other)}
    where ${and(farConditions({ row: other, condition }))}`;
  const having = rowsThat(containedCondition(other, criterion));
  const some = await connection.query(sql`${having} limit 1`);
  if (some.length === 0) return leadsTo(row, code, far);
  return sql`${raw(row.alias)}.rid in (${rowsThat(leadsTo(other, code, far))} union all ${having})`;
}

async function pointingAt(
  connection: Connection,
  row: Row,
  criterion: ChainCriterion,
  terms: readonly bigint[],
): Promise<Sql> {
  if (terms.length <= fewFar) return hasAnyTerm(row, terms);
  return (await areMany(connection, row, criterion, terms.length)) ? amongTerms(row, terms) : byEachTerm(row, terms);
}

/** The terms of what points at the far rows by a parameter with this key. */
function hashesOf(far: Far, key: bigint): readonly Sql[] {
  const { row } = far;
  const y = raw(row.alias);
  const conditions = farConditions(far);
  const local = sql`(select ${y}.idh # ${key}::int8 as h, null::int8 as rid from ${farRows(row)}
    where ${and(conditions)} limit ${maxFar + 1})`;
  if (!isCanonical(row, row.type)) return [local];
  const url = row.site.terms.parameter(row.type, 'url');
  const byUrl = sql`(select t.h # ${key}::int8 as h, null::int8 as rid from ${farRows(row)} cross join lateral unnest(${y}.targets) t(h)
    where ${and([...conditions, sql`${y}.terms @> array[t.h # ${url}::int8]`])} limit ${maxFar + 1})`;
  return [local, byUrl];
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
  const { site, alias, type } = row;
  const { code } = criterion.parameter;
  const key = site.terms.parameter(criterion.type, code);
  const far = await farOf(connection, farRow(row, criterion.type), criterion.criterion);
  const y = raw(far.row.alias);
  // As one text, which goes back into the search as it is.
  const [found] = await connection.query<{ hashes: string | null }>(sql`
    select case when count(*) <= ${maxFar}::int8 then coalesce(string_agg(f.h::text, ','), '') end as hashes
    from (select t.h from ${farRows(far.row)} cross join lateral unnest(${y}.targets) t(h)
      where ${and([...farConditions(far), sql`${y}.terms @> array[t.h # ${key}::int8]`])} limit ${maxFar + 1}) f`);
  if (typeof found?.hashes !== 'string') return comesFrom(row, code, far);
  const local = sql`${raw(alias)}.idh = any(${`{${found.hashes}}`}::int8[])`;
  if (!isCanonical(row, type)) return local;
  const url = site.terms.parameter(type, 'url');
  const hashes = new Set(found.hashes.split(',').filter((hash) => hash !== ''));
  const byUrl = Array.from(hashes, (h) => BigInt.asIntN(64, BigInt(h) ^ url));
  return sql`(${local} or ${hasAnyTerm(row, byUrl)})`;
}
