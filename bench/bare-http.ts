import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PostgresAddress } from './server-process.ts';

export type BareHttp = { readonly origin: string; stop(): Promise<void> };

/** A bare node:http server in a process of its own that answers `/0`, `/1`, … with the given bodies. */
export function startBareHttp(bodies: readonly string[]): Promise<BareHttp> {
  return started('bare-server.ts', bodies);
}

/** The same that reads each body by its primary key, from what {@link PostgresLimit} copied there last. */
export function startBareReader(address: PostgresAddress): Promise<BareHttp> {
  return started('bare-reader.ts', address);
}

async function started(file: string, message: PostgresAddress | readonly string[]): Promise<BareHttp> {
  const child = fork(join(import.meta.dirname, file));
  child.send(message);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    origin: `http://localhost:${port}`,
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
