import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditPoint, AuditStore, ChainedRow } from '../store/audit-ports.ts';
import { DatabaseUnavailable } from '../store/unavailable.ts';
import { chained, genesis, hex, type Sealer } from './chain.ts';
import type { UnplacedRow } from './row.ts';

export type SiteWriterParts = {
  readonly store: () => Promise<AuditStore>;
  readonly sealer: Sealer;
  /** Name of this host. */
  readonly node: string;
  readonly now: () => number;
  /** Hears how far the chain is, beside the database. */
  readonly keep: (point: AuditPoint) => Promise<void>;
  readonly failed: (cause: unknown, message: string) => void;
};

export type SiteWriter = {
  /** Answers once the row is committed. @throws {DatabaseUnavailable} where it is not yet; it is tried again */
  write(row: UnplacedRow): Promise<void>;
  /** The row is committed with the next ones, at most `soon` ms later. */
  writeSoon(row: UnplacedRow): void;
  /** Whether so much waits that no more work should be taken on. */
  isFull(): boolean;
  /** How far this node's chain is; undefined before its first row. */
  head(): AuditPoint | undefined;
  /** Answers once what was given before is committed. */
  flush(): Promise<void>;
  /** Commits what waits and notes the end of the chain. */
  close(): Promise<void>;
};

type Waiting = {
  readonly row: UnplacedRow;
  readonly resolve: (() => void) | undefined;
  readonly reject: ((why: unknown) => void) | undefined;
};

/** ms that a row which nobody waits for may lie in memory. */
const soon = 25;
/** Rows of a commit. */
const most = 512;
/** Rows that wait when no more work is taken on. */
const full = 10_000;
/** How far the chain is noted after so many rows, and so many ms. */
const notes = { rows: 10_000, milliseconds: 10_000 };
/** ms between tries while the database does not take rows, and tries at the end. */
const pause = 250;
const tries = 20;

