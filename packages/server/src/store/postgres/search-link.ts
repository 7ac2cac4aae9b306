import type { ChainCriterion, Criterion, HasCriterion } from '@chartgate/fhir';
import { criterionCondition, type Row } from './criterion.ts';
import { farConditions } from './criterion-link.ts';
import { hasAnyTerm } from './criterion-term.ts';
import type { Connection } from './database.ts';
import { table } from './site.ts';
import { and, join, raw, type Sql, sql } from './sql.ts';

/** Rows at the other end of a chain that are looked up at most, to find the rows of the search from there. */
const maxFar = 1000;

/**
 * The conditions of a search's criteria. A chain or `_has` is asked from its far end first: where few rows meet it
 * there, the search goes on from those; where many do, each row of the search looks for one of its own, and soon finds it.
 */
export async function conditionsOf(connection: Connection, row: Row, criteria: readonly Criterion[]): Promise<Sql[]> {
  const goFar = !criteria.some(isNarrow);
  return Promise.all(
    criteria.map(async (criterion) => {
      if (!goFar) return criterionCondition(row, criterion);
      if (criterion.kind === 'chain') return fromTargets(connection, row, criterion);
      if (criterion.kind === 'has') return fromReferrers(connection, row, criterion);
      return criterionCondition(row, criterion);
    }),
  );
}

/** So few rows are left that each is asked by itself. */
function isNarrow(criterion: Criterion): boolean {
  return (
    criterion.kind === 'id' ||
    (criterion.kind === 'token' && !criterion.not && criterion.parameter.code === 'identifier')
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
  return hasAnyTerm(
    row,
    rows.map(({ h }) => BigInt(h)),
  );
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
