import {
  accessValues,
  compartments,
  containedValues,
  parseReference,
  type Resource,
  type SearchValue,
  textOf,
} from '@chartgate/fhir';
import type { Site } from '../database/site.ts';
import type { ResourceFacts } from './index-row.ts';

/** What is indexed of a resource that is about to be stored under this id. */
export function factsOf(
  { conformance, base }: Pick<Site, 'conformance' | 'base'>,
  resource: Resource,
  id: string,
): ResourceFacts {
  const stored = resource.id === id ? resource : { ...resource, id };
  const { parameters } = conformance;
  const local = (found: readonly SearchValue[]) =>
    base === undefined ? found : found.map((value) => localValue(value, `${base}/`));
  const own = local(parameters.valuesOf(stored));
  // What is contained lies in no compartment of its own.
  const values = [...own, ...local(containedValues(stored, parameters)), ...accessValues(stored)];
  return {
    type: resource.resourceType,
    id,
    values,
    compartments: compartments(stored, own),
    text: textOf(stored),
  };
}

/** An absolute reference below the site's own base is one to a resource here. */
function localValue(value: SearchValue, start: string): SearchValue {
  if (value.kind === 'composite') {
    return { ...value, parts: value.parts.map((part) => part.map((one) => localValue(one, start))) };
  }
  if (value.kind !== 'reference' || !value.url?.startsWith(start)) return value;
  const reference = parseReference(value.url.slice(start.length));
  if (reference.kind !== 'local') return value;
  const { url, ...rest } = value;
  const { kind, ...local } = reference;
  return { ...rest, ...local };
}
