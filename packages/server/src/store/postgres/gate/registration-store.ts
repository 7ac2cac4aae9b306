import type { Client } from '../../gate-ports.ts';
import type {
  ClientChange,
  ClientDecision,
  ClientLife,
  DecisionAction,
  RegistrationStore,
} from '../../registration-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { join, raw, type Sql, sql } from '../database/sql.ts';
import { type ClientRow, clientOf } from './client-store.ts';
import { announce, announceClient } from './events.ts';

type DecisionRow = {
  at: string;
  actor: string;
  action: DecisionAction;
  reason: string | null;
  content: ClientDecision['content'];
};

/** Registrations. A change holds for the version it was made for, and keeps its line of the history with it. */
export function registrationStore({ reads, writes }: Database, site: Site): RegistrationStore {
  const clients = table(site, 'client');
  const decisions = table(site, 'client_decision');
  const decided = (from: Sql, { at, by, action, reason, content }: ClientDecision) => sql`
    insert into ${decisions} (client_id, at, actor, action, reason, content)
    select client_id, ${at}::int8, ${by}::text, ${action}::text, ${reason ?? null}::text,
      ${JSON.stringify(content)}::json from ${from}`;

  return {
    async insert(client, { decision, initialAccessToken }) {
      const token = initialAccessToken ?? null;
      const rows = await writes.query(sql`
        with used as (
          update ${table(site, 'initial_access_token')} set uses = uses + 1
          where h = ${token}::bytea and uses < max_uses and expires_at > ${decision.at} returning 1
        ), stored as (
          ${inserted(clients, client)} where ${token}::bytea is null or exists (select from used)
          returning client_id
        ), decided as (${decided(sql`stored`, decision)})
        select client_id from stored`);
      return rows.length > 0;
    },

    async find(clientId) {
      const [row] = await reads.query<ClientRow>(sql`select * from ${clients} where client_id = ${clientId}`);
      return row && clientOf(row);
    },

    async waiting(limit) {
      const rows = await reads.query<ClientRow>(sql`
        select * from ${clients} where status = 'pending' order by waiting_since, client_id limit ${limit}`);
      return rows.map(clientOf);
    },

    async change({ clientId, version }, change, decision) {
      const kills = change.endsTokens === true;
      const [row] = await writes.query<ClientRow & { tokens_revoked: number }>(sql`
        with changed as (
          update ${clients} set ${assignments(change)} where client_id = ${clientId} and version = ${version} returning *
        ), decided as (${decided(sql`changed`, decision)}), ${killed(site, kills)}
        select c.*, (select count(*)::int4 from killed where expires_at > ${decision.at}) as tokens_revoked,
          ${announce({ site: site.name, clientId })}
        from changed c`);
      return row && { client: clientOf(row), tokensRevoked: row.tokens_revoked };
    },

    async history(clientId, limit) {
      const rows = await reads.query<DecisionRow>(sql`
        select at, actor, action, reason, content from ${decisions} where client_id = ${clientId}
        order by id desc limit ${limit}`);
      return rows.map(({ at, actor, action, reason, content }) => ({
        at: Number(at),
        by: actor,
        action,
        ...(reason === null ? {} : { reason }),
        content,
      }));
    },

    async expire(now) {
      const decision: ClientDecision = { at: now, by: 'clock', action: 'expire', content: {} };
      const rows = await writes.query<ClientRow>(sql`
        with changed as (
          update ${clients} set status = 'pending', epoch = epoch + 1, version = version + 1, granted_scope = '',
            waiting_since = ${now}, waiting_for = 'expiry', approval_expires_at = null, first_approval = null,
            reason = 'The approval has run out: an administrator decides anew.'
          where status = 'approved' and approval_expires_at <= ${now}
          returning *
        ), decided as (${decided(sql`changed`, decision)}), ${killed(site, true)}
        select c.*, ${announceClient(site.name, sql`c.client_id`)}
        from changed c`);
      return rows.map(clientOf);
    },

    async takeExpiring(before, now) {
      const rows = await writes.query<ClientRow>(sql`
        update ${clients} set expiry_warned_at = ${now}
        where status = 'approved' and approval_expires_at <= ${before} and approval_expires_at > ${now}
          and expiry_warned_at is null
        returning *`);
      return rows.map(clientOf);
    },
  };
}

