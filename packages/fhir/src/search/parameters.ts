import { r4ParametersOf } from '../definitions/search-parameters.ts';
import { isResourceType } from '../definitions/type.ts';
import type { Resource } from '../resource/resource.ts';
import { compileExtractor, type Extractor } from './extract/compile.ts';
import type { SearchParameter } from './parameter.ts';
import type { SearchValue } from './value.ts';

/** The search parameters that a site has, and what they find in a resource. */
export type SearchParameters = {
  /** Those of a resource type, sorted by code, with those of all resources; none for what is no resource type. */
  of(type: string): readonly SearchParameter[];
  find(type: string, code: string): SearchParameter | undefined;
  /**
   * What a resource holds for every parameter of its type, in the order of the parameters' codes; strings as written.
   * Composite and special parameters are left out, and so are `_id` and `_lastUpdated`, which the server sets. None for
   * what is of no R4 type; members that are not as R4 has them are passed over.
   */
  valuesOf(resource: Resource): readonly SearchValue[];
};

/** R4's search parameters with others beside them; of two with the same code on a type, R4's own is the one. */
export function searchParametersWith(others: readonly SearchParameter[]): SearchParameters {
  const byType = new Map<string, ReadonlyMap<string, SearchParameter>>();
  const extractors = new Map<string, Extractor>();

  function parametersOf(type: string): ReadonlyMap<string, SearchParameter> {
    const before = byType.get(type);
    if (before) return before;
    if (!isResourceType(type)) return none;
    const own = others.filter((parameter) => parameter.resourceType === type);
    const sorted = [...own, ...r4ParametersOf(type)].sort((a, b) => (a.code < b.code ? -1 : 1));
    const parameters = new Map(sorted.map((parameter) => [parameter.code, parameter]));
    for (const parameter of r4ParametersOf(type)) parameters.set(parameter.code, parameter);
    byType.set(type, parameters);
    return parameters;
  }

  function extractorOf(type: string): Extractor {
    const before = extractors.get(type);
    if (before) return before;
    const extractor = compileExtractor([...parametersOf(type).values()]);
    extractors.set(type, extractor);
    return extractor;
  }

  return {
    of: (type) => [...parametersOf(type).values()],
    find: (type, code) => parametersOf(type).get(code),
    valuesOf: (resource) => {
      const values: SearchValue[] = [];
      if (isResourceType(resource.resourceType)) extractorOf(resource.resourceType)(resource, values);
      return values;
    },
  };
}

const none: ReadonlyMap<string, SearchParameter> = new Map();

/** The search parameters that R4 itself defines. @see https://hl7.org/fhir/R4/searchparameter-registry.html */
export const r4SearchParameters: SearchParameters = searchParametersWith([]);
