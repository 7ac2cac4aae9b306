import type { TryStore } from '../../factor-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

const hour = 3600_000;
const day = 24 * hour;
/** How long it is remembered that a try went well. */
const memory = 90 * day;

export function tryStore({ reads, writes }: Database, site: Site): TryStore {
  const tries = table(site, 'try_count');
  return {
    async take(key, { burst, perHour }, now) {
      const level = sql`greatest(0, t.level - greatest(0, ${now}::int8 - t.counted_at) * ${perHour / hour}::float8) + 1`;
      const full = now + Math.ceil((burst / perHour) * hour);
      const rows = await writes.query(sql`
        insert into ${tries} as t (h, level, counted_at, expires_at) values (${key}, 1, ${now}, ${full})
        on conflict (h) do update
        set level = ${level}, counted_at = ${now}, expires_at = greatest(t.expires_at, ${full}::int8)
        where ${level} <= ${burst}
        returning 1`);
      return rows.length > 0;
    },

    async hasSucceeded(key, since) {
      const rows = await reads.query(sql`select 1 from ${tries} where h = ${key} and succeeded_at >= ${since}`);
      return rows.length > 0;
    },

    async succeed(keys, now) {
      await writes.query(sql`
        update ${tries} set level = 0, succeeded_at = ${now}, expires_at = ${now + memory}
        where h = any(${keys}::bytea[])`);
    },
  };
}
