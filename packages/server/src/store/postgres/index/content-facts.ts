import { accessValues, compartments, type Resource } from '@chartgate/fhir';
import type { Site } from '../database/site.ts';
import type { ResourceFacts } from './index-row.ts';

/** What is indexed of a resource that is about to be stored under this id. */
export function factsOf({ conformance }: Pick<Site, 'conformance'>, resource: Resource, id: string): ResourceFacts {
  const stored = resource.id === id ? resource : { ...resource, id };
  const searched = conformance.parameters.valuesOf(stored);
  const forAccess = accessValues(stored);
  const values = forAccess.length > 0 ? [...searched, ...forAccess] : searched;
  return { type: resource.resourceType, id, values, compartments: compartments(stored, searched) };
}
