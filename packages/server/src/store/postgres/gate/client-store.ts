import type { Client, ClientStore } from '../../gate-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, sql } from '../database/sql.ts';
import { announce } from './events.ts';

type Row = {
  client_id: string;
  status: Client['status'];
  metadata: Client['metadata'];
  scope: string;
  granted_scope: string;
  secret_hash: Buffer | null;
  registration_token_hash: Buffer | null;
  epoch: number;
  warnings: string[];
  created_at: string;
  decided_at: string | null;
  reason: string | null;
  is_resource_server: boolean;
};

export function clientStore({ reads, writes }: Database, site: Site): ClientStore {
  const clients = table(site, 'client');
  const tokens = table(site, 'access_token');

  return {
    async insert(c) {
      await writes.query(sql`
        insert into ${clients} (client_id, status, metadata, scope, granted_scope, secret_hash, registration_token_hash,
          epoch, warnings, created_at, decided_at, reason)
        values (${c.clientId}, ${c.status}, ${JSON.stringify(c.metadata)}, ${c.scope}, ${c.grantedScope},
          ${c.secretHash ?? null}, ${c.registrationTokenHash ?? null}, ${c.epoch}, ${JSON.stringify(c.warnings)},
          ${c.createdAt}, ${c.decidedAt ?? null}, ${c.reason ?? null})`);
    },

    async find(clientId) {
      const [row] = await reads.query<Row>(sql`select * from ${clients} where client_id = ${clientId}`);
      return row && clientOf(row);
    },

    async list({ status, limit }) {
      const rows = await reads.query<Row>(sql`
        select * from ${clients} where ${status === undefined ? raw('true') : sql`status = ${status}`}
        order by created_at desc, client_id limit ${limit}`);
      return rows.map(clientOf);
    },

    async countSince(createdAt) {
      const [row] = await reads.query<{ n: number }>(
        sql`select count(*)::int4 as n from ${clients} where created_at >= ${createdAt} and registration_token_hash is not null`,
      );
      return row?.n ?? 0;
    },

    async decide(clientId, { from, to, grantedScope, reason, at }) {
      const [row] = await writes.query<Row & { tokens_revoked: number }>(sql`
        with changed as (
          update ${clients} set status = ${to}, epoch = epoch + 1, decided_at = ${at}, reason = ${reason ?? null},
            granted_scope = coalesce(${grantedScope ?? null}, granted_scope)
          where client_id = ${clientId} and status = any(${from}::text[])
          returning *
        ), killed as (
          delete from ${tokens} t using changed c where t.client_id = c.client_id returning t.expires_at
        )
        select c.*, (select count(*)::int4 from killed where expires_at > ${at}) as tokens_revoked,
          ${announce({ site: site.name, clientId })}
        from changed c`);
      return row && { client: clientOf(row), tokensRevoked: row.tokens_revoked };
    },

    async setResourceServer(clientId, isResourceServer) {
      const [row] = await writes.query<Row>(sql`
        with changed as (
          update ${clients} set is_resource_server = ${isResourceServer} where client_id = ${clientId} returning *
        )
        select c.*, ${announce({ site: site.name, clientId })} from changed c`);
      return row && clientOf(row);
    },
  };
}

function clientOf(row: Row): Client {
  return {
    clientId: row.client_id,
    status: row.status,
    metadata: row.metadata,
    scope: row.scope,
    grantedScope: row.granted_scope,
    ...(row.secret_hash === null ? {} : { secretHash: row.secret_hash }),
    ...(row.registration_token_hash === null ? {} : { registrationTokenHash: row.registration_token_hash }),
    epoch: row.epoch,
    warnings: row.warnings,
    createdAt: Number(row.created_at),
    ...(row.decided_at === null ? {} : { decidedAt: Number(row.decided_at) }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    isResourceServer: row.is_resource_server,
  };
}
