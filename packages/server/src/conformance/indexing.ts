import { setTimeout as sleep } from 'node:timers/promises';
import { type LiveConformance, searchParametersWith } from '@chartgate/fhir';
import type { IndexingStatus, ParameterStore } from '../store/parameter-ports.ts';
import { definedParameters } from './search-parameters.ts';

/** ms between looks for a type that waits, beside those that an event causes: what a dead node left is found by these. */
const interval = 10_000;
/** ms between looks while a change is so young that not every node may have heard of it. */
const shortInterval = 500;

export type Indexing = {
  /** To be called when the site's canonical resources have changed. */
  canonicalsChanged(): void;
  status(): Promise<IndexingStatus>;
  close(): Promise<void>;
};

/**
 * Keeps a site's search parameters as its canonical resources define them, on this node and in the index: what is stored
 * is indexed anew in the background, while the site runs.
 * @param log hears what goes wrong; it is tried again later
 */
export async function startIndexing(
  store: ParameterStore,
  conformance: LiveConformance,
  log: { error(cause: unknown, message: string): void },
): Promise<Indexing> {
  const closing = new AbortController();
  let isKicked = true;
  let wake = () => {};

  const reload = async () => {
    conformance.parameters = searchParametersWith(await store.list());
  };
  const replace = () => store.replace(definedParameters(conformance.canonicals).parameters);
  const canonicalsChanged = () => {
    replace().catch((error) => log.error(error, 'the search parameters could not be changed'));
  };
  const kick = () => {
    isKicked = true;
    wake();
  };
  const changed = () => {
    reload().then(kick, (error) => log.error(error, 'the search parameters could not be read'));
  };

  const listening = await store.listen(changed);
  await replace();
  await store.requireVersion();
  await reload();

  /** Indexes until nothing waits. @returns whether something is too young to begin with */
  async function work(): Promise<boolean> {
    while (!closing.signal.aborted) {
      const claim = await store.claim();
      if (!claim) return (await store.progress()).length > 0;
      await reload();
      while (!closing.signal.aborted && (await store.indexSome(claim)) === 'more');
    }
    return false;
  }

  const running = (async () => {
    while (!closing.signal.aborted) {
      isKicked = false;
      const isWaiting = await work().catch((error) => {
        if (!closing.signal.aborted) log.error(error, 'indexing failed');
        return false;
      });
      if (isKicked) continue;
      const pause = new AbortController();
      wake = () => pause.abort();
      const signal = AbortSignal.any([pause.signal, closing.signal]);
      await sleep(isWaiting ? shortInterval : interval, undefined, { signal, ref: false }).catch(() => {});
    }
  })();

  return {
    canonicalsChanged,
    status: async () => ({
      parameters: await store.list(),
      progress: await store.progress(),
      unusable: definedParameters(conformance.canonicals).unusable,
    }),
    close: async () => {
      closing.abort();
      await listening.close();
      await running;
    },
  };
}
