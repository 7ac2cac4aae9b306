import { notFound } from '@chartgate/fhir';
import type { HistoryPosition } from '../access/interaction.ts';
import type { ResourceReader, StoredVersion } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { type BundleLink, bundleText, historyEntry } from './bundle-text.ts';
import { type HistoryPage, historyPage } from './history-page.ts';
import type { FhirContext, FhirRequest, Place } from './request.ts';

type Context = FhirContext<ResourceReader>;

/**
 * FHIR history of one resource, newest version first.
 * @throws {FhirError} 404 unknown or hidden
 * @see https://hl7.org/fhir/R4/http.html#history
 */
export async function historyInstance({ type, id }: Place, request: FhirRequest, context: Context): Promise<Answer> {
  const page = historyPage<number>({ path: `${type}/${id}`, type }, request, context);
  const before = page.after === undefined ? {} : { before: page.after };
  const permitted = context.rights.require({ code: 'history-instance', type, id, ...page.window, ...before });
  const found = await context.store.history(permitted);
  if (!found) throw notFound(`${type}/${id}`);
  return historyBundle(found.versions, page, { total: found.total, next: found.next, base: context.base });
}

/** FHIR history of a type: of each resource what the access rule opens. */
export async function historyType({ type }: Place, request: FhirRequest, context: Context): Promise<Answer> {
  const page = historyPage<HistoryPosition>({ path: type, type }, request, context);
  const after = page.after === undefined ? {} : { after: page.after };
  const permitted = context.rights.require({ code: 'history-type', type, ...page.window, ...after });
  const { versions, next } = await context.store.versions(permitted);
  return historyBundle(versions, page, { next, base: context.base });
}

/** FHIR history of everything that the access rule opens. */
export async function historySystem(_place: Place, request: FhirRequest, context: Context): Promise<Answer> {
  const page = historyPage<HistoryPosition>({ path: '' }, request, context);
  const after = page.after === undefined ? {} : { after: page.after };
  const permitted = context.rights.require({ code: 'history-system', ...page.window, ...after });
  const { versions, next } = await context.store.versions(permitted);
  return historyBundle(versions, page, { next, base: context.base });
}

type Found<Position> = {
  readonly base: string;
  readonly total?: number | undefined;
  readonly next: Position | undefined;
};

function historyBundle<Position>(
  versions: readonly StoredVersion[],
  page: HistoryPage<Position>,
  { base, total, next }: Found<Position>,
): Answer {
  const links: BundleLink[] = [{ relation: 'self', url: page.self }];
  if (next !== undefined) links.push({ relation: 'next', url: page.next(next) });
  const entries = versions.map((version) => historyEntry(base, page.show(version)));
  const head = { type: 'history' as const, links, ...(total === undefined ? {} : { total }) };
  return { status: 200, body: bundleText(head, entries) };
}
