import type { Resource } from '@chartgate/fhir';
import type { Claim } from '../../parameter-ports.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, sql } from '../database/sql.ts';
import { factsOf } from '../index/content-facts.ts';
import { indexRow } from '../index/index-row.ts';
import { typeKey, typeOfKey } from '../index/type-key.ts';
import { replaceIndex, sideRows } from '../write/write-statement.ts';
import { announceParameters } from './events.ts';

/** Rows in one transaction: what is being written at the same time waits no longer than for these. */
const batch = 200;
/** ms that a node holds a type without a sign of life. */
const lease = 30_000;
/**
 * ms after a change before the indexing begins, so that every node has heard of it and indexes what it writes by the new
 * parameters: what it wrote before is then met on the way.
 */
const grace = 2000;

/** The database's clock, ms since the epoch: nodes need not agree on theirs. */
export const now = sql`(extract(epoch from clock_timestamp()) * 1000)::int8`;

/** Has types indexed anew, from the first row on, even where that is under way. */
export async function orderIndexing(connection: Connection, site: Site, types: readonly number[]): Promise<void> {
  await connection.query(sql`insert into ${table(site, 'reindex')} (tk, since)
    select t.tk, ${now} from unnest(${types}::int2[]) t(tk)
    on conflict (tk) do update set since = excluded.since, position = -1, done = 0, leased_until = 0`);
}

export async function claimType(connection: Connection, site: Site): Promise<Claim | undefined> {
  const name = table(site, 'reindex');
  const [row] = await connection.query<{
    tk: number;
    since: string;
  }>(sql`update ${name} set leased_until = ${now} + ${lease}::int8
    where tk = (select tk from ${name} where leased_until < ${now} and since + ${grace}::int8 <= ${now}
      order by since, tk limit 1 for update skip locked)
    returning tk, since`);
  return row && { type: typeOfKey(row.tk), since: Number(row.since) };
}

type Stored = { rid: string; id: string; lu: string; body: string };

/** In a transaction: the rows stay as they are until they are indexed. */
export async function indexSome(
  connection: Connection,
  site: Site,
  claim: Claim,
): Promise<'more' | 'finished' | 'lost'> {
  const tk = typeKey(claim.type);
  const position = await holdPosition(connection, site, claim);
  if (position === undefined) return 'lost';
  // In the order in which writes take their locks, so that the two wait for each other instead of locking up.
  const rows = await connection.query<Stored>(sql`select r.rid, r.id, r.lu, r.body
    from (select x.rid from ${table(site, 'sx')} x where x.tk = ${tk} and x.rid > ${position}::int8
      order by x.rid limit ${batch}) p
    join ${table(site, 'res')} r on r.rid = p.rid order by r.tk, r.id for update of r`);
  if (rows.length === 0) {
    await finish(connection, site, claim);
    return 'finished';
  }
  const last = rows.reduce((most, { rid }) => (BigInt(rid) > most ? BigInt(rid) : most), BigInt(position));
  const indexed = rows.filter(({ body }) => body !== null).map((row) => versionOf(site, claim.type, row));
  await connection.query(
    sql`with ${replaceIndex(site, indexed, raw('true'))}, ${sideRows(site, indexed, raw('true'))} select 1`,
    `${site.schema} reindex`,
  );
  await connection.query(sql`update ${table(site, 'reindex')} set position = ${String(last)}::int8,
    done = done + ${rows.length}::int8, leased_until = ${now} + ${lease}::int8 where tk = ${tk}`);
  return 'more';
}

/** Undefined where the type is indexed from the beginning again, or by another node. */
async function holdPosition(connection: Connection, site: Site, claim: Claim): Promise<string | undefined> {
  const [row] = await connection.query<{ position: string }>(sql`select position from ${table(site, 'reindex')}
    where tk = ${typeKey(claim.type)} and since = ${claim.since}::int8 for update`);
  return row?.position;
}

function versionOf(site: Site, type: string, { rid, id, lu, body }: Stored) {
  const lastUpdated = Number(lu);
  const facts = factsOf(site, JSON.parse(body) as Resource, id);
  return { rid: Number(rid), tk: typeKey(type), lastUpdated, index: indexRow(site.terms, facts, lastUpdated) };
}

/** By the parameters that were there when the indexing was ordered, all can be found now. */
async function finish(connection: Connection, site: Site, { type, since }: Claim): Promise<void> {
  await connection.query(sql`delete from ${table(site, 'reindex')} where tk = ${typeKey(type)}`);
  await connection.query(sql`update ${table(site, 'search_parameter')} set state = 'active', since = ${now}
    where type = ${type} and state = 'indexing' and since <= ${since}::int8`);
  await connection.query(sql`select ${announceParameters(site)}`);
}
