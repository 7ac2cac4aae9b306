import { isResourceType } from '../definitions/type.ts';
import type { Resource } from '../resource/resource.ts';
import { compileExtractor, type Extractor } from './extract/compile.ts';
import type { SearchValue } from './value.ts';

const extractors = new Map<string, Extractor>();

/**
 * What a resource holds for every R4 search parameter of its type, in the order of the parameters' codes; strings as
 * written. Composite and special parameters are left out, and so are `_id` and `_lastUpdated`, which the server sets.
 * Empty for what is of no R4 type; members that are not as R4 has them are passed over.
 */
export function searchValues(resource: Resource): readonly SearchValue[] {
  const type = resource.resourceType;
  let extract = extractors.get(type);
  if (!extract) {
    if (!isResourceType(type)) return [];
    extract = compileExtractor(type);
    extractors.set(type, extract);
  }
  const values: SearchValue[] = [];
  extract(resource, values);
  return values;
}
