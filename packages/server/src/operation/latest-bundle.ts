import type { Answer } from '../interaction/answer.ts';
import { bundleText, searchEntry } from '../interaction/bundle-text.ts';
import type { StoredVersion } from '../store/ports.ts';

/** All that was found, in one searchset. @param self the request as it was understood */
export function latestBundle(base: string, self: string, rows: readonly StoredVersion[]): Answer {
  const entries = rows.map((row) => searchEntry(base, row, 'match'));
  const links = [{ relation: 'self', url: self } as const];
  return { status: 200, body: bundleText({ type: 'searchset', total: rows.length, links }, entries) };
}
