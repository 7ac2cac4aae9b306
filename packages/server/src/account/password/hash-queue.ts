import { OAuthError } from '../../oauth/oauth-error.ts';

/** Runs few expensive things at a time, in the order in which they come; what is too much is refused, not kept. */
export type HashQueue = {
  /** @throws {OAuthError} busy: as many wait as may */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** How many were run. */
  readonly count: number;
};

export function hashQueue({ atOnce, waiting }: { readonly atOnce: number; readonly waiting: number }): HashQueue {
  const waiters: (() => void)[] = [];
  let running = 0;
  let count = 0;
  return {
    get count() {
      return count;
    },
    async run(work) {
      if (running >= atOnce) {
        if (waiters.length >= waiting) throw new OAuthError('password-queue', { headers: { 'retry-after': '2' } });
        await new Promise<void>((turn) => waiters.push(turn));
      } else {
        running++;
      }
      count++;
      try {
        return await work();
      } finally {
        // the place is handed on, so that nobody who comes now gets it first
        const next = waiters.shift();
        if (next) next();
        else running--;
      }
    },
  };
}
