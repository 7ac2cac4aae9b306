import type { SearchQuery } from '@chartgate/fhir';
import { isPlain } from '../access/content-rule.ts';
import type { Connection } from '../database/database.ts';
import { table } from '../database/site.ts';
import { and, raw, type Sql, sql } from '../database/sql.ts';
import type { Matches } from './page.ts';

/** An estimate is exact up to here. */
const exactUpTo = 10_000;

/**
 * The number of matches under the same rule. An estimate beyond what is quickly counted is the planner's; the planner
 * knows of rows that a restricted rule hides, so that there the count is exact.
 */
export async function totalOf(
  connection: Connection,
  matches: Matches,
  wanted: NonNullable<SearchQuery['total']>,
): Promise<{ total?: number }> {
  const { rule, type } = matches.row;
  if (wanted === 'none') return {};
  const list = listAlone(matches);
  if (list) return { total: await count(connection, list) };
  if (wanted === 'accurate' || !isPlain(rule, type, 's')) return { total: await count(connection, rows(matches)) };
  const counted = await count(connection, sql`${rows(matches)} limit ${exactUpTo + 1}`);
  if (counted <= exactUpTo) return { total: counted };
  return { total: Math.max(counted, await estimate(connection, rows(matches))) };
}

/** Of a search by tokens of a list alone, and of a type that is open as a whole: the list is what there is to count. */
function listAlone({ row, listed, conditions }: Matches): Sql | undefined {
  const beside = 2; // the type and the rule
  if (!listed || conditions.length > beside + 1 || !isPlain(row.rule, row.type, 's')) return undefined;
  const { parameter, values } = listed.criterion;
  const hashes = values.map((value) => row.site.terms.token(row.type, parameter.code, value));
  return sql`select ${raw(hashes.length > 1 ? 'distinct ' : '')}k.rid from ${table(row.site, 'kd')} k
    where k.h = any(${hashes}::int8[])`;
}

function rows({ row, conditions }: Matches): Sql {
  return sql`select 1 from ${table(row.site, 'sx')} ${raw(row.alias)} where ${and(conditions)}`;
}

async function count(connection: Connection, found: Sql): Promise<number> {
  const [row] = await connection.query<{ n: string }>(sql`select count(*) as n from (${found}) c`);
  return Number(row?.n ?? 0);
}

type Explained = { 'QUERY PLAN': readonly { Plan: { 'Plan Rows': number } }[] };

async function estimate(connection: Connection, found: Sql): Promise<number> {
  const [row] = await connection.query<Explained>(sql`explain (format json) ${found}`);
  return row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}
