import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';

export type Listening = { close(): Promise<void> };

/**
 * Hears what is said on a channel, on a connection of its own. When the connection is lost, `lost` is called (something
 * may have been missed) and it is made anew, with pauses of up to 5 s.
 * @see https://www.postgresql.org/docs/current/sql-listen.html
 */
export async function listen(
  config: ClientConfig,
  channel: string,
  { hear, lost }: { readonly hear: (payload: string) => void; readonly lost: () => void },
): Promise<Listening> {
  const closing = new AbortController();
  let current: Client | undefined;

  async function connect(): Promise<void> {
    const client = new Client({ ...config, keepAlive: true, application_name: 'chartgate-events' });
    client.on('notification', ({ payload }) => hear(payload ?? ''));
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
