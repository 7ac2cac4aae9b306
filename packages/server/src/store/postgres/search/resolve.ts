import type { Criterion } from '@chartgate/fhir';
import type { SearchType } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import { isPlain } from '../access/content-rule.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import { ruleCondition } from '../access/rule.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { and, join, type Sql, sql } from '../database/sql.ts';
import { isOrdered } from '../index/ordered.ts';
import { typeKey } from '../index/type-key.ts';
import { criterionCondition, type Row } from './criterion.ts';

type Search = { readonly n: number; readonly permitted: Permitted<SearchType> };

/**
 * Ids of the matches of many searches in one statement, at most two for each: enough to tell none, one and several
 * apart. Those by one token that `kd` holds, an identifier as a rule, of a type that is open as a
 * whole are looked up together: a transaction has hundreds of them. A hit is not compared with the resource: its hash is keyed and has 64 bits.
 */
export async function resolve(
  connection: Connection,
  site: Site,
  permitted: readonly Permitted<SearchType>[],
): Promise<readonly (readonly string[])[]> {
  for (const one of permitted) requirePermittedHere(site, one);
  const found = permitted.map(() => new Set<string>());
  const parts = partsOf(site, permitted);
  if (parts.length === 0) return [];
  const rows = await connection.query<{ n: number; id: string }>(join(parts, ' union all '));
  for (const { n, id } of rows) {
    const ids = found[n];
    if (ids && ids.size < 2) ids.add(id);
  }
  return found.map((ids) => [...ids]);
}

function partsOf(site: Site, permitted: readonly Permitted<SearchType>[]): Sql[] {
  const together = new Map<string, Search[]>();
  const parts: Sql[] = [];
  permitted.forEach((one, n) => {
    const { type, criteria } = one.interaction.query;
    const isTogether = isPlain(one.rule, type, 's') && tokenHashes(site, type, criteria) !== undefined;
    if (!isTogether) parts.push(byCriteria(site, { n, permitted: one }));
    else if (!together.get(type)?.push({ n, permitted: one })) together.set(type, [{ n, permitted: one }]);
  });
  return [...parts, ...[...together].map(([type, searches]) => byTokens(site, type, searches))];
}

/** Where the search is by one token, or any of several, that `kd` holds: their hashes there. */
function tokenHashes(site: Site, type: string, criteria: readonly Criterion[]): readonly bigint[] | undefined {
  const [criterion, ...more] = criteria;
  if (criterion?.kind !== 'token' || more.length > 0 || criterion.not) return undefined;
  const { parameter, values } = criterion;
  if (isOrdered(parameter) === 'terms' || values.some((value) => value.code === undefined)) return undefined;
  return values.map((value) => site.terms.token(type, parameter.code, value));
}

/** Of a type that is open as a whole. */
function byTokens(site: Site, type: string, searches: readonly Search[]): Sql {
  const asked = searches.flatMap(({ n, permitted }) =>
    (tokenHashes(site, type, permitted.interaction.query.criteria) ?? []).map((h) => ({ n, h })),
  );
  const numbers = asked.map(({ n }) => n);
  const hashes = asked.map(({ h }) => h);
  return sql`select q.n, m.id from unnest(${numbers}::int4[], ${hashes}::int8[]) q(n, h) cross join lateral (
      select r.id from ${table(site, 'kd')} k join ${table(site, 'sx')} x on x.rid = k.rid
      join ${table(site, 'res')} r on r.rid = k.rid
      where k.h = q.h and x.tk = ${typeKey(type)} limit 2
    ) m`;
}

function byCriteria(site: Site, { n, permitted }: Search): Sql {
  const { type, criteria } = permitted.interaction.query;
  const row: Row = { site, rule: permitted.rule, type, alias: 'x' };
  const conditions = [
    sql`x.tk = ${typeKey(type)}`,
    ruleCondition(site, permitted.rule, type, 's', 'x'),
    ...criteria.map((criterion) => criterionCondition(row, criterion)),
  ];
  return sql`(select ${n}::int4 as n, r.id from ${table(site, 'sx')} x join ${table(site, 'res')} r on r.rid = x.rid
    where ${and(conditions)} limit 2)`;
}
