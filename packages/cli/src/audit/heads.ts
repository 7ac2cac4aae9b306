import type { AuditHead } from '@chartgate/client';

/** Chains that are compared in one call. */
const most = 500;

/**
 * The furthest of each chain of a site in the text of an `audit-heads` file, the newest chains where there are many;
 * undefined where a line is none of such a file.
 */
export function headsIn(text: string, site: string): readonly AuditHead[] | undefined {
  const furthest = new Map<number, AuditHead>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const head = headOf(line);
    if (!head) return undefined;
    const { site: its, ...rest } = head;
    const before = furthest.get(rest.chain);
    if (its === site && (!before || before.seq <= rest.seq)) furthest.set(rest.chain, rest);
  }
  return [...furthest.values()].sort((a, b) => a.chain - b.chain).slice(-most);
}

function headOf(line: string): (AuditHead & { readonly site: string }) | undefined {
  try {
    const { site, chain, seq, hash } = JSON.parse(line);
    const isOurs = typeof site === 'string' && Number.isSafeInteger(chain) && Number.isSafeInteger(seq);
    return isOurs && /^[0-9a-f]{64}$/.test(hash) ? { site, chain, seq, hash } : undefined;
  } catch {
    return undefined;
  }
}
