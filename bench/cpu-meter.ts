import type { Runs } from './measure.ts';
import type { ServerProcess } from './server-process.ts';

/** Runs a stretch and adds the CPU time that the server, and its database, used for each operation of it, in ms. */
export async function metered<T extends { readonly done: number }>(
  server: ServerProcess,
  runs: Runs,
  name: string,
  stretch: () => Promise<T>,
): Promise<T> {
  const before = await server.cpu();
  const result = await stretch();
  const after = await server.cpu();
  for (const who of ['server', 'database'] as const) {
    const [from, to] = [before[who], after[who]];
    if (from !== undefined && to !== undefined)
      runs.add(`${who} CPU of ${name}`, 'ms each', ((to - from) * 1000) / result.done);
  }
  return result;
}
