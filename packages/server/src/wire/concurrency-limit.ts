import { FhirError, issue } from '@chartgate/fhir';

/** Refuses a client's request beyond so many at once: one client cannot keep the others out. */
export type ConcurrencyLimit = { run<T>(client: string, work: () => Promise<T>): Promise<T> };

/** @param most requests of one client that may run at the same time */
export function concurrencyLimit(most: number): ConcurrencyLimit {
  const running = new Map<string, number>();
  return {
    async run(client, work) {
      const now = running.get(client) ?? 0;
      if (now >= most) {
        throw new FhirError(429, [
          issue('throttled', `At most ${most} requests of one client run at once. Send it again after Retry-After.`),
        ]);
      }
      running.set(client, now + 1);
      try {
        return await work();
      } finally {
        const left = running.get(client)! - 1;
        if (left === 0) running.delete(client);
        else running.set(client, left);
      }
    },
  };
}
