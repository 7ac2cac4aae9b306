import type { AdminTokenStore } from '../../gate-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

export function adminTokenStore({ reads, writes }: Database, site: Site): AdminTokenStore {
  const tokens = table(site, 'admin_token');
  return {
    async put({ hash, name, createdAt }) {
      await writes.query(sql`
        insert into ${tokens} (h, name, created_at) values (${hash}, ${name}, ${createdAt})
        on conflict (name) do update set h = excluded.h, created_at = excluded.created_at`);
    },

    async find(hash) {
      const [row] = await reads.query<{ h: Buffer; name: string }>(
        sql`select h, name from ${tokens} where h = ${hash}`,
      );
      return row && { hash: row.h, name: row.name };
    },

    async insert({ hash, name, createdAt, createdBy }, most) {
      const [row] = await writes.query<{ stored: number; n: number }>(sql`
        with stored as (
          insert into ${tokens} (h, name, created_at, created_by)
          select ${hash}::bytea, ${name}::text, ${createdAt}::int8, ${createdBy ?? null}::text
          where (select count(*) from ${tokens}) < ${most}::int8
          on conflict do nothing returning 1
        )
        select (select count(*)::int4 from stored) as stored, (select count(*)::int4 from ${tokens}) as n`);
      if (row?.stored) return undefined;
      return (row?.n ?? 0) >= most ? 'too-many' : 'taken';
    },

    async list() {
      const rows = await reads.query<{ name: string; created_at: string; created_by: string | null }>(
        sql`select name, created_at, created_by from ${tokens} order by created_at, name`,
      );
      return rows.map(({ name, created_at, created_by }) => ({
        name,
        createdAt: Number(created_at),
        ...(created_by === null ? {} : { createdBy: created_by }),
      }));
    },

    async remove(name) {
      // all rows are locked, so that of two that remove the last two the second finds one
      const [row] = await writes.query<{ found: number; removed: number }>(sql`
        with held as (
          select name from ${tokens} order by name for update
        ), removed as (
          delete from ${tokens} where name = ${name} and (select count(*) from held) > 1 returning 1
        )
        select (select count(*)::int4 from held where name = ${name}) as found,
          (select count(*)::int4 from removed) as removed`);
      if (row?.removed) return 'removed';
      return row?.found ? 'last' : 'unknown';
    },
  };
}
