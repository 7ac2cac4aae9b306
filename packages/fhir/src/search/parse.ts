import { type CompartmentName, compartmentCriterion } from '../compartment/definition.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import { type Issue, issue } from '../outcome/outcome.ts';
import type { Terminology } from '../terminology/terminology.ts';
import type { Criterion, Include, SearchQuery, SortKey } from './ast.ts';
import { beyondLimit, UnknownParameter, unsupported } from './invalid.ts';
import { searchLimits } from './limits.ts';
import { r4SearchParameters, type SearchParameters } from './parameters.ts';
import type { CriterionContext, SearchPair } from './parse-criterion.ts';
import { includesOf, revincludesOf } from './parse-include.ts';
import { type Branches, criterionOf } from './parse-link.ts';
import { countOf, isCountAlone, sortOf, totalOf } from './parse-result.ts';

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
  /** What `:in`, `:not-in`, `:above` and `:below` are told by. (Default: nothing, so that they are refused) */
  readonly terminology?: Terminology;
  /** Canonical URL of the value set that a reference such as `ValueSet/1` names. */
  readonly valueSetUrl?: (reference: string) => string | undefined;
  /** The compartment that is searched, as in `Patient/1/Observation`. */
  readonly compartment?: CompartmentName;
};

/** A search, and what became of its parameters. */
export type ParsedSearch = {
  readonly query: SearchQuery;
  /** Names of those passed over: parameters without a value, and unknown ones under lenient handling. */
  readonly ignored: readonly string[];
  /** The others, as sent and in their order: what the `self` link shows and the next page must ask for again. */
  readonly used: readonly (readonly [name: string, value: string])[];
};

/** What a search asks of each type. Mutable while the parameters are read. */
type Part = {
  readonly type: string;
  readonly branches: Branches;
  readonly criteria: Criterion[];
  sort: readonly SortKey[];
};

/** Mutable while the parameters are read. */
type Draft = {
  readonly context: CriterionContext;
  readonly parts: readonly Part[];
  readonly include: Include[];
  readonly revinclude: Include[];
  readonly ignored: string[];
  readonly used: (readonly [name: string, value: string])[];
  readonly unknown: Issue[];
  readonly handling: 'strict' | 'lenient';
  readonly seen: Set<string>;
  includes: number;
  count: number;
  countAlone: boolean;
  total?: NonNullable<SearchQuery['total']>;
};

/**
 * Reads the parameters of a type search, percent-decoding done. Repeated parameters are AND-ed, commas OR.
 * @throws {FhirError} 400 naming each unknown parameter, or the first that cannot be used and why; values are never
 * repeated. 404 where the type lies in no such compartment.
 * @see https://hl7.org/fhir/R4/search.html
 */
export function parseSearch(
  type: string,
  parameters: Iterable<readonly [name: string, value: string]>,
  options: SearchOptions = {},
): ParsedSearch {
  const { queries, ignored, used } = parseSearches([type], parameters, options);
  const [query] = queries;
  if (!query) throw new TypeError('A search on one type has one query');
  return { query, ignored, used };
}

/** The same search on each of several types, which must all have its parameters. Throws as `parseSearch` does. */
export function parseSearches(
  types: readonly string[],
  parameters: Iterable<readonly [name: string, value: string]>,
  options: SearchOptions,
): Omit<ParsedSearch, 'query'> & { readonly queries: readonly SearchQuery[] } {
  const draft = draftOf(types, options);
  let count = 0;
  let values = 0;
  for (const [name, value] of parameters) {
    if (++count > searchLimits.parameters) throw beyondLimit(name, `${searchLimits.parameters} parameters`);
    values += types.length * value.split(',').length;
    if (types.length > 1 && values > searchLimits.systemValues) throw tooManyValues(name);
    read(draft, { name, value });
  }
  if (draft.unknown.length > 0) throw new FhirError(400, draft.unknown);
  requireFewLinks(draft);
  return { queries: draft.parts.map((part) => queryOf(draft, part)), ignored: draft.ignored, used: draft.used };
}

function tooManyValues(name: string): FhirError {
  return beyondLimit(name, `${searchLimits.systemValues} values over all of its types. Name fewer types by _type`);
}

function requireFewLinks({ parts }: Draft): void {
  const links = parts.reduce((sum, { branches }) => sum + branches.count, 0);
  if (links <= searchLimits.systemBranches) return;
  throw beyondLimit('_type', `${searchLimits.systemBranches} links over all of its types. Name fewer types, or links`);
}

function draftOf(types: readonly string[], options: SearchOptions): Draft {
  const { handling = 'strict', base, now = Date.now(), parameters = r4SearchParameters, compartment } = options;
  const { terminology, valueSetUrl } = options;
  const inside = (type: string) => (compartment ? [compartmentCriterion(compartment, type, parameters)] : []);
  return {
    context: { empty: 'ignored', base, now, parameters, terminology, valueSetUrl },
    parts: types.map((type) => ({ type, branches: { count: 0 }, criteria: inside(type), sort: [] })),
    handling,
    include: [],
    revinclude: [],
    ignored: [],
    used: [],
    unknown: [],
    seen: new Set(),
    includes: 0,
    count: searchLimits.defaultCount,
    countAlone: false,
  };
}

function queryOf({ include, revinclude, countAlone, ...rest }: Draft, { type, criteria, sort }: Part): SearchQuery {
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
function readCriterion({ context, parts }: Draft, pair: SearchPair): boolean {
  // All of them are read before any is kept: one that a type does not know holds for none.
  const read = parts.map(({ type, branches }) => criterionOf({ ...context, branches }, type, pair));
  for (const [i, criterion] of read.entries()) if (criterion) parts[i]?.criteria.push(criterion);
  return read.some((criterion) => criterion !== undefined);
}

/** Reads a parameter that is about the result, not about the matches. False where it has no value. */
function readResult(draft: Draft, code: string, pair: SearchPair): boolean {
  const { name, value } = pair;
  if (code === '_include' || code === '_revinclude') return readInclude(draft, code, pair);
  if (name !== code) throw unsupported(name, 'no modifier is supported here.');
  if (value === '') return false;
  if (code !== '_format' && code !== '_pretty') readOnce(draft, code, value);
  return true;
}

function readOnce(draft: Draft, code: string, value: string): void {
  if (draft.seen.has(code)) throw new FhirError(400, [issue('invalid', `Search parameter ${code}: expected once.`)]);
  draft.seen.add(code);
  if (code === '_count') draft.count = countOf(value);
  else if (code === '_total') draft.total = totalOf(value);
  else if (code === '_summary') draft.countAlone = isCountAlone(value);
  else if (code === '_sort') {
    for (const part of draft.parts) part.sort = sortOf(draft.context, part.type, value);
  }
}

/** `_format` and `_pretty` are of all interactions: the wire reads them. What `_elements` names, `parseProjection` reads. */
export const resultParameters: ReadonlySet<string> = new Set([
  ...['_count', '_total', '_summary', '_elements', '_sort', '_include', '_revinclude', '_format', '_pretty'],
]);

function readInclude(draft: Draft, code: '_include' | '_revinclude', pair: SearchPair): boolean {
  if (pair.value === '') return false;
  if (++draft.includes > searchLimits.includes) throw beyondLimit(pair.name, `${searchLimits.includes} includes`);
  const types = draft.parts.map(({ type }) => type);
  const [to, read] = code === '_include' ? [draft.include, includesOf] : [draft.revinclude, revincludesOf];
  to.push(...read(draft.context, types, pair));
  return true;
}
