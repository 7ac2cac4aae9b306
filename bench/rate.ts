import { performance } from 'node:perf_hooks';

/** How much was done, and how long it took in seconds. */
export type Stretch = { readonly done: number; readonly seconds: number };

export const perSecond = ({ done, seconds }: Stretch): number => done / seconds;

/** Runs `operation` over and over in `concurrency` lanes for some seconds. Counts what each answers (1 by default). */
export async function forSeconds(
  seconds: number,
  concurrency: number,
  operation: (n: number) => Promise<number | undefined>,
): Promise<Stretch & { operations: number }> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let next = 0;
  let done = 0;
  let operations = 0;
  const lane = async () => {
    while (performance.now() < end) {
      const count = (await operation(next++)) ?? 1;
      done += count;
      operations++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { done, operations, seconds: (performance.now() - start) / 1000 };
}

/** Runs `operation` once for each element, in `concurrency` lanes. Counts what each answers (1 by default). */
export async function forEach<T>(
  elements: readonly T[],
  concurrency: number,
  operation: (element: T, n: number) => Promise<number | undefined>,
): Promise<Stretch> {
  const start = performance.now();
  let next = 0;
  let done = 0;
  const lane = async () => {
    for (;;) {
      const n = next++;
      if (n >= elements.length) return;
      const count = (await operation(elements[n] as T, n)) ?? 1;
      done += count;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { done, seconds: (performance.now() - start) / 1000 };
}
