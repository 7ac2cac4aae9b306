import { type Issue, issue, operationOutcome } from '@chartgate/fhir';
import type { SearchPosition } from '../access/interaction.ts';
import type { SearchPage } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { type BundleLink, bundleText, outcomeEntry, searchEntry } from './bundle-text.ts';

/** Where the answer's links point: the base, this search as understood, the first page, and the page after a position. */
export type SearchLinks = {
  readonly base: string;
  readonly self: string;
  /** Absent on the first page. */
  readonly first?: string;
  readonly next: (after: SearchPosition) => string;
};

/**
 * A page of a search as its Bundle: matches, then what they include, then what there is to tell about the search.
 * @see https://hl7.org/fhir/R4/bundle.html#searchset
 */
export function searchset(page: SearchPage, links: SearchLinks, told: readonly Issue[]): Answer {
  const link: BundleLink[] = [{ relation: 'self', url: links.self }];
  if (links.first !== undefined) link.push({ relation: 'first', url: links.first });
  if (page.next) link.push({ relation: 'next', url: links.next(page.next) });
  const issues = page.isCut ? [...told, isCut] : told;
  const entries = [
    ...page.matches.map((row) => searchEntry(links.base, row, 'match')),
    ...page.included.map((row) => searchEntry(links.base, row, 'include')),
    ...(issues.length > 0 ? [outcomeEntry(operationOutcome(issues))] : []),
  ];
  const total = page.total === undefined ? {} : { total: page.total };
  return { status: 200, body: bundleText({ type: 'searchset', ...total, links: link }, entries) };
}

const isCut: Issue = {
  ...issue(
    'incomplete',
    'More would be included by :iterate, beyond the steps that a search follows. Ask for it by itself.',
  ),
  severity: 'warning',
};
