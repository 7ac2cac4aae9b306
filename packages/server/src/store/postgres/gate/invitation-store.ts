import type { Invitation, InvitationStore } from '../../chart-claim-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { announce } from './events.ts';

type Row = {
  invitation_id: string;
  patient: string;
  relationship: Invitation['relationship'];
  email_key: string | null;
  made_by: string;
  created_at: string;
  expires_at: string;
};

export function invitationStore({ reads, writes }: Database, site: Site): InvitationStore {
  const invitations = table(site, 'invitation');
  const charts = table(site, 'account_chart');
  const accounts = table(site, 'account');

  return {
    async insert(hash, i) {
      await writes.query(sql`
        insert into ${invitations} (h, invitation_id, patient, relationship, email_key, made_by, created_at, expires_at)
        values (${hash}, ${i.invitationId}, ${i.patient}, ${i.relationship}, ${i.emailKey ?? null}, ${i.madeBy},
          ${i.createdAt}, ${i.expiresAt})`);
    },

    async tryOnce(hash, most, now) {
      const [row] = await writes.query<Row>(sql`
        update ${invitations} set tries = tries + 1
        where h = ${hash} and used_at is null and expires_at > ${now} and tries < ${most} returning *`);
      return row && invitationOf(row);
    },

    async redeem(hash, accountId, now) {
      const rows = await writes.query(sql`
        with used as (
          update ${invitations} set used_at = ${now}, used_by = ${accountId}
          where h = ${hash} and used_at is null and expires_at > ${now} returning patient, relationship
        ), linked as (
          insert into ${charts} (account_id, patient, relationship, linked_at)
          select ${accountId}, patient, relationship, ${now}::int8 from used
          on conflict (account_id, patient) do update set relationship = excluded.relationship
          returning patient, relationship
        ), named as (
          update ${accounts} set fhir_user = 'Patient/' || linked.patient from linked
          where account_id = ${accountId} and fhir_user is null and linked.relationship = 'self' and role = 'patient'
        )
        select ${announce({ site: site.name, users: true })} from linked`);
      return rows.length > 0;
    },

    async list(now, limit) {
      const rows = await reads.query<Row>(sql`
        select * from ${invitations} where used_at is null and expires_at > ${now}
        order by created_at desc, invitation_id limit ${limit}`);
      return rows.map(invitationOf);
    },

    async remove(invitationId) {
      const rows = await writes.query(
        sql`delete from ${invitations} where invitation_id = ${invitationId} and used_at is null returning 1`,
      );
      return rows.length > 0;
    },
  };
}

function invitationOf(row: Row): Invitation {
  return {
    invitationId: row.invitation_id,
    patient: row.patient,
    relationship: row.relationship,
    ...(row.email_key === null ? {} : { emailKey: row.email_key }),
    madeBy: row.made_by,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  };
}
