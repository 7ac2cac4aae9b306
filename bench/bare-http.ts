import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type BareHttp = { readonly origin: string; stop(): Promise<void> };

/** A bare node:http server in a process of its own that answers `/0`, `/1`, … with the given bodies. */
export async function startBareHttp(bodies: readonly string[]): Promise<BareHttp> {
  const child = fork(join(import.meta.dirname, 'bare-server.ts'));
  child.send(bodies);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    origin: `http://localhost:${port}`,
    stop: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}
