import { notFound } from '@chartgate/fhir';
import type { HistoryInstance } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceReader } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { type BundleLink, bundleText, historyEntry } from './bundle-text.ts';

/** Where the answer's links point: the base, this page, and the page that starts before a version. */
export type HistoryLinks = {
  readonly base: string;
  readonly self: string;
  readonly next: (before: number) => string;
};

/**
 * FHIR history of one resource, newest version first.
 * @throws {FhirError} 404 unknown or hidden
 * @see https://hl7.org/fhir/R4/http.html#history
 */
export async function historyInstance(
  permitted: Permitted<HistoryInstance>,
  store: ResourceReader,
  links: HistoryLinks,
): Promise<Answer> {
  const { type, id } = permitted.interaction;
  const page = await store.history(permitted);
  if (!page) throw notFound(`${type}/${id}`);
  const link: BundleLink[] = [{ relation: 'self', url: links.self }];
  if (page.next !== undefined) link.push({ relation: 'next', url: links.next(page.next) });
  const entries = page.versions.map((version) => historyEntry(links.base, version));
  const total = page.total === undefined ? {} : { total: page.total };
  return { status: 200, body: bundleText({ type: 'history', ...total, links: link }, entries) };
}
