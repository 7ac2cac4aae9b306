import type {
  AuthorizationRequest,
  AuthorizationRequestStore,
  LaunchContext,
  LaunchStore,
} from '../../authorization-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

export function authorizationRequestStore({ reads, writes }: Database, site: Site): AuthorizationRequestStore {
  const requests = table(site, 'authorization_request');
  return {
    async insert(hash, request, createdAt, expiresAt) {
      await writes.query(sql`
        insert into ${requests} (h, client_id, content, created_at, expires_at)
        values (${hash}, ${request.clientId}, ${JSON.stringify(request)}, ${createdAt}, ${expiresAt})`);
    },

    async find(hash, now) {
      const [row] = await reads.query<{ content: AuthorizationRequest; created_at: string }>(
        sql`select content, created_at from ${requests} where h = ${hash} and expires_at > ${now}`,
      );
      return row && { ...row.content, createdAt: Number(row.created_at) };
    },

    async replace(hash, request) {
      await writes.query(sql`update ${requests} set content = ${JSON.stringify(request)} where h = ${hash}`);
    },

    async remove(hash) {
      const rows = await writes.query(sql`delete from ${requests} where h = ${hash} returning h`);
      return rows.length > 0;
    },
  };
}

export function launchStore({ writes }: Database, site: Site): LaunchStore {
  const launches = table(site, 'launch');
  return {
    async insert(launch) {
      await writes.query(sql`
        insert into ${launches} (h, client_id, account_id, context, created_at, expires_at)
        values (${launch.hash}, ${launch.clientId}, ${launch.accountId}, ${JSON.stringify(launch.context)},
          ${launch.createdAt}, ${launch.expiresAt})`);
    },

    async use(hash, clientId, now) {
      const [row] = await writes.query<{ account_id: string; context: LaunchContext }>(sql`
        update ${launches} set used_at = ${now}
        where h = ${hash} and client_id = ${clientId} and used_at is null and expires_at > ${now}
        returning account_id, context`);
      return row && { accountId: row.account_id, context: row.context };
    },
  };
}
