import { compartments, type Resource, searchValues } from '@chartgate/fhir';
import type { ResourceFacts } from './index-row.ts';

/** What is indexed of a resource that is about to be stored under this id. */
export function factsOf(resource: Resource, id: string): ResourceFacts {
  const stored = resource.id === id ? resource : { ...resource, id };
  const values = searchValues(stored);
  return { type: resource.resourceType, id, values, compartments: compartments(stored, values) };
}
