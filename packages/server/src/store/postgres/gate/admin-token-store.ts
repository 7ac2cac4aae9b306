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
  };
}
