import type { SignInStepStore } from '../../sign-in-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { type AccountRow, accountColumns, accountOf } from './account-store.ts';

type Row = AccountRow & { h: Buffer; step_epoch: number; amr: string[]; expires_at: string };

export function signInStepStore({ reads, writes }: Database, site: Site): SignInStepStore {
  const steps = table(site, 'sign_in_step');
  return {
    async insert(s) {
      await writes.query(sql`
        insert into ${steps} (h, account_id, epoch, amr, expires_at)
        values (${s.hash}, ${s.accountId}, ${s.epoch}, ${s.amr}, ${s.expiresAt})`);
    },

    async find(hash, now) {
      const [row] = await reads.query<Row>(sql`
        select s.h, s.epoch as step_epoch, s.amr, s.expires_at, ${accountColumns('a')} from ${steps} s
        join ${table(site, 'account')} a on a.account_id = s.account_id and a.epoch = s.epoch and a.status = 'active'
        where s.h = ${hash} and s.expires_at > ${now}`);
      if (!row) return undefined;
      const { h, step_epoch: epoch, amr, expires_at } = row;
      const account = accountOf(row);
      const step = { hash: h, accountId: account.accountId, epoch, amr, expiresAt: Number(expires_at) };
      return { step, account };
    },

    async tryOnce(hash, most) {
      const rows = await writes.query(
        sql`update ${steps} set tries = tries + 1 where h = ${hash} and tries < ${most} returning h`,
      );
      return rows.length > 0;
    },

    async use(hash) {
      return (await writes.query(sql`delete from ${steps} where h = ${hash} returning h`)).length > 0;
    },
  };
}
