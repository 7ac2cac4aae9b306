import {
  badRequest,
  FhirError,
  type Issue,
  isCompartmentType,
  isResourceId,
  isResourceType,
  issue,
  type ParsedSearch,
  parseSearch,
  parseSystemSearch,
  type SearchOptions,
} from '@chartgate/fhir';
import type { SearchPosition, SearchSystem, SearchType } from '../access/interaction.ts';
import type { ResourceReader } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { urlOf } from './parameters.ts';
import type { FhirContext, FhirRequest } from './request.ts';
import { searchset } from './searchset.ts';
import { type Show, showOf } from './show.ts';
import { valueSetUrls } from './value-set-url.ts';

/** What is searched: a type; the whole system, where both are empty; or a compartment, that of `type` with `id`. */
export type SearchPlace = { readonly type: string; readonly id: string };

/** Whether a path is that of a search: `[]`, `[Type]`, `[Type, id, Type or *]`, each with `_search` at its end or not. */
export function isSearchPath(path: readonly string[]): boolean {
  const [, , inside] = path;
  const named = path.at(-1) === '_search' ? path.slice(0, -1) : path;
  if (named.length === 3) return inside === '*' || isResourceType(inside ?? '');
  return named.length < 2;
}

/**
 * FHIR search on a type, the system or a compartment, by GET or POST. In a compartment the path's third part is the
 * type that is searched, or `*`.
 * @throws {FhirError} 400, 403, and 404 where there is no such compartment or the type lies in none
 * @see https://hl7.org/fhir/R4/http.html#search
 */
export async function searchRequest(
  place: SearchPlace,
  request: FhirRequest,
  context: FhirContext<ResourceReader>,
): Promise<Answer> {
  const { base, seal, rights, store } = context;
  const search = read(place, request, context, await valueSetUrls(request.query, context));
  const { used, interaction } = search;
  const url = `${base}${search.path}`;
  const self = urlOf(url, used);
  const bound = { key: seal.key, boundTo: `${seal.boundTo}\n${self}` };
  const cursor = request.query.find(([name]) => name === '_cursor')?.[1];
  const after = cursor === undefined ? undefined : (openCursor(cursor, bound) as SearchPosition);
  const permitted = rights.require(after ? { ...interaction, after } : interaction);
  const next = (position: SearchPosition) => urlOf(url, [...used, ['_cursor', sealCursor(position, bound)]]);
  const links = { base, self, next, show: showIn(request, interaction), ...(after ? { first: self } : {}) };
  return searchset(await store.search(permitted), links, search.ignored.map(wasIgnored));
}

/** What is shown of each resource. @throws {FhirError} 400 for `_summary=text` with includes, which R4 rules out */
function showIn({ query }: FhirRequest, interaction: SearchType | SearchSystem): Show {
  const { include, revinclude } = interaction.query;
  const hasIncludes = include.length + revinclude.length > 0;
  if (hasIncludes && query.some(([name, value]) => name === '_summary' && value === 'text')) {
    throw badRequest('_summary=text takes neither _include nor _revinclude. Leave one of them out.');
  }
  return showOf(query, interaction.code === 'search-type' && !hasIncludes ? interaction.type : undefined);
}

type Search = Pick<ParsedSearch, 'used' | 'ignored'> & {
  /** Below the base, such as `/Patient`. */
  readonly path: string;
  readonly interaction: SearchType | SearchSystem;
};

function read(
  { type, id }: SearchPlace,
  request: FhirRequest,
  { base, conformance }: FhirContext<ResourceReader>,
  valueSetUrl: NonNullable<SearchOptions['valueSetUrl']>,
): Search {
  const { parameters, terminology } = conformance;
  const options: SearchOptions = { handling: request.handling, base, parameters, terminology, valueSetUrl };
  const asked = request.query.filter(([name]) => name !== '_cursor');
  if (type === '') return readSystem('', asked, options);
  if (id === '') return readType(type, `/${type}`, asked, options);
  const inside = request.path[2] ?? '';
  const path = `/${type}/${id}/${inside}`;
  const within = { ...options, compartment: compartmentOf(type, id) };
  return inside === '*' ? readSystem(path, asked, within) : readType(inside, path, asked, within);
}

type Pairs = FhirRequest['query'];

function readType(type: string, path: string, asked: Pairs, options: SearchOptions): Search {
  const { query, used, ignored } = parseSearch(type, asked, options);
  return { path, used, ignored, interaction: { code: 'search-type', type, query } };
}

function readSystem(path: string, asked: Pairs, options: SearchOptions): Search {
  const { query, used, ignored, isNamed } = parseSystemSearch(asked, options);
  return { path, used, ignored, interaction: { code: 'search-system', query, isNamed } };
}

function compartmentOf(type: string, id: string): NonNullable<SearchOptions['compartment']> {
  if (isCompartmentType(type) && isResourceId(id)) return { type, id };
  const text =
    'There is no compartment at this path. R4 has those of Patient, Encounter, Practitioner, RelatedPerson and Device.';
  throw new FhirError(404, [issue('not-supported', text)]);
}

/** The name came from a stranger: it is bounded, and its value is not repeated. */
function wasIgnored(name: string): Issue {
  const shown = name.length <= 80 ? name : `${name.slice(0, 80)}…`;
  const text = `The parameter ${shown} was passed over: it is unknown here, or has no value. The link "self" shows what was used.`;
  return { ...issue('not-supported', text), severity: 'warning' };
}
