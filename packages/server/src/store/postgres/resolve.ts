import type { Criterion } from '@chartgate/fhir';
import type { SearchType } from '../../access/interaction.ts';
import { type Permitted, requirePermitted } from '../../access/permit.ts';
import type { AccessRule } from '../../access/rule.ts';
import { criterionCondition, type Row } from './criterion.ts';
import type { Connection } from './database.ts';
import { isOrdered } from './ordered.ts';
import { ruleCondition } from './rule.ts';
import { type Site, table } from './site.ts';
import { and, join, raw, type Sql, sql } from './sql.ts';
import { typeKey } from './type-key.ts';

type Search = { readonly n: number; readonly permitted: Permitted<SearchType> };

/**
 * Ids of the matches of many searches in one statement, at most two for each: enough to tell none, one and several
 * apart. Those by one token that `kd` holds, an identifier as a rule, are looked up together; a transaction has
 * hundreds of them. A hit is not compared with the resource: its hash is keyed and has 64 bits.
 */
export async function resolve(
  connection: Connection,
  site: Site,
  permitted: readonly Permitted<SearchType>[],
): Promise<readonly (readonly string[])[]> {
  for (const one of permitted) requirePermitted(one);
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
  const together = new Map<AccessRule, Map<string, Search[]>>();
  const parts: Sql[] = [];
  permitted.forEach((one, n) => {
    const { query } = one.interaction;
    if (tokenHashes(site, query.type, query.criteria) === undefined) {
      parts.push(byCriteria(site, { n, permitted: one }));
      return;
    }
    const ofRule = together.get(one.rule) ?? new Map<string, Search[]>();
    together.set(one.rule, ofRule.set(query.type, [...(ofRule.get(query.type) ?? []), { n, permitted: one }]));
  });
  for (const [rule, types] of together) {
    for (const [type, searches] of types) parts.push(byTokens({ site, rule, type, alias: 'x' }, searches));
  }
  return parts;
}

/** Where the search is by one token, or any of several, that `kd` holds: their hashes there. */
function tokenHashes(site: Site, type: string, criteria: readonly Criterion[]): readonly bigint[] | undefined {
  const [criterion, ...more] = criteria;
  if (criterion?.kind !== 'token' || more.length > 0 || criterion.not) return undefined;
  const { parameter, values } = criterion;
  if (isOrdered(parameter) === 'terms' || values.some((value) => value.code === undefined)) return undefined;
  return values.map((value) => site.terms.token(type, parameter.code, value));
}

function byTokens(row: Row, searches: readonly Search[]): Sql {
  const { site, rule, type, alias } = row;
  const asked = searches.flatMap(({ n, permitted }) =>
    (tokenHashes(site, type, permitted.interaction.query.criteria) ?? []).map((h) => ({ n, h })),
  );
  const numbers = asked.map(({ n }) => n);
  const hashes = asked.map(({ h }) => h);
  return sql`select q.n, m.id from unnest(${numbers}::int4[], ${hashes}::int8[]) q(n, h) cross join lateral (
      select r.id from ${table(site, 'kd')} k join ${table(site, 'sx')} ${raw(alias)} on ${raw(alias)}.rid = k.rid
      join ${table(site, 'res')} r on r.rid = k.rid
      where k.h = q.h and ${isVisible(row, rule)} limit 2
    ) m`;
}

function byCriteria(site: Site, { n, permitted }: Search): Sql {
  const { query } = permitted.interaction;
  const row: Row = { site, rule: permitted.rule, type: query.type, alias: 'x' };
  const criteria = query.criteria.map((criterion) => criterionCondition(row, criterion));
  return sql`(select ${n}::int4 as n, r.id from ${table(site, 'sx')} x join ${table(site, 'res')} r on r.rid = x.rid
    where ${and([isVisible(row, permitted.rule), ...criteria])} limit 2)`;
}

function isVisible({ site, type, alias }: Row, rule: AccessRule): Sql {
  return and([sql`${raw(alias)}.tk = ${typeKey(type)}`, ruleCondition(site, rule, type, 's', alias)]);
}
