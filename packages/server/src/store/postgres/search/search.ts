import type { SearchQuery } from '@chartgate/fhir';
import type { SearchPosition, SearchType } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import type { AccessRule } from '../../../access/rule.ts';
import type { SearchPage } from '../../ports.ts';
import { isPlain } from '../access/content-rule.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import { ruleCondition } from '../access/rule.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, type Sql, sql } from '../database/sql.ts';
import { typeKey } from '../index/type-key.ts';
import { storedVersion } from '../index/version-row.ts';
import type { Row } from './criterion.ts';
import { exactly } from './exact-check.ts';
import { type FoundRow, foundColumns, included } from './include.ts';
import { conditionsOf } from './link.ts';
import { isNarrow, isNarrowRule, listedFor, orderOf } from './order.ts';
import { type Matches, pageStatements } from './page.ts';
import { paired } from './pair.ts';
import { besideList, isBesideRows } from './range.ts';
import { spanOf } from './span.ts';
import { totalOf } from './total.ts';

/**
 * One page of a search on type, with what it includes and its total. Several statements, each planned for its values:
 * `connection` is one of the search connections, or a transaction.
 * @throws {FhirError} 400 for a sort key that is not kept in order, or too many resources to include
 * @see https://hl7.org/fhir/R4/search.html
 */
export async function search(
  connection: Connection,
  site: Site,
  permitted: Permitted<SearchType>,
): Promise<SearchPage> {
  requirePermittedHere(site, permitted);
  const { query, after } = permitted.interaction;
  return pageOf(connection, { site, rule: permitted.rule, query, after });
}

/** A search on a type, and the rule that it is under. */
export type RuledSearch = {
  readonly site: Site;
  readonly rule: AccessRule;
  readonly query: SearchQuery;
  readonly after?: SearchPosition | undefined;
};

/** The same for what holds a permit of another kind for it. */
export async function pageOf(connection: Connection, { site, rule, query, after }: RuledSearch): Promise<SearchPage> {
  const { type } = query;
  const row: Row = { site, rule, type, alias: 'x' };
  const order = orderOf(row, query);
  const isWalked = query.count > 0 && (order.kind === 'list' || order.kind === 'walk');
  const matches = await matchesOf(connection, row, query, isWalked);
  if (query.count === 0) return { matches: [], included: [], ...(await totalOf(connection, matches, 'accurate')) };
  const statements = pageStatements(matches, order, after, query.count + 1);
  const found = await firstRows(connection, site, statements, query.count + 1);
  const page = found.slice(0, query.count);
  const rows = exactly({ site, type, rule, letters: ['s'], criteria: query.criteria }, page);
  const isWhole = after === undefined && found.length <= query.count;
  const total = isWhole ? wholeTotal(query, page.length) : await totalOf(connection, matches, query.total ?? 'none');
  return {
    matches: rows.map(storedVersion),
    ...(await included(connection, row, query, rows)),
    ...total,
    ...nextOf(found, query.count),
  };
}

/** Where the next page starts, if there are more rows than this one holds. */
export function nextOf(found: readonly MatchRow[], count: number): { next?: SearchPosition } {
  const last = found[count - 1];
  return found.length > count && last ? { next: positionOf(last) } : {};
}

/** The type, the rule and the criteria, as conditions on `row`. @param isWalked whether a list may be walked for them */
export async function matchesOf(
  connection: Connection,
  row: Row,
  query: SearchQuery,
  isWalked: boolean,
): Promise<Matches> {
  const { site, rule, type, alias } = row;
  const always = [sql`${raw(alias)}.tk = ${typeKey(type)}`, ruleCondition(site, rule, type, 's', alias)];
  const criteria = paired(type, query.criteria);
  const conditions = await conditionsOf(connection, row, criteria);
  const criterion = listedFor(row, query.criteria);
  const isFew = isNarrowRule(row);
  const others = criteria.filter((one) => one !== criterion);
  const walked = () => Promise.all(others.map((one) => besideList(connection, row, one)));
  const beside = criterion && isWalked ? await walked() : conditions.filter((_, i) => criteria[i] !== criterion);
  const needsRows = !isWalked || !isPlain(rule, type, 's') || !others.every((one) => isBesideRows(row, one));
  const ofRid = needsRows ? undefined : beside;
  const listed = criterion && { criterion, conditions: [...always, ...beside], ofRid };
  const hasFew = isFew || query.criteria.some(isNarrow);
  return {
    row,
    conditions: [...always, ...conditions],
    isNarrow: hasFew,
    span: hasFew ? undefined : spanOf(row, query.criteria),
    isAll: !isFew && query.criteria.length === 0,
    ...(listed && { listed }),
  };
}

/** Of a search whose matches are all on its one page. */
export function wholeTotal(query: Pick<SearchQuery, 'total'>, total: number): { total?: number } {
  return query.total === 'none' ? {} : { total };
}

export type MatchRow = FoundRow & { readonly [key: `k${number}`]: string | number | null };

/** The first rows that the statements yield, one after the other, with their bodies. */
export async function firstRows(
  connection: Connection,
  site: Site,
  statements: readonly Sql[],
  limit: number,
): Promise<MatchRow[]> {
  const rows: MatchRow[] = [];
  for (const statement of statements) {
    if (rows.length >= limit) break;
    rows.push(...(await connection.query<MatchRow>(withBodies(site, statement))));
  }
  return rows.slice(0, limit);
}

/** The page is found first, in order, and only its rows are joined to their bodies. */
function withBodies(site: Site, page: Sql): Sql {
  return sql`with page as materialized (select row_number() over () as n, p.* from (${page}) p)
    select page.*, ${foundColumns} from page join ${table(site, 'res')} r on r.rid = page.rid order by page.n`;
}

function positionOf(row: MatchRow): SearchPosition {
  const keys: (string | number | null)[] = [];
  for (let i = 0; `k${i}` in row; i++) keys.push(row[`k${i}`] ?? null);
  return { keys, rid: row.rid };
}