/** Writes the audit of one site from this node: one chain, one commit at a time, no row twice and none left out. */
export function siteWriter(parts: SiteWriterParts): SiteWriter {
  const { sealer, now } = parts;
  const queue: Waiting[] = [];
  let chain: AuditPoint | undefined;
  let noted = { seq: 0, at: 0 };
  let timer: NodeJS.Timeout | undefined;
  let noteTimer: NodeJS.Timeout | undefined;
  let flight: Promise<void> | undefined;
  let scheduled = false;
  let isClosing = false;
  /** In a row. */
  let failures = 0;
  /** The rows of the last commit until it is known to be one: what was made and the word of it lost is not made twice. */
  let tried: readonly ChainedRow[] | undefined;
  /** Of this node, once it has begun a chain or tried to. */
  let chainId: string | undefined;

  function depart(): void {
    scheduled = false;
    if (flight || queue.length === 0) return;
    clearTimeout(timer);
    timer = undefined;
    flight = fly().finally(() => {
      flight = undefined;
      if (queue.some(({ resolve }) => resolve) || queue.length >= most || isClosing) depart();
      else if (queue.length > 0) departSoon();
    });
  }

  function departSoon(): void {
    timer ??= setTimeout(depart, soon);
  }

  /** One commit. What the database does not take stays first in the queue; who waits for it is told. */
  async function fly(): Promise<void> {
    const batch = queue.slice(0, most);
    try {
      chain = await commit(batch.map(({ row }) => row));
      failures = 0;
      queue.splice(0, batch.length);
      for (const { resolve } of batch) resolve?.();
      if (isDue(chain)) await note(chain);
      else noteTimer ??= setTimeout(noteLater, notes.milliseconds).unref();
    } catch (error) {
      if (failures++ === 0) parts.failed(error, 'the audit could not be written; it is tried again');
      const unavailable = error instanceof DatabaseUnavailable ? error : new DatabaseUnavailable(error);
      for (const [i, { row, reject }] of queue.entries()) {
        reject?.(unavailable);
        queue[i] = { row, resolve: undefined, reject: undefined };
      }
      await sleep(pause);
    }
  }

  /** @returns the new head */
  async function commit(rows: readonly UnplacedRow[]): Promise<AuditPoint> {
    if (!chain) return begin(rows);
    const { chain: number } = chain;
    if (tried && (await isThere(number, tried))) return goOn(number, tried, rows);
    tried = chained(chain, rows, sealer);
    const outcome = await (await parts.store()).append(number, tried);
    if (outcome === 'added') return goOn(number, tried, []);
    parts.failed(new Error(`Somebody else wrote into chain ${number} of the audit`), 'a new chain is begun');
    tried = undefined;
    chain = undefined;
    return begin(rows);
  }

  /** The chain after rows that are committed, and after those of `rows` that come behind them. */
  function goOn(number: number, placed: readonly ChainedRow[], rows: readonly UnplacedRow[]): Promise<AuditPoint> {
    tried = undefined;
    chain = headOf(number, placed);
    const left = rows.slice(placed.length);
    return left.length === 0 ? Promise.resolve(chain) : commit(left);
  }

  async function isThere(number: number, placed: readonly ChainedRow[]): Promise<boolean> {
    const last = placed.at(-1)!;
    const found = await (await parts.store()).hashAt(number, last.seq);
    return found !== undefined && hex(found) === hex(last.hash);
  }

  async function begin(rows: readonly UnplacedRow[]): Promise<AuditPoint> {
    const store = await parts.store();
    for (;;) {
      const last = (await store.chains()).at(-1);
      if (last && tried && last.chainId === chainId) return goOn(last.number, tried, rows);
      chainId = randomUUID();
      const about = { number: (last?.number ?? 0) + 1, chainId, node: parts.node, startedAt: Math.floor(now()) };
      tried = chained({ chain: about.number, seq: 0, hash: genesis(about), at: 0 }, rows, sealer);
      noted = { seq: 0, at: now() };
      if (await store.begin({ ...about, seal: sealer.chain(about, last?.seal) }, tried)) {
        return goOn(about.number, tried, []);
      }
    }
  }

  function isDue({ seq }: AuditPoint): boolean {
    return seq - noted.seq >= notes.rows || (seq > noted.seq && now() - noted.at >= notes.milliseconds);
  }

  async function note(point: AuditPoint): Promise<void> {
    if (point.seq === noted.seq) return;
    noted = { seq: point.seq, at: now() };
    try {
      await parts.keep(point);
      await (await parts.store()).checkpoint({ ...point, seal: sealer.point('checkpoint', point) });
    } catch (error) {
      parts.failed(error, 'how far the audit is could not be noted');
    }
  }

  function noteLater(): void {
    noteTimer = undefined;
    if (chain) void note(chain);
  }

  const enqueue = (waiting: Waiting) => {
    queue.push(waiting);
    if (flight || scheduled) return;
    if (!waiting.resolve && queue.length < most) return departSoon();
    // the end of this turn of the event loop: requests that came in together travel together
    scheduled = true;
    setImmediate(depart);
  };

  async function flush(): Promise<void> {
    while (queue.length > 0) {
      depart();
      await flight;
    }
    await flight;
  }

  return {
    write: (row) => new Promise((resolve, reject) => enqueue({ row, resolve, reject })),
    writeSoon: (row) => enqueue({ row, resolve: undefined, reject: undefined }),
    isFull: () => queue.length >= full,
    head: () => chain,
    flush,
    async close() {
      isClosing = true;
      while (queue.length > 0 && failures < tries) {
        depart();
        await flight;
      }
      clearTimeout(timer);
      clearTimeout(noteTimer);
      if (queue.length > 0) parts.failed(new Error(`${queue.length} rows`), 'rows of the audit were lost at the end');
      if (chain) await note(chain);
    },
  };
}

function headOf(chain: number, placed: readonly ChainedRow[]): AuditPoint {
  const { seq, hash, at } = placed.at(-1)!;
  return { chain, seq, hash, at };
}
