import type { SearchParameter } from '@chartgate/fhir';
import type { ParameterStore } from '../../parameter-ports.ts';
import type { Connection, Database, DatabaseAddress } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { indexVersion } from '../index/index-version.ts';
import { typeKey, typeOfKey } from '../index/type-key.ts';
import { announceParameters, listenToParameters } from './events.ts';
import { claimType, indexSome, now, orderIndexing } from './reindex.ts';

/** The search parameters of a site in PostgreSQL. @param address where changes are heard, on a connection of its own */
export function parameterStore(database: Database, address: DatabaseAddress, site: Site): ParameterStore {
  return {
    list: () => list(database.reads, site),
    replace: (wanted) => database.transaction((connection) => replace(connection, site, wanted)),
    progress: () => progress(database.reads, site),
    requireVersion: () => database.transaction((connection) => requireVersion(connection, site)),
    claim: () => claimType(database.writes, site),
    indexSome: (claim) => database.transaction((connection) => indexSome(connection, site, claim)),
    listen: (changed) => listenToParameters(address, site, changed),
  };
}

type Row = { type: string; code: string; definition: SearchParameter; state: 'indexing' | 'active' };

async function list(connection: Connection, site: Site): Promise<readonly SearchParameter[]> {
  const rows = await connection.query<Row>(
    sql`select type, code, definition, state from ${table(site, 'search_parameter')} order by type, code`,
  );
  return rows.map(({ definition, state }) => (state === 'active' ? definition : { ...definition, isIndexing: true }));
}

async function replace(connection: Connection, site: Site, wanted: readonly SearchParameter[]): Promise<boolean> {
  const name = table(site, 'search_parameter');
  await connection.query(sql`lock table ${name} in share row exclusive mode`);
  const rows = await connection.query<Row>(sql`select type, code, definition, state from ${name}`);
  const before = new Map(rows.map((row) => [keyOf(row.type, row.code), JSON.stringify(row.definition)]));
  const after = new Map(wanted.map((parameter) => [keyOf(parameter.resourceType, parameter.code), parameter]));
  const gone = rows.filter(({ type, code }) => !after.has(keyOf(type, code)));
  const changed = [...after].flatMap(([key, one]) => (before.get(key) === JSON.stringify(one) ? [] : [one]));
  if (gone.length === 0 && changed.length === 0) return false;
  await connection.query(sql`delete from ${name} p
    using unnest(${gone.map(({ type }) => type)}::text[], ${gone.map(({ code }) => code)}::text[]) as g(type, code)
    where p.type = g.type and p.code = g.code`);
  await connection.query(sql`insert into ${name} (type, code, definition, state, since)
    select c.type, c.code, c.definition::json, 'indexing', ${now}
    from unnest(${changed.map(({ resourceType }) => resourceType)}::text[], ${changed.map(({ code }) => code)}::text[],
      ${changed.map((one) => JSON.stringify(one))}::text[]) as c(type, code, definition)
    on conflict (type, code) do update set definition = excluded.definition, state = 'indexing', since = excluded.since`);
  await orderIndexing(connection, site, [...new Set(changed.map(({ resourceType }) => typeKey(resourceType)))]);
  await connection.query(sql`select ${announceParameters(site)}`);
  return true;
}

function keyOf(type: string, code: string): string {
  return `${type} ${code}`;
}

async function progress(connection: Connection, site: Site) {
  const rows = await connection.query<{ tk: number; done: string; total: string }>(sql`select i.tk, i.done,
    (select count(*) from ${table(site, 'sx')} x where x.tk = i.tk) as total from ${table(site, 'reindex')} i order by i.tk`);
  return rows.map(({ tk, done, total }) => ({ type: typeOfKey(tk), done: Number(done), total: Number(total) }));
}

async function requireVersion(connection: Connection, site: Site): Promise<void> {
  const name = table(site, 'index_state');
  const [state] = await connection.query<{ version: number }>(sql`select version from ${name} for update`);
  if (state && state.version >= indexVersion) return;
  const rows = await connection.query<{ tk: number }>(
    sql`select distinct tk from ${table(site, 'res')} where body is not null`,
  );
  await orderIndexing(
    connection,
    site,
    rows.map(({ tk }) => tk),
  );
  await connection.query(sql`update ${name} set version = ${indexVersion}`);
}
