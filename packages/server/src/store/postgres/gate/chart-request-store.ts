import type { ChartClaim, ChartRequest, ChartRequestStore } from '../../chart-claim-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { announce } from './events.ts';

type Row = {
  request_id: string;
  account_id: string;
  content: ChartClaim;
  created_at: string;
  status: ChartRequest['status'];
  patient: string | null;
  reason: string | null;
  decided_by: string | null;
  decided_at: string | null;
};

export function chartRequestStore({ reads, writes, transaction }: Database, site: Site): ChartRequestStore {
  const requests = table(site, 'chart_request');
  const charts = table(site, 'account_chart');
  const accounts = table(site, 'account');

  return {
    // the account is held first: a statement counts what was there when it began
    insert: ({ requestId, accountId, claim, createdAt }, most) =>
      transaction(async (held) => {
        await held.query(sql`select from ${accounts} where account_id = ${accountId} for update`);
        const rows = await held.query(sql`
          insert into ${requests} (request_id, account_id, content, created_at)
          select ${requestId}, ${accountId}, ${JSON.stringify(claim)}::json, ${createdAt}::int8
          where (select count(*) from ${requests} where account_id = ${accountId} and status = 'open') < ${most}::int4
          returning 1`);
        return rows.length > 0;
      }),

    async find(requestId) {
      const [row] = await reads.query<Row>(sql`select * from ${requests} where request_id = ${requestId}`);
      return row && requestOf(row);
    },

    async list({ status = 'open', limit }) {
      const rows = await reads.query<Row>(sql`
        select * from ${requests} where status = ${status} order by created_at, request_id limit ${limit}`);
      return rows.map(requestOf);
    },

    async listOf(accountId) {
      const rows = await reads.query<Row>(sql`
        select * from ${requests} where account_id = ${accountId} order by created_at desc, request_id limit 50`);
      return rows.map(requestOf);
    },

    async decide(requestId, decision) {
      const { status, by, at } = decision;
      const patient = decision.status === 'accepted' ? decision.patient : null;
      const relationship = decision.status === 'accepted' ? decision.relationship : null;
      const reason = decision.status === 'rejected' ? decision.reason : null;
      const [row] = await writes.query<Row>(sql`
        with decided as (
          update ${requests} set status = ${status}, patient = ${patient}, reason = ${reason}, decided_by = ${by},
            decided_at = ${at}
          where request_id = ${requestId} and status = 'open' returning *
        ), linked as (
          insert into ${charts} (account_id, patient, relationship, linked_at)
          select account_id, patient, ${relationship}::text, ${at}::int8 from decided where status = 'accepted'
          on conflict (account_id, patient) do update set relationship = excluded.relationship
          returning account_id, patient, relationship
        ), named as (
          update ${accounts} a set fhir_user = 'Patient/' || linked.patient from linked
          where a.account_id = linked.account_id and fhir_user is null and linked.relationship = 'self'
            and role = 'patient'
        )
        select decided.*, ${announce({ site: site.name, users: true })} from decided`);
      return row && requestOf(row);
    },

    linkOwn: (accountId, patient, now) =>
      transaction(async (held) => {
        const key = `${site.schema} own ${patient}`;
        await held.query(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
        const rows = await held.query(sql`
          with linked as (
            insert into ${charts} (account_id, patient, relationship, linked_at)
            select ${accountId}, ${patient}, 'self', ${now}::int8
            where not exists (select from ${charts} c
              where c.patient = ${patient} and c.relationship = 'self' and c.account_id <> ${accountId})
            on conflict (account_id, patient) do update set relationship = 'self'
            returning 1
          ), named as (
            update ${accounts} set fhir_user = ${`Patient/${patient}`}
            where account_id = ${accountId} and fhir_user is null and role = 'patient' and exists (select from linked)
          )
          select ${announce({ site: site.name, users: true })} from linked`);
        return rows.length > 0;
      }),
  };
}

function requestOf(row: Row): ChartRequest {
  return {
    requestId: row.request_id,
    accountId: row.account_id,
    claim: row.content,
    createdAt: Number(row.created_at),
    status: row.status,
    ...(row.patient === null ? {} : { patient: row.patient }),
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.decided_by === null ? {} : { decidedBy: row.decided_by }),
    ...(row.decided_at === null ? {} : { decidedAt: Number(row.decided_at) }),
  };
}
