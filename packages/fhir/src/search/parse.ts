import { FhirError } from '../outcome/fhir-error.ts';
import { type Issue, issue } from '../outcome/outcome.ts';
import type { Criterion, Include, SearchQuery } from './ast.ts';
import { beyondLimit, shown, UnknownParameter, unsupported } from './invalid.ts';
import { searchLimits } from './limits.ts';
import type { CriterionContext, SearchPair } from './parse-criterion.ts';
import { criterionOf } from './parse-link.ts';
import { countOf, includeOf, isCountAlone, revincludeOf, sortOf, totalOf } from './parse-result.ts';

/** How a search is read. */
export type SearchOptions = {
  /** What becomes of unknown parameters: refused, or passed over and listed. (Default: strict) */
  readonly handling?: 'strict' | 'lenient';
  /** The server's own base URL, without a slash at its end: references below it are local. */
  readonly base?: string;
  /** The time that `ap` measures from, ms since the epoch. (Default: the clock's) */
  readonly now?: number;
};

/** A search, and the names of the parameters passed over: those without a value, and unknown ones if lenient. */
export type ParsedSearch = { readonly query: SearchQuery; readonly ignored: readonly string[] };

/** Mutable while the parameters are read. */
type Draft = {
  readonly context: CriterionContext;
  readonly type: string;
  readonly criteria: Criterion[];
  readonly include: Include[];
  readonly revinclude: Include[];
  readonly ignored: string[];
  readonly unknown: Issue[];
  readonly handling: 'strict' | 'lenient';
  readonly seen: Set<string>;
  sort: SearchQuery['sort'];
  count: number;
  countAlone: boolean;
  total?: NonNullable<SearchQuery['total']>;
};

/**
 * Reads the parameters of a type search, percent-decoding done. Repeated parameters are AND-ed, commas OR.
 * @throws {FhirError} 400 naming each unknown parameter, or the first that cannot be used and why; values are never
 * repeated.
 * @see https://hl7.org/fhir/R4/search.html
 */
export function parseSearch(
  type: string,
  parameters: Iterable<readonly [name: string, value: string]>,
  options: SearchOptions = {},
): ParsedSearch {
  const draft = draftOf(type, options);
  let count = 0;
  for (const [name, value] of parameters) {
    if (++count > searchLimits.parameters) throw beyondLimit(name, `${searchLimits.parameters} parameters`);
    read(draft, { name, value });
  }
  if (draft.unknown.length > 0) throw new FhirError(400, draft.unknown);
  return { query: queryOf(draft), ignored: draft.ignored };
}

function draftOf(type: string, options: SearchOptions): Draft {
  const { handling = 'strict', base, now = Date.now() } = options;
  const context: CriterionContext = { empty: 'ignored', base, now };
  return {
    context,
    type,
    handling,
    criteria: [],
    include: [],
    revinclude: [],
    ignored: [],
    unknown: [],
    seen: new Set(),
    sort: [],
    count: searchLimits.defaultCount,
    countAlone: false,
  };
}

function queryOf({ type, criteria, include, revinclude, sort, countAlone, ...rest }: Draft): SearchQuery {
  const total = rest.total === undefined ? {} : { total: rest.total };
  return { type, criteria, include, revinclude, sort, count: countAlone ? 0 : rest.count, ...total };
}

function read(draft: Draft, pair: SearchPair): void {
  try {
    const [code = ''] = pair.name.split(':');
    if (resultParameters.has(code)) readResult(draft, code, pair);
    else readCriterion(draft, pair);
  } catch (error) {
    if (!(error instanceof UnknownParameter)) throw error;
    if (draft.handling === 'lenient') draft.ignored.push(shown(pair.name));
    else draft.unknown.push(error.issue);
  }
}

function readCriterion(draft: Draft, pair: SearchPair): void {
  const criterion = criterionOf(draft.context, draft.type, pair);
  if (criterion) draft.criteria.push(criterion);
  else draft.ignored.push(shown(pair.name));
}

/** Reads a parameter that is about the result, not about the matches. */
function readResult(draft: Draft, code: string, pair: SearchPair): void {
  const { name, value } = pair;
  if (name !== code) throw unsupported(name, 'no modifier is supported here.');
  if (code === '_format' || code === '_pretty') return;
  if (value === '') draft.ignored.push(shown(name));
  else if (code === '_include') addInclude(draft, draft.include, pair, includeOf);
  else if (code === '_revinclude') addInclude(draft, draft.revinclude, pair, revincludeOf);
  else readOnce(draft, code, value);
}

function readOnce(draft: Draft, code: string, value: string): void {
  if (draft.seen.has(code)) throw new FhirError(400, [issue('invalid', `Search parameter ${code}: expected once.`)]);
  draft.seen.add(code);
  if (code === '_count') draft.count = countOf(value);
  else if (code === '_total') draft.total = totalOf(value);
  else if (code === '_summary') draft.countAlone = isCountAlone(value);
  else draft.sort = sortOf(draft.type, value);
}

/** `_format` and `_pretty` are of all interactions: the wire reads them. */
export const resultParameters: ReadonlySet<string> = new Set([
  ...['_count', '_total', '_summary', '_sort', '_include', '_revinclude', '_format', '_pretty'],
]);

function addInclude(draft: Draft, to: Include[], pair: SearchPair, read: typeof includeOf): void {
  if (draft.include.length + draft.revinclude.length >= searchLimits.includes) {
    throw beyondLimit(pair.name, `${searchLimits.includes} includes`);
  }
  to.push(read(draft.type, pair));
}
