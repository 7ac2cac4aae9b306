type Waiting<I, O> = {
  readonly item: I;
  readonly resolve: (outcome: O) => void;
  readonly reject: (why: unknown) => void;
};

/**
 * Joins concurrent calls into few statements: what arrives while `flights` statements are under way goes into the next
 * one, at most `size` items. Nothing waits when the database is idle, and a commit serves hundreds when it is not.
 */
export function batched<I, O>(
  run: (items: readonly I[]) => Promise<readonly O[]>,
  { flights = 2, size = 256 }: { readonly flights?: number; readonly size?: number } = {},
): (item: I) => Promise<O> {
  const queue: Waiting<I, O>[] = [];
  let flying = 0;
  let scheduled = false;

  async function fly(): Promise<void> {
    flying += 1;
    const batch = queue.splice(0, size);
    try {
      const outcomes = await run(batch.map((w) => w.item));
      batch.forEach((w, i) => {
        w.resolve(outcomes[i] as O);
      });
    } catch (error) {
      for (const w of batch) w.reject(error);
    } finally {
      flying -= 1;
      depart();
    }
  }

  function depart(): void {
    scheduled = false;
    while (flying < flights && queue.length > 0) void fly();
  }

  return (item) =>
    new Promise<O>((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (scheduled || flying >= flights) return;
      // the end of this turn of the event loop: requests that came in together travel together
      scheduled = true;
      setImmediate(depart);
    });
}
