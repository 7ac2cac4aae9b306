import type { Pool } from 'pg';
import type { Ticket, TicketStore } from '../../gate-ports.ts';
import { type Site, table } from '../site.ts';
import { raw, sql } from '../sql.ts';

export function ticketStore(pool: Pool, site: Site): TicketStore {
  const tickets = table(site, 'ticket');
  return {
    async insert(ticket) {
      const { text, values } = sql`
        insert into ${tickets} (id, client_id, created_at, content)
        values (${ticket.id}, ${ticket.clientId ?? null}, ${ticket.time}, ${JSON.stringify(ticket)})`.render();
      await pool.query(text, values);
    },

    async find(id) {
      const { text, values } = sql`select content from ${tickets} where id = ${id}`.render();
      const { rows } = await pool.query<{ content: Ticket }>(text, values);
      return rows[0]?.content;
    },

    async list({ clientId, limit }) {
      const { text, values } = sql`
        select content from ${tickets} where ${clientId === undefined ? raw('true') : sql`client_id = ${clientId}`}
        order by created_at desc, id limit ${limit}`.render();
      const { rows } = await pool.query<{ content: Ticket }>(text, values);
      return rows.map((row) => row.content);
    },
  };
}
