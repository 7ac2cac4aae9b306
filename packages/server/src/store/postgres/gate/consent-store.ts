import type { AllowedApp, Consent, ConsentStore } from '../../authorization-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { announce } from './events.ts';

type Row = {
  account_id: string;
  client_id: string;
  patient: string;
  scope: string;
  refused: string;
  decided_at: string;
};

export function consentStore({ reads, writes }: Database, site: Site): ConsentStore {
  const consents = table(site, 'consent');
  const authorizations = table(site, 'user_authorization');
  const tokens = table(site, 'access_token');

  const putting = ({ accountId, clientId, patient = '', scope, refused, decidedAt }: Consent) => sql`
    insert into ${consents} (account_id, client_id, patient, scope, refused, decided_at)
    values (${accountId}, ${clientId}, ${patient}, ${scope}, ${refused}, ${decidedAt})
    on conflict (account_id, client_id, patient) do update
    set scope = excluded.scope, refused = excluded.refused, decided_at = excluded.decided_at`;

  return {
    async find(accountId, clientId, patient = '') {
      const [row] = await reads.query<Row>(sql`
        select * from ${consents}
        where account_id = ${accountId} and client_id = ${clientId} and patient = ${patient}`);
      return row && consentOf(row);
    },

    async list(accountId) {
      const rows = await reads.query<Row & { since: string | null; last_used_at: string | null }>(sql`
        select c.*, a.since, a.last_used_at from (
          select account_id, client_id, patient, scope, refused, decided_at from ${consents}
          where account_id = ${accountId}
          union all
          select a.account_id, a.client_id, coalesce(a.patient, ''), string_agg(distinct name, ' ' order by name), '',
            max(a.created_at)
          from ${authorizations} a, unnest(string_to_array(a.scope, ' ')) name
          where a.account_id = ${accountId} and not exists (select from ${consents} k
            where k.account_id = a.account_id and k.client_id = a.client_id and k.patient = coalesce(a.patient, ''))
          group by a.account_id, a.client_id, coalesce(a.patient, '')
        ) c
        left join lateral (
          select min(created_at) as since, max(coalesce(last_used_at, created_at)) as last_used_at
          from ${authorizations} a
          where a.account_id = c.account_id and a.client_id = c.client_id and coalesce(a.patient, '') = c.patient
        ) a on true
        order by c.decided_at desc, c.client_id, c.patient`);
      return rows.map(
        (row): AllowedApp => ({
          ...consentOf(row),
          since: Number(row.since ?? row.decided_at),
          ...(row.last_used_at === null ? {} : { lastUsedAt: Number(row.last_used_at) }),
        }),
      );
    },

    async put(consent) {
      await writes.query(putting(consent));
    },

    async replace(consent) {
      const { accountId, clientId, patient = '' } = consent;
      await writes.query(sql`
        with put as (${putting(consent)}), killed as (
          delete from ${authorizations}
          where account_id = ${accountId} and client_id = ${clientId} and coalesce(patient, '') = ${patient}
        )
        select ${announce({ site: site.name, users: true })}`);
    },

    async remove(accountId, clientId) {
      const [row] = await writes.query<{ killed: number }>(sql`
        with forgotten as (
          delete from ${consents} where account_id = ${accountId} and client_id = ${clientId}
        ), given as (
          delete from ${authorizations} where account_id = ${accountId} and client_id = ${clientId}
          returning authorization_id
        )
        select (select count(*)::int4 from ${tokens} t join given g using (authorization_id)) as killed,
          ${announce({ site: site.name, users: true })}`);
      return row?.killed ?? 0;
    },
  };
}

function consentOf(row: Row): Consent {
  return {
    accountId: row.account_id,
    clientId: row.client_id,
    ...(row.patient === '' ? {} : { patient: row.patient }),
    scope: row.scope,
    refused: row.refused,
    decidedAt: Number(row.decided_at),
  };
}
