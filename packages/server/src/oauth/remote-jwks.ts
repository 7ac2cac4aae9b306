import { LRUCache } from 'lru-cache';
import { type FetchedDocument, FetchRefused } from './guarded-fetch.ts';
import { readJsonObject } from './json.ts';
import { readJwks, type VerificationKey } from './jwks.ts';

/** Why a client's keys could not be had. */
export class JwksUnavailable extends Error {}

type Entry = {
  keys: readonly VerificationKey[];
  /** ms since the epoch; the keys are good until then. */
  freshUntil: number;
  /** When an unknown kid last made the set be fetched again. */
  refetchedAt: number;
  /** The last failure, held against the next tries for a while. */
  failure?: { readonly why: string; readonly until: number };
  fetching?: Promise<void>;
};

const maxKeys = 100;
/** A set may be kept this long when its headers do not say (ms). */
const defaultFreshness = 300_000;
const longestFreshness = 24 * 3600_000;
/** HTTP counts freshness in seconds: requests of the same second share one answer, even a `no-store` one. */
const shortestFreshness = 1000;
const pauseAfterFailure = 5000;
/** An unknown kid makes the set be fetched again, but not more often than this: anybody can send an unknown kid. */
const pauseAfterRefetch = 10_000;

/**
 * The keys of clients that publish them by URL: kept as long as the answer's headers allow and never longer, fetched
 * again once when an unknown `kid` comes, one fetch at a time for each client.
 */
export function remoteJwks(fetch: (url: string) => Promise<FetchedDocument>, now: () => number) {
  const entries = new LRUCache<string, Entry>({ max: 1000 });

  async function load(entry: Entry, url: string): Promise<void> {
    try {
      const document = await fetch(url);
      const set = readJsonObject(document.text);
      if (typeof set === 'string') throw new FetchRefused('the document is not a JSON object');
      const { keys, faults } = readJwks(set, maxKeys);
      if (faults[0] !== undefined) throw new FetchRefused(faults[0]);
      entry.keys = keys;
      entry.freshUntil = now() + freshness(document.headers, now());
      delete entry.failure;
    } catch (error) {
      const why = error instanceof FetchRefused ? error.message : 'it could not be fetched';
      entry.failure = { why, until: now() + pauseAfterFailure };
    } finally {
      delete entry.fetching;
    }
  }

  /** Fetches unless a fetch is under way or has just failed. */
  async function refresh(entry: Entry, url: string): Promise<void> {
    if (!entry.fetching && !(entry.failure && entry.failure.until > now())) entry.fetching = load(entry, url);
    await entry.fetching;
    if (entry.failure) throw new JwksUnavailable(entry.failure.why);
  }

  return {
    /**
     * The client's keys; when none of them is called `kid`, those of a set fetched just now.
     * @param owner who the keys belong to: two clients with one URL do not share an entry
     * @throws {JwksUnavailable}
     */
    async keys(owner: string, url: string, kid: string): Promise<readonly VerificationKey[]> {
      const id = `${owner} ${url}`;
      const entry: Entry = entries.get(id) ?? { keys: [], freshUntil: 0, refetchedAt: 0 };
      entries.set(id, entry);
      if (entry.freshUntil <= now()) {
        await refresh(entry, url);
      } else if (!entry.keys.some((key) => key.kid === kid) && now() - entry.refetchedAt >= pauseAfterRefetch) {
        entry.refetchedAt = now();
        await refresh(entry, url);
      }
      return entry.keys;
    },
  };
}

/** How long the answer may be kept, ms. @see https://www.rfc-editor.org/rfc/rfc9111#section-4.2 */
export function freshness(headers: FetchedDocument['headers'], now: number): number {
  const control = String(headers['cache-control'] ?? '').toLowerCase();
  if (/\bno-(store|cache)\b/.test(control)) return shortestFreshness;
  const maxAge = control.match(/\bmax-age="?(\d{1,9})/)?.[1];
  const age = Number(headers.age ?? 0) || 0;
  if (maxAge !== undefined) return bounded((Number(maxAge) - age) * 1000);
  if (typeof headers.expires === 'string') {
    const date = typeof headers.date === 'string' ? Date.parse(headers.date) : now;
    const expires = Date.parse(headers.expires);
    return bounded(Number.isNaN(expires) ? 0 : expires - (Number.isNaN(date) ? now : date) - age * 1000);
  }
  return defaultFreshness;
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, shortestFreshness), longestFreshness);
}
