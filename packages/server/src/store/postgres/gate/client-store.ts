import type { Client, ClientStore } from '../../gate-ports.ts';
import type { ApprovedState, ClientLife, FirstApproval, RetiredKey, WaitingFor } from '../../registration-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, sql } from '../database/sql.ts';
import { announce } from './events.ts';

/** A row of `client`. */
export type ClientRow = {
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
  version: number;
  previous_secret_hash: Buffer | null;
  previous_secret_until: string | null;
  retired_keys: RetiredKey[];
  approved: ApprovedState | null;
  waiting_since: string | null;
  waiting_for: WaitingFor | null;
  first_approval: FirstApproval | null;
  registered_by: string | null;
  approval_expires_at: string | null;
};

export function clientStore({ reads, writes }: Database, site: Site): ClientStore {
  const clients = table(site, 'client');

  return {
    async find(clientId) {
      const [row] = await reads.query<ClientRow>(sql`select * from ${clients} where client_id = ${clientId}`);
      return row && clientOf(row);
    },

    async list({ status, limit }) {
      const rows = await reads.query<ClientRow>(sql`
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

    async setResourceServer(clientId, isResourceServer) {
      const [row] = await writes.query<ClientRow>(sql`
        with changed as (
          update ${clients} set is_resource_server = ${isResourceServer} where client_id = ${clientId} returning *
        )
        select c.*, ${announce({ site: site.name, clientId })} from changed c`);
      return row && clientOf(row);
    },
  };
}

export function clientOf(row: ClientRow): Client & ClientLife {
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
    ...lifeOf(row),
  };
}

function lifeOf(row: ClientRow): ClientLife {
  const { previous_secret_hash: hash, waiting_for: why } = row;
  return {
    version: row.version,
    ...(hash === null ? {} : { previousSecret: { hash, until: Number(row.previous_secret_until) } }),
    retiredKeys: row.retired_keys,
    ...(row.approved === null ? {} : { approved: row.approved }),
    ...(why === null ? {} : { waiting: { since: Number(row.waiting_since), for: why } }),
    ...(row.first_approval === null ? {} : { firstApproval: row.first_approval }),
    ...(row.registered_by === null ? {} : { registeredBy: row.registered_by }),
    ...(row.approval_expires_at === null ? {} : { approvalExpiresAt: Number(row.approval_expires_at) }),
  };
}
