import type { AuditChain, AuditPoint, AuditStore, ChainedRow, SealedPoint } from '../store/audit-ports.ts';
import { genesis, hashOfRow, hex, type Sealer } from './chain.ts';

/** The first place where the audit is not what was written. */
export type Break = {
  readonly chain: number;
  /** The host that wrote the chain; absent where that is not known. */
  readonly node?: string;
  /** The row; absent where it is about the chain as a whole. */
  readonly seq?: number;
  /** What is wrong, in words. */
  readonly what: string;
};

export type Verification = {
  readonly chains: number;
  /** Rows that were looked at. */
  readonly rows: number;
  /** How far each chain is, up to the break. */
  readonly heads: readonly AuditPoint[];
  /** Absent: nothing was changed, taken away or put in. */
  readonly firstBreak?: Break;
};

export type VerifyParts = {
  readonly store: AuditStore;
  readonly sealer: Sealer;
  /** What is known of chains from elsewhere: from the nodes' memory, and the files that they keep. */
  readonly heads: readonly AuditPoint[];
};

/** Rows that are read at once. */
const page = 2000;

class Broken extends Error {
  readonly seq: number | undefined;

  constructor(seq: number | undefined, what: string) {
    super(what);
    this.seq = seq;
  }
}

/** Reads the whole audit, chain by chain, and says where it is first not what the nodes wrote. */
export async function verify(parts: VerifyParts): Promise<Verification> {
  const { store } = parts;
  // in this order: a chain that begins meanwhile is not missed to be registered
  const numbers = await store.numbers();
  const chains = await store.chains();
  const pruned = new Map((await store.pruned()).map((point) => [point.chain, point]));
  const heads: AuditPoint[] = [];
  let rows = 0;
  let current: { readonly number: number; readonly node?: string } = { number: 0 };
  try {
    let before: AuditChain | undefined;
    for (const chain of chains) {
      current = chain;
      requireSealed(chain, before, parts.sealer);
      before = chain;
      const read = await verifyChain(chain, pruned.get(chain.number), parts);
      rows += read.rows;
      heads.push(read.head);
    }
    for (const number of [...numbers, ...parts.heads.map((head) => head.chain)]) {
      current = { number };
      if (!chains.some((chain) => chain.number === number))
        throw new Broken(undefined, 'the chain is not registered any more');
    }
    return { chains: chains.length, rows, heads };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const { number, node } = current;
    const firstBreak = {
      chain: number,
      ...(node === undefined ? {} : { node }),
      ...(error.seq === undefined ? {} : { seq: error.seq }),
      what: error.message,
    };
    return { chains: chains.length, rows, heads, firstBreak };
  }
}

function requireSealed(chain: AuditChain, before: AuditChain | undefined, sealer: Sealer): void {
  const expected = (before?.number ?? 0) + 1;
  if (chain.number !== expected) throw new Broken(undefined, `chain ${expected} was taken away`);
  if (hex(sealer.chain(chain, before?.seal)) === hex(chain.seal)) return;
  throw new Broken(undefined, 'the chain was registered or changed by somebody without the sealing key');
}

async function verifyChain(chain: AuditChain, pruned: SealedPoint | undefined, parts: VerifyParts) {
  const { store, sealer } = parts;
  const { number } = chain;
  requirePoint('pruned', pruned, sealer);
  const notes = await store.checkpoints(number);
  for (const note of notes) requirePoint('checkpoint', note, sealer);
  const known = new Map<number, string>();
  for (const { seq, hash } of [...notes, ...parts.heads.filter((head) => head.chain === number)]) {
    if (known.has(seq) && known.get(seq) !== hex(hash)) throw new Broken(seq, 'two notes of this place differ');
    known.set(seq, hex(hash));
  }
  let head: AuditPoint = pruned ?? { chain: number, seq: 0, hash: genesis(chain), at: 0 };
  let isSealed = pruned !== undefined;
  let rows = 0;
  for (let from = Number.MIN_SAFE_INTEGER; ; from = head.seq + 1) {
    const read = await store.rows(number, from, page);
    for (const row of read) {
      requireNext(head, row);
      head = { chain: number, seq: row.seq, hash: row.hash, at: row.at };
      requireNoted(head, known);
      isSealed = row.seal !== null;
      if (row.seal && hex(row.seal) !== hex(sealer.point('row', head))) {
        throw new Broken(row.seq, 'the row was sealed by somebody without the sealing key');
      }
    }
    rows += read.length;
    if (read.length < page) break;
  }
  if (head.seq === 0) throw new Broken(undefined, 'all rows of the chain were taken away');
  if (!isSealed) {
    throw new Broken(head.seq, 'the last row is not sealed: it was put in, or what came behind it was taken away');
  }
  const furthest = Math.max(0, ...known.keys());
  if (furthest > head.seq) {
    throw new Broken(head.seq + 1, `rows ${head.seq + 1} to ${furthest} at least were taken away at the end`);
  }
  return { rows, head };
}

function requireNoted({ seq, hash }: AuditPoint, known: ReadonlyMap<number, string>): void {
  const noted = known.get(seq);
  if (noted !== undefined && noted !== hex(hash)) throw new Broken(seq, 'a note of this row has another hash');
}

function requirePoint(kind: 'checkpoint' | 'pruned', point: SealedPoint | undefined, sealer: Sealer): void {
  if (!point || hex(sealer.point(kind, point)) === hex(point.seal)) return;
  const name = kind === 'pruned' ? 'the note of what the retention took away' : 'a note of how far the chain was';
  throw new Broken(point.seq, `${name} was made or changed by somebody without the sealing key`);
}

function requireNext(head: AuditPoint, row: ChainedRow): void {
  const next = head.seq + 1;
  if (row.seq > next) {
    throw new Broken(
      next,
      next === row.seq - 1 ? 'the row was taken away' : `rows ${next} to ${row.seq - 1} were taken away`,
    );
  }
  if (row.seq < next) throw new Broken(row.seq, 'the row was put in: its place is taken');
  if (row.at < head.at) throw new Broken(row.seq, 'the row is older than the one before it');
  if (hex(hashOfRow(head.hash, row)) !== hex(row.hash)) {
    throw new Broken(row.seq, 'the row, or one before it, was changed or moved: its hash does not fit');
  }
}
