import { childItems, type Item, objectOf } from './item.ts';

/**
 * The rules of Bundle that its invariants do not hold: absolute fullUrls that agree with the resources' ids, links each
 * once, results of a search.
 * @see https://hl7.org/fhir/R4/bundle.html
 */
export function inspectBundle(bundle: Item): void {
  const { type } = objectOf(bundle.value) ?? {};
  inspectLinks(bundle);
  for (const entry of childItems(bundle, 'entry')) {
    const { fullUrl, resource, search } = objectOf(entry.value) ?? {};
    if (typeof fullUrl === 'string') inspectFullUrl(entry, fullUrl, objectOf(resource));
    if (type === 'searchset') inspectResult(entry, objectOf(resource), objectOf(search)?.mode);
  }
}

function inspectLinks(bundle: Item): void {
  const relations = new Set<unknown>();
  for (const link of childItems(bundle, 'link')) {
    const relation = objectOf(link.value)?.relation;
    if (typeof relation === 'string' && relations.has(relation)) {
      report(link, 'invalid', 'Another link of the Bundle has the same relation. Each may be there once.');
    }
    relations.add(relation);
  }
}

type Json = Readonly<Record<string, unknown>> | undefined;

/** @see https://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl */
function inspectFullUrl(entry: Item, fullUrl: string, resource: Json): void {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(fullUrl)) {
    report(entry, 'invalid', 'The fullUrl must be absolute: a URL with its scheme, or a urn:uuid.');
    return;
  }
  const [, type, id] = /^https?:.*\/([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/.exec(fullUrl) ?? [];
  if (type === undefined || type !== resource?.resourceType || resource.id === undefined) return;
  if (resource.id !== id) report(entry, 'invalid', 'The fullUrl ends with another id than the resource has.');
}

/** @see https://hl7.org/fhir/R4/search.html#return */
function inspectResult(entry: Item, resource: Json, mode: unknown): void {
  if (!resource) return;
  const [item = entry] = childItems(entry, 'resource');
  const isOutcome = resource.resourceType === 'OperationOutcome';
  if (mode === 'outcome' && !isOutcome) report(item, 'invalid', 'A search outcome is an OperationOutcome.');
  if (mode === 'match' && isOutcome) report(item, 'invalid', 'An OperationOutcome is no match. Its mode is outcome.');
  if (!isOutcome && resource.id === undefined) report(item, 'invalid', 'A resource that a search found has an id.');
}

function report(at: Item, code: 'invalid', text: string): void {
  at.scope.run.add({ severity: 'error', code, text, at });
}
