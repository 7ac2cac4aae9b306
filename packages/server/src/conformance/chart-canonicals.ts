import { type CanonicalEntry, canonicalTypes, validate } from '@chartgate/fhir';
import type { ChartCanonical, ChartConformance, ChartKey } from '../store/conformance-ports.ts';
import { kept, parsed } from './parsed.ts';

/** Conformance resources of a chart that are followed, the latest written first. */
const limit = 20_000;

/** The conformance resources that a chart itself holds: StructureDefinitions, ValueSets, SearchParameters, … */
export type ChartCanonicals = {
  /** Those that have a URL. */
  entries(): Iterable<CanonicalEntry>;
  /** Reads all anew. */
  reload(): Promise<void>;
  /** Reads these anew. */
  refresh(keys: readonly ChartKey[]): Promise<void>;
};

/** @param failed hears that there are more than are followed */
export function chartCanonicals(store: ChartConformance, failed: (error: unknown) => void): ChartCanonicals {
  let known = new Map<string, CanonicalEntry>();
  return {
    entries: () => known.values(),
    async reload() {
      const all = await store.all(canonicalTypes, limit);
      if (all.length === limit) failed(new Error(`The chart has more than ${limit} conformance resources to follow.`));
      // the latest written one last: of two with the same URL and version it is the one that counts
      known = new Map(all.toReversed().flatMap((one) => pairOf(one)));
    },
    async refresh(keys) {
      for (const one of await store.some(keys)) {
        known.delete(keyOf(one));
        for (const [key, entry] of pairOf(one)) known.set(key, entry);
      }
    },
  };
}

function keyOf({ type, id }: ChartKey): string {
  return `${type}/${id}`;
}

/** A resource without a URL, or one that was written while nothing was validated and breaks R4's structure, is none. */
function pairOf(stored: ChartCanonical): [string, CanonicalEntry][] {
  const { type, text } = stored;
  if (text === undefined) return [];
  const resource = JSON.parse(text) as { readonly url?: unknown; readonly version?: unknown };
  const { url, version } = resource;
  const isWrong = validate(resource).some(({ severity }) => severity === 'error' || severity === 'fatal');
  if (typeof url !== 'string' || url === '' || isWrong) return [];
  const versioned = typeof version === 'string' ? { version } : {};
  const whole = kept(text);
  return [[keyOf(stored), { resourceType: type, url, ...versioned, read: () => parsed(whole, whole.text) }]];
}
