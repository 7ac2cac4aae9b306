import { badRequest, dateInterval } from '@chartgate/fhir';
import type { HistoryWindow } from '../access/interaction.ts';
import type { ResourceReader } from '../store/ports.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { requireKnown, resultParameters, urlOf } from './parameters.ts';
import type { FhirContext, FhirRequest } from './request.ts';
import { type Show, showOf } from './show.ts';

/** Versions on a page. */
const counts = { default: 50, most: 1000 };

/** A page of a history as it is asked for. */
export type HistoryPage<Position> = {
  readonly window: HistoryWindow;
  /** Where the page starts; absent: at the newest version. */
  readonly after?: Position;
  readonly show: Show;
  readonly self: string;
  readonly next: (after: Position) => string;
};

const parameters: ReadonlySet<string> = new Set([...resultParameters, '_count', '_since', '_at', '_sort', '_cursor']);

/** What a history is of. `path`: below the base, without `_history`. */
type Of = { readonly path: string; readonly type?: string };

/**
 * Reads the parameters of a history.
 * @throws {FhirError} 400 for an unknown parameter or a value that cannot be used
 * @see https://hl7.org/fhir/R4/http.html#history
 */
export function historyPage<Position>(
  of: Of,
  request: FhirRequest,
  { base, seal }: FhirContext<ResourceReader>,
): HistoryPage<Position> {
  requireKnown(request, parameters);
  const url = `${base}/${of.path}${of.path === '' ? '' : '/'}_history`;
  const used = request.query.filter(([name, value]) => parameters.has(name) && name !== '_cursor' && value !== '');
  const value = (name: string) => valueOnce(used, name);
  requireNewestFirst(value('_sort'));
  const since = timeOf('_since', value('_since'))?.lo;
  const at = timeOf('_at', value('_at'));
  const bound = { key: seal.key, boundTo: `${seal.boundTo}\n${urlOf(url, used)}` };
  const cursor = request.query.find(([name]) => name === '_cursor')?.[1];
  return {
    window: {
      count: countOf(value('_count')),
      ...(since === undefined ? {} : { since }),
      ...(at === undefined ? {} : { at }),
    },
    ...(cursor === undefined ? {} : { after: openCursor(cursor, bound) as Position }),
    show: showOf(used, of.type),
    self: urlOf(url, used),
    next: (after) => urlOf(url, [...used, ['_cursor', sealCursor(after, bound)]]),
  };
}

function valueOnce(query: FhirRequest['query'], name: string): string | undefined {
  const [first, second] = query.filter(([known]) => known === name);
  if (second) throw badRequest(`${name} is expected once.`);
  return first?.[1];
}

function countOf(text: string | undefined): number {
  if (text === undefined) return counts.default;
  if (/^[1-9]\d{0,8}$/.test(text)) return Math.min(Number(text), counts.most);
  throw badRequest('_count must be a positive whole number.');
}

/** An offset whose "+" was not percent-encoded arrives as a space. */
function timeOf(name: string, text: string | undefined) {
  const interval = text === undefined ? undefined : dateInterval(text.replace(/ (\d\d:\d\d)$/, '+$1'));
  if (text === undefined || interval) return interval;
  throw badRequest(`${name} must be a date or time, such as 2026-01-31T09:30:00Z.`);
}

/** R4 gives a history one order alone. */
function requireNewestFirst(sort: string | undefined): void {
  if (sort === undefined || sort === '-_lastUpdated') return;
  throw badRequest('A history comes newest first. Leave _sort out.');
}
