import { accessValues, compartments, containedValues, type Resource } from '@chartgate/fhir';
import type { Site } from '../database/site.ts';
import type { ResourceFacts } from './index-row.ts';

/** What is indexed of a resource that is about to be stored under this id. */
export function factsOf({ conformance }: Pick<Site, 'conformance'>, resource: Resource, id: string): ResourceFacts {
  const stored = resource.id === id ? resource : { ...resource, id };
  const { parameters } = conformance;
  const own = parameters.valuesOf(stored);
  // What is contained lies in no compartment of its own.
  const values = [...own, ...containedValues(stored, parameters), ...accessValues(stored)];
  return { type: resource.resourceType, id, values, compartments: compartments(stored, own) };
}