function inserted(clients: Sql, c: Client & Partial<ClientLife>): Sql {
  return sql`
    insert into ${clients} (client_id, status, metadata, scope, granted_scope, secret_hash, registration_token_hash, epoch,
      warnings, created_at, decided_at, reason, approved, waiting_since, waiting_for, registered_by, approval_expires_at)
    select ${c.clientId}::text, ${c.status}::text, ${JSON.stringify(c.metadata)}::json, ${c.scope}::text,
      ${c.grantedScope}::text, ${c.secretHash ?? null}::bytea, ${c.registrationTokenHash ?? null}::bytea, ${c.epoch}::int4,
      ${JSON.stringify(c.warnings)}::json, ${c.createdAt}::int8, ${c.decidedAt ?? null}::int8, ${c.reason ?? null}::text,
      ${json(c.approved)}::json, ${c.waiting?.since ?? null}::int8, ${c.waiting?.for ?? null}::text,
      ${c.registeredBy ?? null}::text, ${c.approvalExpiresAt ?? null}::int8`;
}

/** Deletes what was given to the clients of `changed`: their own tokens, and what users gave them. */
function killed(site: Site, kills: boolean): Sql {
  return sql`killed as (
    delete from ${table(site, 'access_token')} t using changed c where ${kills} and t.client_id = c.client_id
    returning t.expires_at
  ), ended as (
    delete from ${table(site, 'user_authorization')} a using changed c where ${kills} and a.client_id = c.client_id
  )`;
}

function assignments(c: ClientChange): Sql {
  const set = (column: string, type: string, value: unknown): Sql[] =>
    value === undefined ? [] : [sql`${raw(column)} = ${value}::${raw(type)}`];
  return join(
    [
      sql`version = version + 1`,
      ...(c.endsTokens ? [sql`epoch = epoch + 1`] : []),
      ...set('status', 'text', c.status),
      ...set('metadata', 'json', c.metadata && JSON.stringify(c.metadata)),
      ...set('scope', 'text', c.scope),
      ...set('granted_scope', 'text', c.grantedScope),
      ...set('warnings', 'json', c.warnings && JSON.stringify(c.warnings)),
      ...set('secret_hash', 'bytea', c.secretHash),
      ...set('previous_secret_hash', 'bytea', c.previousSecret === null ? null : c.previousSecret?.hash),
      ...set('previous_secret_until', 'int8', c.previousSecret === null ? null : c.previousSecret?.until),
      ...set('registration_token_hash', 'bytea', c.registrationTokenHash),
      ...set('retired_keys', 'json', c.retiredKeys && JSON.stringify(c.retiredKeys)),
      ...set('approved', 'json', json(c.approved) ?? undefined),
      ...set('waiting_since', 'int8', c.waiting === null ? null : c.waiting?.since),
      ...set('waiting_for', 'text', c.waiting === null ? null : c.waiting?.for),
      ...set('first_approval', 'json', c.firstApproval === undefined ? undefined : json(c.firstApproval)),
      ...set('approval_expires_at', 'int8', c.approvalExpiresAt),
      ...(c.approvalExpiresAt === undefined ? [] : [sql`expiry_warned_at = null`]),
      ...set('decided_at', 'int8', c.decidedAt),
      ...set('reason', 'text', c.reason),
      ...set('deleted_at', 'int8', c.deletedAt),
    ],
    ', ',
  );
}

function json(value: object | null | undefined): string | null {
  return value ? JSON.stringify(value) : null;
}
