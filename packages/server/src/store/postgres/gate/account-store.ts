import { type Account, type AccountStore, type ChartLink, folded } from '../../account-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, type Sql, sql } from '../database/sql.ts';
import { announce } from './events.ts';

/** A row of `account`, alone or beside columns of other tables. */
export type AccountRow = {
  account_id: string;
  user_name: string;
  email: string;
  status: Account['status'];
  role: Account['role'];
  fhir_user: string | null;
  password_hash: string | null;
  account_epoch: number;
  account_created_at: string;
};

/** The columns of `AccountRow`, of `account` under an alias. */
export function accountColumns(alias: string): Sql {
  return raw(
    `${alias}.account_id, ${alias}.user_name, ${alias}.email, ${alias}.status, ${alias}.role, ${alias}.fhir_user,
    ${alias}.password_hash, ${alias}.epoch as account_epoch, ${alias}.created_at as account_created_at`,
  );
}

export function accountOf(row: AccountRow): Account {
  return {
    accountId: row.account_id,
    userName: row.user_name,
    email: row.email,
    status: row.status,
    role: row.role,
    ...(row.fhir_user === null ? {} : { fhirUser: row.fhir_user }),
    ...(row.password_hash === null ? {} : { passwordHash: row.password_hash }),
    epoch: row.account_epoch,
    createdAt: Number(row.account_created_at),
  };
}

export function accountStore({ reads, writes }: Database, site: Site): AccountStore {
  const accounts = table(site, 'account');
  const charts = table(site, 'account_chart');
  const sessions = table(site, 'session');
  const authorizations = table(site, 'user_authorization');

  return {
    async insert(a) {
      const rows = await writes.query(sql`
        insert into ${accounts} (account_id, user_name, user_name_key, email, email_key, status, role, fhir_user,
          password_hash, epoch, created_at)
        values (${a.accountId}, ${a.userName}, ${folded(a.userName)}, ${a.email}, ${folded(a.email)}, ${a.status},
          ${a.role}, ${a.fhirUser ?? null}, ${a.passwordHash ?? null}, ${a.epoch}, ${a.createdAt})
        on conflict do nothing returning account_id`);
      return rows.length > 0;
    },

    async find(accountId) {
      const [row] = await reads.query<AccountRow>(
        sql`select ${accountColumns('a')} from ${accounts} a where account_id = ${accountId}`,
      );
      return row && accountOf(row);
    },

    async findByName(name) {
      const key = folded(name);
      const [row] = await reads.query<AccountRow>(sql`
        select ${accountColumns('a')} from ${accounts} a
        where user_name_key = ${key} or (email_key = ${key} and status = 'active')
        order by user_name_key = ${key} desc limit 1`);
      return row && accountOf(row);
    },

    async charts(accountId) {
      const rows = await reads.query<{ patient: string; relationship: ChartLink['relationship']; linked_at: string }>(
        sql`select patient, relationship, linked_at from ${charts} where account_id = ${accountId}
          order by relationship desc, linked_at, patient`,
      );
      return rows.map((row) => ({
        patient: row.patient,
        relationship: row.relationship,
        linkedAt: Number(row.linked_at),
      }));
    },

    async link(accountId, { patient, relationship, linkedAt }) {
      await writes.query(sql`
        with linked as (
          insert into ${charts} (account_id, patient, relationship, linked_at)
          values (${accountId}, ${patient}, ${relationship}, ${linkedAt})
          on conflict (account_id, patient) do update set relationship = excluded.relationship
          returning 1
        ), named as (
          update ${accounts} set fhir_user = ${`Patient/${patient}`}
          where account_id = ${accountId} and fhir_user is null and ${relationship} = 'self' and role = 'patient'
        )
        select ${announce({ site: site.name, users: true })} from linked`);
    },

    async unlink(accountId, patient) {
      await writes.query(sql`
        with unlinked as (
          delete from ${charts} where account_id = ${accountId} and patient = ${patient}
        ), unnamed as (
          update ${accounts} set fhir_user = null
          where account_id = ${accountId} and fhir_user = ${`Patient/${patient}`}
        ), killed as (
          delete from ${authorizations} where account_id = ${accountId} and patient = ${patient}
        )
        select ${announce({ site: site.name, users: true })}`);
    },

    async endEverything(accountId, keep) {
      const [row] = await writes.query<{ ended: number }>(sql`
        with changed as (
          update ${accounts} set epoch = epoch + 1 where account_id = ${accountId} returning epoch
        ), kept as (
          update ${sessions} s set epoch = changed.epoch from changed
          where s.account_id = ${accountId} and s.h = ${keep ?? null}::bytea
        ), ended as (
          delete from ${sessions} where account_id = ${accountId} and h is distinct from ${keep ?? null}::bytea
          returning 1
        ), killed as (
          delete from ${authorizations} where account_id = ${accountId}
        )
        select (select count(*)::int4 from ended) as ended, ${announce({ site: site.name, users: true })}`);
      return row?.ended ?? 0;
    },
  };
}
