import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from './running-server.ts';

/** Waits until every search parameter that was installed is searched by. */
export async function untilIndexed(server: RunningServer, token: string): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const text = await (await server.ask('SearchParameter/$status', token)).text();
    if (text.includes('"active"') && !text.includes('"indexing"')) return;
    await sleep(100);
  }
  throw new Error('The search parameters were not indexed in time.');
}
