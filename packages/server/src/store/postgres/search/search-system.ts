import { FhirError, invalidSearchParameter, issue, type SearchQuery } from '@chartgate/fhir';
import type { SearchPosition, SearchSystem } from '../../../access/interaction.ts';
import type { Permitted } from '../../../access/permit.ts';
import { opening } from '../../../access/rule.ts';
import type { SearchPage } from '../../ports.ts';
import { requirePermittedHere } from '../access/permitted-here.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { join, raw, type Sql, sql } from '../database/sql.ts';
import { typeOfKey } from '../index/type-key.ts';
import { storedVersion } from '../index/version-row.ts';
import type { Row } from './criterion.ts';
import { exactly } from './exact-check.ts';
import { included } from './include.ts';
import { type Order, orderOf } from './order.ts';
import { type Matches, pageStatements } from './page.ts';
import { firstRows, type MatchRow, matchesOf, nextOf, wholeTotal } from './search.ts';
import { totalOf } from './total.ts';

/** What is searched on one of the types. */
type Part = { readonly query: SearchQuery; readonly order: Order; readonly matches: Matches };

/**
 * One page of a search over several types: the first rows of each, merged. Each type is under its own part of the rule;
 * what is not opened, and what there is nothing of, is not looked at.
 * @throws {FhirError} 400 for a sort key that is not of the same kind on all types, or too many resources to include
 * @see https://hl7.org/fhir/R4/search.html#all
 */
export async function searchSystem(
  connection: Connection,
  site: Site,
  permitted: Permitted<SearchSystem>,
): Promise<SearchPage> {
  requirePermittedHere(site, permitted);
  const { query, after } = permitted.interaction;
  const { count } = query;
  const parts = await partsOf(connection, site, permitted);
  const total = async (wanted: NonNullable<SearchQuery['total']>) => totalOfAll(connection, parts, wanted);
  if (count === 0) return { matches: [], included: [], ...(await total('accurate')) };
  if (parts.length === 0) return { matches: [], included: [], ...wholeTotal(query, 0) };
  const found = await firstRows(connection, site, [merged(parts, after, count + 1)], count + 1);
  const page = found.slice(0, count);
  const rows = page.filter((row) => isExact(site, permitted, row));
  const isWhole = after === undefined && found.length <= count;
  return {
    matches: rows.map(storedVersion),
    ...(await included(connection, { site, rule: permitted.rule }, query, rows)),
    ...(isWhole ? wholeTotal(query, page.length) : await total(query.total ?? 'none')),
    ...nextOf(found, count),
  };
}

async function partsOf(
  connection: Connection,
  site: Site,
  { interaction, rule }: Permitted<SearchSystem>,
): Promise<readonly Part[]> {
  const present = await typesPresent(connection, site);
  const parts: Part[] = [];
  for (const query of interaction.query.parts) {
    const { type } = query;
    const row: Row = { site, rule, type, alias: 'x' };
    // Also of a type that has no rows, so that what is refused does not depend on what is stored.
    const order: Order = query.sort.length === 0 ? { kind: 'rid' } : orderOf(row, query);
    if (!present.has(type) || opening(rule, type, 's').length === 0) continue;
    parts.push({ query, order, matches: await matchesOf(connection, row, query, false) });
  }
  requireSameKeys(interaction.query.parts.map((query) => keyTypes(site, query)));
  return parts;
}

/** The types of which there are rows, looked up one after the other in the index. */
async function typesPresent(connection: Connection, site: Site): Promise<ReadonlySet<string>> {
  const sx = table(site, 'sx');
  const rows = await connection.query<{ tk: number }>(sql`with recursive t(tk) as (
      (select x.tk from ${sx} x where x.tk > 0 order by x.tk limit 1)
      union all
      select (select x.tk from ${sx} x where x.tk > t.tk order by x.tk limit 1) from t where t.tk is not null
    ) select t.tk from t where t.tk is not null`);
  return new Set(rows.map(({ tk }) => typeOfKey(tk)));
}

/** What the keys of a row are of, in order. */
function keyTypes(site: Site, query: SearchQuery): readonly string[] {
  if (query.sort.length === 0) return [];
  const order = orderOf({ site, rule: { opens: [] }, type: query.type, alias: 'x' }, query);
  if (order.kind === 'walk') return [order.column === 'id' ? 'text' : 'int8'];
  return order.kind === 'keys' ? order.keys.map(({ type }) => type) : [];
}

function requireSameKeys(types: readonly (readonly string[])[]): void {
  if (new Set(types.map((one) => one.join())).size < 2) return;
  const why = 'its keys are not of one kind on all types that are searched. Sort by _id or _lastUpdated.';
  throw invalidSearchParameter('_sort', why);
}

/** The first rows of each part are in order; so are the first of all of them. */
function merged(parts: readonly Part[], after: SearchPosition | undefined, limit: number): Sql {
  const statements = parts.flatMap(({ matches, order }) => pageStatements(matches, order, after, limit));
  const [
    {
      query: { sort },
    } = { query: { sort: [] } },
  ] = parts;
  const keys = sort.map(({ descending }, i) => raw(`u.k${i} ${descending ? 'desc' : 'asc'} nulls last`));
  const rid = raw(`u.rid ${sort[0]?.descending ? 'desc' : 'asc'}`);
  const all = statements.map((statement) => sql`(${statement})`);
  const whole = sql`select u.* from (${join(all, ' union all ')}) u order by ${join([...keys, rid], ', ')} limit ${limit}`;
  if (whole.render().values.length > maxValues) throw tooManyValues();
  return whole;
}

/** Values that one statement takes: the database's own limit is 65,535. */
const maxValues = 60_000;

function tooManyValues(): FhirError {
  const text = 'The search has too many values for so many types. Name fewer types by _type, or fewer values.';
  return new FhirError(400, [issue('too-costly', text)]);
}

function isExact(site: Site, { interaction, rule }: Permitted<SearchSystem>, row: MatchRow): boolean {
  const type = typeOfKey(row.tk);
  const part = interaction.query.parts.find((query) => query.type === type);
  return part !== undefined && exactly({ site, type, rule, letters: ['s'], criteria: part.criteria }, [row]).length > 0;
}

async function totalOfAll(
  connection: Connection,
  parts: readonly Part[],
  wanted: NonNullable<SearchQuery['total']>,
): Promise<{ total?: number }> {
  if (wanted === 'none') return {};
  let sum = 0;
  for (const { matches } of parts) sum += (await totalOf(connection, matches, wanted)).total ?? 0;
  return { total: sum };
}
