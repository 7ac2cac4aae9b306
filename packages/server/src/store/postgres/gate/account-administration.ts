import { folded } from '../../account-ports.ts';
import type { AccountAdministration } from '../../sign-in-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { and, raw, sql } from '../database/sql.ts';
import { endingEverything } from './account-changes.ts';
import { linking } from './account-link-store.ts';
import { type AccountRow, accountColumns, accountOf } from './account-store.ts';
import { mailing } from './outbox-store.ts';

export function accountAdministration({ reads, writes }: Database, site: Site): AccountAdministration {
  const accounts = table(site, 'account');
  const charts = table(site, 'account_chart');
  const sessions = table(site, 'session');

  return {
    async invite({ account: a, charts: linked, link, mail }) {
      const rows = await writes.query(sql`
        with made as (
          insert into ${accounts} (account_id, user_name, user_name_key, email, email_key, status, role, fhir_user,
            password_hash, epoch, created_at)
          values (${a.accountId}, ${a.userName}, ${folded(a.userName)}, ${a.email}, ${folded(a.email)}, ${a.status},
            ${a.role}, ${a.fhirUser ?? null}, ${a.passwordHash ?? null}, ${a.epoch}, ${a.createdAt})
          on conflict do nothing returning account_id
        ), charted as (
          insert into ${charts} (account_id, patient, relationship, linked_at)
          select account_id, patient, relationship, ${a.createdAt}::int8 from made, unnest(
            ${linked.map((chart) => chart.patient)}::text[], ${linked.map((chart) => chart.relationship)}::text[]
          ) as t (patient, relationship)
        ), link as (${linking(site, link, raw('from made'))}), mail as (${mailing(site, mail, raw('from made'))})
        select account_id from made`);
      return rows.length > 0;
    },

    async list({ role, status, name, limit }) {
      const asked = and([
        ...(role === undefined ? [] : [sql`a.role = ${role}`]),
        ...(status === undefined ? [] : [sql`a.status = ${status}`]),
        ...(name === undefined ? [] : [sql`(a.user_name_key = ${folded(name)} or a.email_key = ${folded(name)})`]),
      ]);
      const rows = await reads.query<AccountRow>(
        sql`select ${accountColumns('a')} from ${accounts} a where ${asked} order by user_name_key limit ${limit}`,
      );
      return rows.map(accountOf);
    },

    async close(accountId) {
      // the rows of all administrators are locked: of two that close each other one finds itself the last
      const before = sql`admins as (
        select account_id from ${accounts} where role = 'administrator' and status = 'active' order by account_id for update
      ),`;
      const changed = sql`update ${accounts} set status = 'closed', password_hash = null, epoch = epoch + 1
        where account_id = ${accountId} and status <> 'closed' and (role <> 'administrator' or status <> 'active'
          or exists (select from admins where account_id <> ${accountId}))
        returning account_id, epoch`;
      const more = [
        sql`delete from ${charts} where account_id in (select account_id from changed)`,
        sql`delete from ${table(site, 'known_device')} where account_id in (select account_id from changed)`,
      ];
      const rows = await writes.query(endingEverything(site, changed, { before, more }));
      if (rows.length > 0) return 'closed';
      const [row] = await reads.query<{ status: string }>(
        sql`select status from ${accounts} where account_id = ${accountId}`,
      );
      return row === undefined || row.status === 'closed' ? 'unknown' : 'last-administrator';
    },

    async changePassword({ session, account }, { passwordHash, mail }) {
      const changed = sql`update ${accounts} set password_hash = ${passwordHash}, epoch = epoch + 1
        where account_id = ${account.accountId} and epoch = ${account.epoch} and status = 'active'
        returning account_id, epoch`;
      const more = [mailing(site, mail, raw('from changed'))];
      return (await writes.query(endingEverything(site, changed, { keep: session.hash, more }))).length > 0;
    },

    async putPassword(accountId, passwordHash) {
      const changed = sql`update ${accounts} set password_hash = ${passwordHash ?? null}, epoch = epoch + 1
        where account_id = ${accountId} returning account_id, epoch`;
      await writes.query(endingEverything(site, changed));
    },

    async strengthen(accountId, weaker, stronger) {
      await writes.query(sql`
        update ${accounts} set password_hash = ${stronger}
        where account_id = ${accountId} and password_hash = ${weaker}`);
    },

    async renewSession(old, s) {
      const rows = await writes.query(sql`
        with renewed as (
          update ${sessions} set h = ${s.hash}, session_id = ${s.sessionId}, amr = ${s.amr}, auth_time = ${s.authTime},
            seen_at = ${s.seenAt}, expires_at = ${s.expiresAt}, user_agent = ${s.userAgent}
          where h = ${old} and account_id = ${s.accountId} and epoch = ${s.epoch} returning 1
        ), moved as (
          update ${table(site, 'user_authorization')} set session_h = ${s.hash}
          where session_h = ${old} and exists (select from renewed)
        )
        select 1 from renewed`);
      return rows.length > 0;
    },
  };
}
