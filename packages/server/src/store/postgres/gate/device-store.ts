import type { DeviceStore } from '../../sign-in-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

/** Of an account. */
const mostDevices = 50;

export function deviceStore({ reads, writes }: Database, site: Site): DeviceStore {
  const devices = table(site, 'known_device');
  return {
    async isKnown(hash, accountId, now) {
      const rows = await reads.query(sql`
        select from ${devices} where h = ${hash} and account_id = ${accountId} and expires_at > ${now}`);
      return rows.length > 0;
    },

    async put(hash, accountId, at, expiresAt) {
      await writes.query(sql`
        with forgotten as (
          delete from ${devices} where account_id = ${accountId} and h in (
            select h from ${devices} where account_id = ${accountId} and h <> ${hash}
            order by seen_at desc offset ${mostDevices - 1})
        )
        insert into ${devices} (h, account_id, seen_at, expires_at)
        values (${hash}, ${accountId}, ${at}, ${expiresAt})
        on conflict (account_id, h) do update set seen_at = excluded.seen_at, expires_at = excluded.expires_at`);
    },
  };
}
