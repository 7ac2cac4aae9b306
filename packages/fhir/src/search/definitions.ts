import type { SearchParameter } from './parameter.ts';

/** What the search grammar needs to know of FHIR's definitions. */
export type SearchDefinitions = {
  /** Whether R4 has a resource type of this name. */
  isResourceType(text: string): boolean;
  /** The parameter `code` of a resource type, those of all resources (`_id`, `_tag`, …) included. */
  searchParameter(type: string, code: string): SearchParameter | undefined;
};
