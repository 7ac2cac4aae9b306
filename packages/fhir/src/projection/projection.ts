import { isResourceType, resourceTypes, typeDefinition } from '../definitions/type.ts';
import { badRequest } from '../outcome/fhir-error.ts';

/**
 * What an answer shows of each resource. A resource of which something is left out carries the tag SUBSETTED.
 * @see https://hl7.org/fhir/R4/search.html#summary
 */
export type Projection =
  /** The elements of the summary (Σ). */
  | { readonly kind: 'summary' }
  /** The narrative, and what is mandatory. */
  | { readonly kind: 'text' }
  /** All but the narrative. */
  | { readonly kind: 'data' }
  /** The elements named, and what is mandatory. */
  | { readonly kind: 'elements'; readonly elements: readonly ElementName[] };

/** An element at the root of a resource; without `type`, of each type that has one of the name. */
export type ElementName = { readonly type?: string; readonly name: string };

/** Names that one `_elements` may hold. */
const maxElements = 100;

/**
 * Reads `_summary` and `_elements`; undefined where all is asked for. `_summary=count` is no projection: it is the
 * search's own. @param type the one type that the answer can hold, where it is one
 * @throws {FhirError} 400 for another value, for an element that no such type has, and for both parameters at once
 */
export function parseProjection(
  query: Iterable<readonly [name: string, value: string]>,
  type?: string,
): Projection | undefined {
  let summary: Projection | undefined;
  let elements: Projection | undefined;
  for (const [name, value] of query) {
    if (name === '_summary' && value !== '') summary = summaryOf(value);
    if (name === '_elements' && value !== '') elements = { kind: 'elements', elements: elementsOf(value, type) };
  }
  if (summary && elements) throw badRequest('_summary and _elements exclude each other. Send one of them.');
  return summary ?? elements;
}

function summaryOf(value: string): Projection | undefined {
  switch (value) {
    case 'true':
      return { kind: 'summary' };
    case 'text':
    case 'data':
      return { kind: value };
    case 'false':
    case 'count':
      return undefined;
    default:
      throw badRequest('_summary must be true, text, data, count or false.');
  }
}

/** @see https://hl7.org/fhir/R4/search.html#elements */
function elementsOf(value: string, type: string | undefined): readonly ElementName[] {
  const names = value.split(',').filter((name) => name !== '');
  if (names.length > maxElements) throw badRequest(`_elements takes at most ${maxElements} names.`);
  return names.map((text) => {
    const [, prefix, name = ''] = /^(?:([A-Z][A-Za-z]{1,63})\.)?([a-z][A-Za-z0-9]{0,63})(?:\[x\])?$/.exec(text) ?? [];
    const of = prefix ?? type;
    const types = of === undefined ? resourceTypes : isResourceType(of) ? [of] : [];
    if (types.some((one) => hasElement(one, name))) return prefix === undefined ? { name } : { type: prefix, name };
    throw badRequest(
      `_elements takes names of elements at the root of ${of === undefined || !isResourceType(of) ? 'a resource' : `a ${of}`}, ` +
        'separated by commas. One of those sent is no such name.',
    );
  });
}

function hasElement(type: string, name: string): boolean {
  return typeDefinition(type).elements.some((one) => one.name === name || one.types.some((t) => t.member === name));
}
