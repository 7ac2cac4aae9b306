import {
  type CanonicalSource,
  canonicalIndex,
  type LiveConformance,
  newestOf,
  noCanonicals,
  terminologyOf,
} from '@chartgate/fhir';
import type { ChartKey, ConformanceEvent, ConformanceStore } from '../store/conformance-ports.ts';
import { chartCanonicals } from './chart-canonicals.ts';
import { sitePackages } from './site-packages.ts';

/**
 * What a site knows, kept up to date while it runs: its packages, the conformance resources of its chart, and what is
 * built in.
 */
export type SiteConformance = {
  /** Waits until the packages that were there before this call are known here. */
  reloadPackages(): Promise<void>;
  /** Calls `changed` after each change of the canonicals. */
  subscribe(changed: () => void): void;
  /** Stops hearing of changes. */
  close(): Promise<void>;
};

export type ConformanceOptions = {
  readonly store: ConformanceStore;
  /** The site's: its members are set here, then and whenever they change. */
  readonly conformance: LiveConformance;
  /** What comes with the program. */
  readonly builtin?: CanonicalSource;
  /** Hears of a change that could not be read, or not in full. It is tried again. */
  readonly failed: (error: unknown) => void;
};

/** Loads what a site knows and follows its changes, made on whichever node. */
export async function openConformance(options: ConformanceOptions): Promise<SiteConformance> {
  const { store, conformance, builtin = noCanonicals, failed } = options;
  const packages = sitePackages(store.packages);
  const chart = chartCanonicals(store.chart, failed);
  const subscribers: (() => void)[] = [];

  const follower = followChanges(failed, async ({ all, packagesChanged, keys }) => {
    if (all || packagesChanged) await packages.refresh();
    if (all) await chart.reload();
    else if (keys.length > 0) await chart.refresh(keys);
    const own = besides(canonicalIndex(chart.entries()), builtin);
    conformance.installed = newestOf([own, packages.canonicals()]);
    conformance.canonicals = newestOf([conformance.installed, builtin]);
    conformance.terminology = terminologyOf(conformance.canonicals);
    for (const changed of subscribers) changed();
  });
  const listening = await store.listen(follower.hear, follower.lost);
  await follower.reload();

  return {
    reloadPackages: follower.reloadPackages,
    subscribe: (changed) => void subscribers.push(changed),
    async close() {
      follower.stop();
      await listening.close();
    },
  };
}

/** What whoever may write to the chart has put there cannot take the place of what R4 itself defines. */
function besides(chart: CanonicalSource, builtin: CanonicalSource): CanonicalSource {
  return {
    find: (resourceType, canonical) => {
      const found = chart.find(resourceType, canonical);
      return found && builtin.find(resourceType, found.url) ? undefined : found;
    },
    list: chart.list,
  };
}

type Changes = { readonly all: boolean; readonly packagesChanged: boolean; readonly keys: readonly ChartKey[] };

/** ms after which a change that could not be read is tried again. */
const retryAfter = 5000;

/** Gathers what is heard while `apply` runs, and applies it in one go, one after the other. */
function followChanges(failed: (error: unknown) => void, apply: (changes: Changes) => Promise<void>) {
  let pending = nothing();
  let last: Promise<void> = Promise.resolve();
  let queued: Promise<void> | undefined;

  async function run(): Promise<void> {
    const { keys, ...changes } = pending;
    pending = nothing();
    try {
      await apply({ ...changes, keys: [...keys.values()] });
    } catch (error) {
      pending.all = true; // what these changes were is not known any more
      throw error;
    }
  }

  /** After what runs now, which may have read before the change that is waited for. */
  function next(): Promise<void> {
    queued ??= last = last
      .catch(() => {})
      .then(() => {
        queued = undefined;
        return run();
      });
    return queued;
  }

  let retry: NodeJS.Timeout | undefined;
  const soon = () =>
    void next().catch((error: unknown) => {
      failed(error);
      clearTimeout(retry);
      retry = setTimeout(soon, retryAfter).unref();
    });
  return {
    stop: () => clearTimeout(retry),
    hear(event: ConformanceEvent) {
      if (event.kind === 'packages') pending.packagesChanged = true;
      else pending.keys.set(`${event.type}/${event.id}`, event);
      soon();
    },
    lost() {
      pending.all = true;
      soon();
    },
    reload() {
      pending.all = true;
      return next();
    },
    reloadPackages() {
      pending.packagesChanged = true;
      return next();
    },
  };
}

function nothing() {
  return { all: false, packagesChanged: false, keys: new Map<string, ChartKey>() };
}
