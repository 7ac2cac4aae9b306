import type { SearchPosition, SearchType } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceReader } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { type BundleLink, bundleText, searchEntry } from './bundle-text.ts';
import type { Show } from './show.ts';

/** Where the answer's links point (the base, this search as understood, the page after a position), and what it shows. */
export type SearchLinks = {
  readonly base: string;
  readonly self: string;
  readonly next: (after: SearchPosition) => string;
  readonly show: Show;
};

/**
 * FHIR search on a type: matches, then what they include.
 * @see https://hl7.org/fhir/R4/http.html#search
 */
export async function searchType(
  permitted: Permitted<SearchType>,
  store: ResourceReader,
  links: SearchLinks,
): Promise<Answer> {
  const page = await store.search(permitted);
  const link: BundleLink[] = [{ relation: 'self', url: links.self }];
  if (page.next) link.push({ relation: 'next', url: links.next(page.next) });
  const entries = [
    ...page.matches.map((row) => searchEntry(links.base, links.show(row), 'match')),
    ...page.included.map((row) => searchEntry(links.base, links.show(row), 'include')),
  ];
  const total = page.total === undefined ? {} : { total: page.total };
  return { status: 200, body: bundleText({ type: 'searchset', ...total, links: link }, entries) };
}
