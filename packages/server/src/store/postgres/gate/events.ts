import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { GateEvent } from '../../gate-ports.ts';
import { type Sql, sql } from '../database/sql.ts';

const channel = 'chartgate_gate';

/** An expression that tells all nodes, once the statement it stands in is committed. */
export function announce(event: GateEvent): Sql {
  return sql`pg_notify(${channel}, ${JSON.stringify(event)})`;
}

/**
 * Hears the events of all nodes on a connection of its own. When the connection is lost, `lost` is called (events may
 * have been missed) and it is made anew, with pauses of up to 5 s.
 */
export async function listen(
  config: ClientConfig,
  hear: (event: GateEvent) => void,
  lost: () => void,
): Promise<{ close(): Promise<void> }> {
  const closing = new AbortController();
  let current: Client | undefined;

  async function connect(): Promise<void> {
    const client = new Client({ ...config, keepAlive: true, application_name: 'chartgate-events' });
    client.on('notification', ({ payload }) => {
      const event = eventOf(payload);
      if (event) hear(event);
      else lost();
    });
    client.on('error', () => {}); // 'end' follows
    await client.connect();
    await client.query(`listen ${channel}`);
    current = client;
    client.once('end', () => {
      if (closing.signal.aborted) return;
      lost();
      void reconnect();
    });
  }

  async function reconnect(): Promise<void> {
    for (let pause = 100; !closing.signal.aborted; pause = Math.min(pause * 2, 5000)) {
      try {
        await connect();
        lost(); // whatever was said since the connection broke was not heard
        return;
      } catch {
        await delay(pause, undefined, { signal: closing.signal, ref: false }).catch(() => {});
      }
    }
  }

  await connect();
  return {
    async close() {
      closing.abort();
      await current?.end();
    },
  };
}

/** Undefined for what is not ours: anybody who may connect to the database can notify. */
function eventOf(payload: string | undefined): GateEvent | undefined {
  try {
    const event: unknown = JSON.parse(payload ?? '');
    return typeof event === 'object' && event !== null && 'site' in event ? (event as GateEvent) : undefined;
  } catch {
    return undefined;
  }
}
