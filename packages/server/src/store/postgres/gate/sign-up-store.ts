import { folded } from '../../account-ports.ts';
import type { SignUpStore } from '../../sign-in-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { mailing } from './outbox-store.ts';

type Row = {
  h: Buffer;
  user_name: string;
  email: string;
  password_hash: string;
  created_at: string;
  expires_at: string;
};

export function signUpStore({ reads, writes }: Database, site: Site): SignUpStore {
  const signUps = table(site, 'sign_up');
  return {
    async insert(s, mail) {
      await writes.query(sql`
        with kept as (
          insert into ${signUps} (h, user_name, email, password_hash, created_at, expires_at)
          values (${s.hash}, ${s.userName}, ${s.email}, ${s.passwordHash}, ${s.createdAt}, ${s.expiresAt})
        )
        ${mailing(site, mail)}`);
    },

    async find(hash, now) {
      const [row] = await reads.query<Row>(sql`select * from ${signUps} where h = ${hash} and expires_at > ${now}`);
      return (
        row && {
          hash: row.h,
          userName: row.user_name,
          email: row.email,
          passwordHash: row.password_hash,
          createdAt: Number(row.created_at),
          expiresAt: Number(row.expires_at),
        }
      );
    },

    async complete(hash, { accountId, userName, createdAt }) {
      const found = await reads.query<Row>(sql`select email from ${signUps} where h = ${hash}`);
      const rows = await writes.query(sql`
        with wished as (
          select * from ${signUps} where h = ${hash} and expires_at > ${createdAt} for update
        ), made as (
          insert into ${table(site, 'account')} (account_id, user_name, user_name_key, email, email_key, status, role,
            password_hash, created_at)
          select ${accountId}::text, ${userName}::text, ${folded(userName)}::text, email, ${folded(found[0]?.email ?? '')}::text,
            'active', 'patient', password_hash, ${createdAt}::int8 from wished
          on conflict do nothing returning account_id
        )
        delete from ${signUps} where h in (select h from wished) and exists (select from made) returning h`);
      return rows.length > 0;
    },

    async countSince(createdAt) {
      const [row] = await reads.query<{ n: number }>(
        sql`select count(*)::int4 as n from ${signUps} where created_at > ${createdAt}`,
      );
      return row?.n ?? 0;
    },
  };
}
