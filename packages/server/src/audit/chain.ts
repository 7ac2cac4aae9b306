import { createHmac, hash, hkdfSync } from 'node:crypto';
import type { AuditChain, AuditPoint, AuditRow, ChainedRow } from '../store/audit-ports.ts';
import type { UnplacedRow } from './row.ts';

/** Seals what is written, under a key that the database does not have. */
export type Sealer = {
  readonly chain: (chain: Omit<AuditChain, 'seal'>, before: Uint8Array | undefined) => Buffer;
  /** @param kind what the place is of: a row, a checkpoint, or what the retention took away */
  readonly point: (kind: 'row' | 'checkpoint' | 'pruned', point: AuditPoint) => Buffer;
};

/** @param sealingKey the gate's 32 bytes @param site so that rows of one site prove nothing at another */
export function sealerOf(sealingKey: Uint8Array, site: string): Sealer {
  const key = Buffer.from(hkdfSync('sha256', sealingKey, '', 'chartgate audit', 32));
  const seal = (...parts: readonly unknown[]) =>
    createHmac('sha256', key)
      .update(JSON.stringify([site, ...parts]))
      .digest();
  return {
    chain: ({ number, chainId, node, startedAt }, before) =>
      seal('chain', number, chainId, node, startedAt, before ? hex(before) : ''),
    point: (kind, { chain, seq, hash, at }) => seal(kind, chain, seq, hex(hash), at),
  };
}

/** What the first row of a chain continues: the hash of who writes the chain. */
export function genesis({ number, chainId, node, startedAt }: Omit<AuditChain, 'seal'>): Buffer {
  return hash('sha256', JSON.stringify(['chartgate audit', number, chainId, node, startedAt]), 'buffer');
}

/** The hash of a row: SHA-256 over the hash before it in hex, a line break, and the row as a JSON array of its columns. */
export function hashOfRow(before: Uint8Array, row: AuditRow): Buffer {
  const { seq, at, action, status, clientId, accountId, patients, content } = row;
  const text = JSON.stringify([seq, at, action, status, clientId, accountId, patients, content]);
  return hash('sha256', `${hex(before)}\n${text}`, 'buffer');
}

/** The rows in the places after a point. The last one is sealed. */
export function chained(after: AuditPoint, rows: readonly UnplacedRow[], sealer: Sealer): readonly ChainedRow[] {
  let { seq, hash: before, at: latest } = after;
  return rows.map((unplaced, i) => {
    seq += 1;
    latest = Math.max(latest, unplaced.at); // a clock that was set back does not make a chain run backwards
    const row = { ...unplaced, seq, at: latest };
    before = hashOfRow(before, row);
    const isLast = i === rows.length - 1;
    const seal = isLast ? sealer.point('row', { chain: after.chain, seq, hash: before, at: latest }) : null;
    return { ...row, hash: before, seal };
  });
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
