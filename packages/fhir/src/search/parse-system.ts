import { type CompartmentName, typesInCompartment } from '../compartment/definition.ts';
import { isResourceType, resourceTypes } from '../definitions/type.ts';
import { FhirError } from '../outcome/fhir-error.ts';
import { issue } from '../outcome/outcome.ts';
import type { SystemQuery } from './ast.ts';
import { invalidValue } from './invalid.ts';
import { type ParsedSearch, parseSearches, type SearchOptions } from './parse.ts';

/** A search over several types. */
export type ParsedSystemSearch = Omit<ParsedSearch, 'query'> & {
  readonly query: SystemQuery;
  /** Whether the types were named by `_type`; if not, they are all there are. */
  readonly isNamed: boolean;
};

/**
 * Reads a search of the whole system, or of a whole compartment (`Patient/1/*`): `_type` names the types, and every
 * other parameter must be one that all of them have. Without `_type` they are all types, or all that lie in the compartment.
 * @throws {FhirError} as `parseSearch`, and 400 for a `_type` that is none
 * @see https://hl7.org/fhir/R4/search.html#all
 */
export function parseSystemSearch(
  parameters: Iterable<readonly [name: string, value: string]>,
  options: SearchOptions = {},
): ParsedSystemSearch {
  const all = [...parameters];
  const named = typesNamed(all);
  const types = named ?? allTypes(options.compartment);
  const rest = all.filter(([name]) => name !== '_type');
  const { queries, ignored, used } = parseSearches(types, rest, options);
  const { include = [], revinclude = [], count = 0, total } = queries[0] ?? {};
  const written = all.filter(([name]) => name === '_type');
  return {
    query: { parts: queries, include, revinclude, count, ...(total === undefined ? {} : { total }) },
    ignored: [...(named ? [] : written.map(([name]) => name)), ...ignored],
    used: [...(named ? written : []), ...used],
    isNamed: named !== undefined,
  };
}

/** Types in the order of their names: the same search is the same however `_type` is written. */
function typesNamed(parameters: readonly (readonly [name: string, value: string])[]): readonly string[] | undefined {
  const [value, ...more] = parameters.flatMap(([name, text]) => (name === '_type' ? [text] : []));
  if (more.length > 0) throw new FhirError(400, [issue('invalid', 'Search parameter _type: expected once.')]);
  const types = (value ?? '').split(',').filter((type) => type !== '');
  if (types.length === 0) return undefined;
  if (!types.every(isResourceType)) throw invalidValue('_type', 'resource types of R4, separated by commas');
  return [...new Set(types)].sort();
}

/** Parameters has no endpoint: it is never found. @see https://hl7.org/fhir/R4/parameters.html */
const searchedTypes = resourceTypes.filter((type) => type !== 'Parameters');

function allTypes(compartment: CompartmentName | undefined): readonly string[] {
  return compartment ? typesInCompartment(compartment.type) : searchedTypes;
}
