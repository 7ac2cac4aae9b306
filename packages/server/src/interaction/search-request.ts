import { badRequest, parseSearch } from '@chartgate/fhir';
import type { SearchPosition, SearchType } from '../access/interaction.ts';
import type { Permitted } from '../access/permit.ts';
import type { ResourceReader } from '../store/ports.ts';
import type { Answer } from './answer.ts';
import { openCursor, sealCursor } from './cursor.ts';
import { urlOf } from './parameters.ts';
import type { FhirContext, FhirRequest, Place } from './request.ts';
import { searchType } from './search-type.ts';
import { showOf } from './show.ts';

/** FHIR search on a type, by GET or POST. @see https://hl7.org/fhir/R4/http.html#search */
export async function searchRequest(
  { type }: Place,
  request: FhirRequest,
  context: FhirContext<ResourceReader>,
): Promise<Answer> {
  const { base, seal, conformance } = context;
  const { parameters } = conformance;
  const asked = request.query.filter(([name]) => name !== '_cursor');
  const { query, used } = parseSearch(type, asked, { handling: request.handling, base, parameters });
  const hasIncludes = query.include.length + query.revinclude.length > 0;
  if (hasIncludes && asked.some(([name, value]) => name === '_summary' && value === 'text')) {
    throw badRequest('_summary=text takes neither _include nor _revinclude. Leave one of them out.');
  }
  const show = showOf(asked, hasIncludes ? undefined : type);
  const self = urlOf(`${base}/${type}`, used);
  const bound = { key: seal.key, boundTo: `${seal.boundTo}\n${self}` };
  const cursor = request.query.find(([name]) => name === '_cursor')?.[1];
  const after = cursor === undefined ? {} : { after: openCursor(cursor, bound) as SearchPosition };
  const permitted: Permitted<SearchType> = context.rights.require({ code: 'search-type', type, query, ...after });
  const next = (position: SearchPosition) =>
    urlOf(`${base}/${type}`, [...used, ['_cursor', sealCursor(position, bound)]]);
  return searchType(permitted, context.store, { base, self, next, show });
}
