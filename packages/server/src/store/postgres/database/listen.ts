import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';

/** What is heard on a channel. `lost`: something may have been said that was not heard. */
export type Listener = { readonly hear: (payload: string) => void; readonly lost: () => void };

/**
 * Hears what is said on a channel, on a connection of its own. When the connection is lost it is made anew, with pauses
 * of up to 5 s. @param channel a name of our own
 * @see https://www.postgresql.org/docs/current/sql-listen.html
 */
export async function listenTo(
  config: ClientConfig,
  channel: string,
  { hear, lost }: Listener,
): Promise<{ close(): Promise<void> }> {
  const closing = new AbortController();
  let current: Client | undefined;

  async function connect(): Promise<void> {
    const client = new Client({ ...config, keepAlive: true, application_name: 'chartgate-events' });
    client.on('notification', ({ payload = '' }) => hear(payload));
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
