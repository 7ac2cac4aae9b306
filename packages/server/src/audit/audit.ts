import { hostname } from 'node:os';
import type { AuditPoint, AuditStore } from '../store/audit-ports.ts';
import { sealerOf } from './chain.ts';
import { type AuditEvent, isOfStranger } from './event.ts';
import type { HeadsFile } from './heads-file.ts';
import { rowOfEvent } from './row.ts';
import { type SiteWriter, siteWriter } from './site-writer.ts';
import { strangers } from './strangers.ts';
import { type Verification, verify } from './verify.ts';

export type AuditOptions = {
  /** Undefined where there is no such site. */
  readonly store: (site: string) => Promise<AuditStore | undefined>;
  /** The gate's 32 bytes; the key of the seals is derived from them. */
  readonly sealingKey: Uint8Array;
  readonly log: { error(cause: unknown, message: string): void };
  /** ms since the epoch. */
  readonly now: () => number;
  /** Where it is kept how far the chains are, beside the database. */
  readonly heads?: HeadsFile | undefined;
};

/** A site, or its name. */
export type SiteNamed = string | { readonly name: string };

/**
 * The audit of all sites, as this node writes it. `await audit.record(site, event)` before the answer: when it returns, the
 * event is committed.
 */
export type Audit = {
  /**
   * Answers once the event is committed; events of many requests share a commit.
   * @throws {DatabaseUnavailable} where it is not, so that nothing may be answered. The event is not lost: it is tried again.
   */
  record(site: SiteNamed, event: AuditEvent): Promise<void>;
  /**
   * For what need not wait, a read or a refusal: committed within 50 ms, so that a crash loses no more. Of refusals of
   * strangers as many are written down as nobody can fill the database by; the next one tells how many were not.
   */
  recordSoon(site: SiteNamed, event: AuditEvent): void;
  /** Whether so much waits to be written that the site should take on no more work. */
  isFull(site: string): boolean;
  /** Reads the whole audit of a site. @param heads what else is known of its chains, such as from another node's file */
  verify(site: string, heads?: readonly AuditPoint[]): Promise<Verification>;
  /** Answers once what this node was told before is committed. */
  flush(site: string): Promise<void>;
  /** Takes away the months that ended before a time, ms since the epoch. The number of months. */
  prune(site: string, before: number): Promise<number>;
  /** Commits what waits. */
  close(): Promise<void>;
};

/** Opens the audit on this node. Its chains begin with the first event of a site. */
export function openAudit(options: AuditOptions): Audit {
  const { now, log, heads } = options;
  const node = hostname().slice(0, 200);
  const refusedStrangers = strangers();
  const writers = new Map<string, SiteWriter>();

  function writerOf(named: SiteNamed): SiteWriter {
    const site = typeof named === 'string' ? named : named.name;
    const known = writers.get(site);
    if (known) return known;
    const writer = siteWriter({
      store: () => storeOf(site),
      sealer: sealerOf(options.sealingKey, site),
      node,
      now,
      keep: async (point) => heads?.add(site, point),
      failed: (cause, message) => log.error(cause, message),
    });
    writers.set(site, writer);
    return writer;
  }

  async function storeOf(site: string): Promise<AuditStore> {
    const store = await options.store(site);
    if (!store) throw new TypeError(`There is no site ${site}`);
    return store;
  }

  return {
    record: (site, event) => writerOf(site).write(rowOfEvent(event, now())),
    recordSoon(site, event) {
      const omitted = isOfStranger(event) ? refusedStrangers.next() : 0;
      if (omitted === 'no') return;
      writerOf(site).writeSoon(rowOfEvent(omitted === 0 ? event : { ...event, omitted }, now()));
    },
    isFull: (site) => writers.get(site)?.isFull() ?? false,
    async verify(site, more = []) {
      const own = writers.get(site)?.head();
      const known = [...(heads?.heads(site) ?? []), ...more, ...(own ? [own] : [])];
      return verify({ store: await storeOf(site), sealer: sealerOf(options.sealingKey, site), heads: known });
    },
    flush: async (site) => writers.get(site)?.flush(),
    async prune(site, before) {
      const store = await storeOf(site);
      const ends = await store.endsBefore(before);
      const sealer = sealerOf(options.sealingKey, site);
      return store.prune(
        before,
        ends.map((end) => ({ ...end, seal: sealer.point('pruned', end) })),
      );
    },
    async close() {
      await Promise.all([...writers.values()].map((writer) => writer.close()));
    },
  };
}
