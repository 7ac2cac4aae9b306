import type { Session, SessionStore } from '../../account-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { type AccountRow, accountColumns, accountOf } from './account-store.ts';
import { announce } from './events.ts';

type SessionRow = {
  h: Buffer;
  session_id: string;
  account_id: string;
  epoch: number;
  amr: string[];
  auth_time: string;
  seen_at: string;
  expires_at: string;
  user_agent: string;
};

/** Of an account: the one that was not used for the longest time ends with one more. */
const mostSessions = 100;

export function sessionStore({ reads, writes }: Database, site: Site): SessionStore {
  const sessions = table(site, 'session');
  const accounts = table(site, 'account');
  const authorizations = table(site, 'user_authorization');

  return {
    async insert(s) {
      await writes.query(sql`
        with forgotten as (
          delete from ${sessions} where account_id = ${s.accountId} and h in (
            select h from ${sessions} where account_id = ${s.accountId} order by seen_at desc offset ${mostSessions - 1})
          returning h
        ), killed as (
          delete from ${authorizations} where session_h in (select h from forgotten)
        )
        insert into ${sessions} (h, session_id, account_id, epoch, amr, auth_time, seen_at, expires_at, user_agent,
          created_at)
        values (${s.hash}, ${s.sessionId}, ${s.accountId}, ${s.epoch}, ${s.amr}, ${s.authTime}, ${s.seenAt},
          ${s.expiresAt}, ${s.userAgent}, ${s.authTime})`);
    },

    async find(hash, now) {
      const [row] = await reads.query<SessionRow & AccountRow>(sql`
        select s.*, ${accountColumns('a')} from ${sessions} s
        join ${accounts} a on a.account_id = s.account_id and a.epoch = s.epoch and a.status = 'active'
        where s.h = ${hash} and s.expires_at > ${now}`);
      return row && { session: sessionOf(row), account: accountOf(row) };
    },

    async list(accountId, now) {
      const rows = await reads.query<SessionRow>(sql`
        select s.* from ${sessions} s join ${accounts} a on a.account_id = s.account_id and a.epoch = s.epoch
        where s.account_id = ${accountId} and s.expires_at > ${now} order by s.seen_at desc, s.session_id`);
      return rows.map(sessionOf);
    },

    async touch(hash, seenAt, expiresAt) {
      await writes.query(sql`update ${sessions} set seen_at = ${seenAt}, expires_at = ${expiresAt} where h = ${hash}`);
    },

    async end(accountId, sessionId) {
      const rows = await writes.query(sql`
        with ended as (
          delete from ${sessions} where account_id = ${accountId} and session_id = ${sessionId} returning h
        ), killed as (
          delete from ${authorizations} where session_h in (select h from ended)
        )
        select ${announce({ site: site.name, users: true })} from ended`);
      return rows.length > 0;
    },
  };
}

function sessionOf(row: SessionRow): Session {
  return {
    hash: row.h,
    sessionId: row.session_id,
    accountId: row.account_id,
    epoch: row.epoch,
    amr: row.amr,
    authTime: Number(row.auth_time),
    seenAt: Number(row.seen_at),
    expiresAt: Number(row.expires_at),
    userAgent: row.user_agent,
  };
}
