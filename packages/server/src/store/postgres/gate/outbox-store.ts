import type { OutboxStore, SealedMail } from '../../sign-in-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, type Sql, sql } from '../database/sql.ts';

/** ms from one try to the next: doubled each time, at most an hour. */
const firstPause = 60_000;
const longestPause = 3600_000;
/** Tried for about half a day. */
const mostAttempts = 20;

type Row = {
  mail_id: string;
  recipient: string;
  subject: string;
  content: Buffer | null;
  created_at: string;
  attempts: number;
  sent_at: string | null;
};

/** Writes a mail in a statement that does something else. @param from such as `from done`: no row there, no mail */
export function mailing(site: Site, mail: SealedMail, from: Sql = raw('')): Sql {
  return sql`insert into ${table(site, 'outbox')} (mail_id, recipient, subject, content, created_at, next_at)
    select ${mail.mailId}::text, ${mail.to}::text, ${mail.subject}::text, ${mail.content}::bytea,
      ${mail.createdAt}::int8, ${mail.createdAt}::int8 ${from}`;
}

export function outboxStore({ reads, writes }: Database, site: Site): OutboxStore {
  const outbox = table(site, 'outbox');
  return {
    async put(mail) {
      await writes.query(mailing(site, mail));
    },

    async claim(now) {
      const [row] = await writes.query<Row>(sql`
        update ${outbox} set attempts = attempts + 1,
          next_at = ${now}::int8 + least(${longestPause}::int8, ${firstPause}::int8 * (2 ^ least(attempts, 20))::int8)
        where mail_id in (
          select mail_id from ${outbox}
          where sent_at is null and content is not null and next_at <= ${now} and attempts < ${mostAttempts}
          order by next_at, n limit 1 for update skip locked)
        returning *`);
      return row && { ...mailOf(row), content: row.content ?? Buffer.alloc(0), attempts: row.attempts };
    },

    async sent(mailId, at) {
      await writes.query(sql`update ${outbox} set sent_at = ${at}, content = null where mail_id = ${mailId}`);
    },

    async giveUp(mailId) {
      await writes.query(sql`update ${outbox} set content = null where mail_id = ${mailId}`);
    },

    async list(limit) {
      const rows = await reads.query<Row>(sql`select * from ${outbox} order by n desc limit ${limit}`);
      return rows.map((row) => ({
        ...mailOf(row),
        ...(row.content === null ? {} : { content: row.content }),
        ...(row.sent_at === null ? {} : { sentAt: Number(row.sent_at) }),
      }));
    },
  };
}

function mailOf(row: Row): Omit<SealedMail, 'content'> {
  return { mailId: row.mail_id, to: row.recipient, subject: row.subject, createdAt: Number(row.created_at) };
}
