import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import type { AuditPoint } from '../store/audit-ports.ts';
import { hex } from './chain.ts';

/** How far chains were, kept apart from the database: whoever cuts a chain off there cannot change it here. */
export type HeadsFile = {
  /** The furthest of each chain of the site. */
  heads(site: string): readonly AuditPoint[];
  add(site: string, point: AuditPoint): Promise<void>;
};

type Line = { site: string; chain: number; seq: number; at: string; hash: string };

/**
 * Reads the file, a line of JSON for each note, and keeps the last of each chain in it.
 * A last line without an end was being written when the machine went down, and is left out.
 * @throws {Error} where a line cannot be read: it was changed, or is no file of ours
 */
export async function openHeadsFile(path: string): Promise<HeadsFile> {
  const known = new Map<string, { readonly site: string; readonly point: AuditPoint }>();
  const keep = (site: string, point: AuditPoint) => {
    const before = known.get(`${site}/${point.chain}`)?.point;
    if (!before || before.seq <= point.seq) known.set(`${site}/${point.chain}`, { site, point });
  };
  for (const line of (await textOf(path)).split('\n')) {
    const read = readHead(line);
    if (read) keep(read.site, read.point);
    else if (line.trim() !== '')
      throw new Error(`${path} has a line that is no head of an audit: ${line.slice(0, 80)}`);
  }
  const draft = `${path}.new`;
  await writeFile(draft, [...known.values()].map(({ site, point }) => lineOf(site, point)).join(''), { mode: 0o600 });
  await rename(draft, path);
  return {
    heads: (site) => [...known.values()].filter((one) => one.site === site).map(({ point }) => point),
    async add(site, point) {
      keep(site, point);
      await appendFile(path, lineOf(site, point), { mode: 0o600 });
    },
  };
}

/** A line of the file; undefined for what is none. */
export function readHead(line: string): { readonly site: string; readonly point: AuditPoint } | undefined {
  try {
    const { site, chain, seq, at, hash } = JSON.parse(line) as Line;
    const isOurs = typeof site === 'string' && Number.isSafeInteger(chain) && Number.isSafeInteger(seq);
    if (!isOurs || !/^[0-9a-f]{64}$/.test(hash)) return undefined;
    return { site, point: { chain, seq, hash: Buffer.from(hash, 'hex'), at: Date.parse(at) } };
  } catch {
    return undefined;
  }
}

function lineOf(site: string, { chain, seq, at, hash }: AuditPoint): string {
  const line: Line = { site, chain, seq, at: new Date(at).toISOString(), hash: hex(hash) };
  return `${JSON.stringify(line)}\n`;
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
