import type { Ticket, TicketStore } from '../../gate-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, sql } from '../database/sql.ts';

export function ticketStore({ reads, writes }: Database, site: Site): TicketStore {
  const tickets = table(site, 'ticket');
  return {
    async insert(ticket) {
      await writes.query(sql`
        insert into ${tickets} (id, client_id, created_at, content)
        values (${ticket.id}, ${ticket.clientId ?? null}, ${ticket.time}, ${JSON.stringify(ticket)})`);
    },

    async find(id) {
      const [row] = await reads.query<{ content: Ticket }>(sql`select content from ${tickets} where id = ${id}`);
      return row?.content;
    },

    async list({ clientId, limit }) {
      const rows = await reads.query<{ content: Ticket }>(sql`
        select content from ${tickets} where ${clientId === undefined ? raw('true') : sql`client_id = ${clientId}`}
        order by created_at desc, id limit ${limit}`);
      return rows.map((row) => row.content);
    },
  };
}
