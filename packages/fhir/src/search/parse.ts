import { FhirError } from '../outcome/fhir-error.ts';
import { type Issue, issue } from '../outcome/outcome.ts';
import type { Criterion, Include, SearchQuery } from './ast.ts';
import { beyondLimit, UnknownParameter, unsupported } from './invalid.ts';
import { searchLimits } from './limits.ts';
import { r4SearchParameters, type SearchParameters } from './parameters.ts';
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
  /** The parameters there are. (Default: R4's own) */
  readonly parameters?: SearchParameters;
};

/** A search, and what became of its parameters. */
export type ParsedSearch = {
  readonly query: SearchQuery;
  /** Names of those passed over: parameters without a value, and unknown ones under lenient handling. */
  readonly ignored: readonly string[];
  /** The others, as sent and in their order: what the `self` link shows and the next page must ask for again. */
  readonly used: readonly (readonly [name: string, value: string])[];
};

/** Mutable while the parameters are read. */
type Draft = {
  readonly context: CriterionContext;
  readonly type: string;
  readonly criteria: Criterion[];
  readonly include: Include[];
  readonly revinclude: Include[];
  readonly ignored: string[];
  readonly used: (readonly [name: string, value: string])[];
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
  return { query: queryOf(draft), ignored: draft.ignored, used: draft.used };
}

function draftOf(type: string, options: SearchOptions): Draft {
  const { handling = 'strict', base, now = Date.now(), parameters = r4SearchParameters } = options;
  const context: CriterionContext = { empty: 'ignored', base, now, parameters };
  return {
    context,
    type,
    handling,
    criteria: [],
    include: [],
    revinclude: [],
    ignored: [],
    used: [],
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
    const isUsed = resultParameters.has(code) ? readResult(draft, code, pair) : readCriterion(draft, pair);
    if (isUsed) draft.used.push([pair.name, pair.value]);
    else draft.ignored.push(pair.name);
  } catch (error) {
    if (!(error instanceof UnknownParameter)) throw error;
    if (draft.handling === 'lenient') draft.ignored.push(pair.name);
    else draft.unknown.push(error.issue);
  }
}

/** False where the parameter has no value. */
function readCriterion(draft: Draft, pair: SearchPair): boolean {
  const criterion = criterionOf(draft.context, draft.type, pair);
  if (criterion) draft.criteria.push(criterion);
  return criterion !== undefined;
}

/** Reads a parameter that is about the result, not about the matches. False where it has no value. */
function readResult(draft: Draft, code: string, pair: SearchPair): boolean {
  const { name, value } = pair;
  if (name !== code) throw unsupported(name, 'no modifier is supported here.');
  if (value === '') return false;
  if (code === '_include') addInclude(draft, draft.include, pair, includeOf);
  else if (code === '_revinclude') addInclude(draft, draft.revinclude, pair, revincludeOf);
  else if (code !== '_format' && code !== '_pretty') readOnce(draft, code, value);
  return true;
}

function readOnce(draft: Draft, code: string, value: string): void {
  if (draft.seen.has(code)) throw new FhirError(400, [issue('invalid', `Search parameter ${code}: expected once.`)]);
  draft.seen.add(code);
  if (code === '_count') draft.count = countOf(value);
  else if (code === '_total') draft.total = totalOf(value);
  else if (code === '_summary') draft.countAlone = isCountAlone(value);
  else if (code === '_sort') draft.sort = sortOf(draft.context, draft.type, value);
}

/** `_format` and `_pretty` are of all interactions: the wire reads them. What `_elements` names, `parseProjection` reads. */
export const resultParameters: ReadonlySet<string> = new Set([
  ...['_count', '_total', '_summary', '_elements', '_sort', '_include', '_revinclude', '_format', '_pretty'],
]);

function addInclude(draft: Draft, to: Include[], pair: SearchPair, read: typeof includeOf): void {
  if (draft.include.length + draft.revinclude.length >= searchLimits.includes) {
    throw beyondLimit(pair.name, `${searchLimits.includes} includes`);
  }
  to.push(read(draft.context, draft.type, pair));
}
