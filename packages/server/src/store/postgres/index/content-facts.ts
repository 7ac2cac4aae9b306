import { compartments, type Resource } from '@chartgate/fhir';
import type { Site } from '../database/site.ts';
import type { ResourceFacts } from './index-row.ts';

/** What is indexed of a resource that is about to be stored under this id. */
export function factsOf({ conformance }: Pick<Site, 'conformance'>, resource: Resource, id: string): ResourceFacts {
  const stored = resource.id === id ? resource : { ...resource, id };
  const values = conformance.parameters.valuesOf(stored);
  return { type: resource.resourceType, id, values, compartments: compartments(stored, values) };
}
