import type { ChartCanonical, ChartConformance } from '../../conformance-ports.ts';
import { int2Array, textArray } from '../database/arrays.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { typeKey, typeOfKey } from '../index/type-key.ts';

type Row = { tk: number; id: string; body: string | null };

/** Reads without an access rule: nothing of it reaches a caller but through a permit. */
export function chartConformance({ searches }: Database, site: Site): ChartConformance {
  return {
    async all(types, limit) {
      const rows = await searches.query<Row>(sql`
        select tk, id, body from ${table(site, 'res')}
        where tk = any(${int2Array(types.map(typeKey))}::int2[]) and body is not null
        order by lu desc limit ${limit}`);
      return rows.map(canonicalOf);
    },
    async some(keys) {
      const rows = await searches.query<Row>(sql`
        select r.tk, r.id, r.body
        from unnest(${int2Array(keys.map(({ type }) => typeKey(type)))}::int2[], ${textArray(keys.map(({ id }) => id))}::text[])
          as k(tk, id)
        join ${table(site, 'res')} r on r.tk = k.tk and r.id = k.id`);
      return rows.map(canonicalOf);
    },
  };
}

function canonicalOf({ tk, id, body }: Row): ChartCanonical {
  return { type: typeOfKey(tk), id, ...(body === null ? {} : { text: body }) };
}
