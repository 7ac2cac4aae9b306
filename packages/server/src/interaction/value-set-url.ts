import { badRequest, isResourceId } from '@chartgate/fhir';
import type { ResourceReader } from '../store/ports.ts';
import type { FhirContext, FhirRequest } from './dispatch.ts';

/** Value sets that one search may name by reference. */
const limit = 10;

/**
 * The value sets that a search names by reference (`code:in=ValueSet/1`), read under the rights of whoever asks.
 * @returns their canonical URLs, by the reference as it stands in the search; undefined for one that has none
 * @throws {FhirError} 403 where value sets may not be read, 400 where too many are named
 * @see https://hl7.org/fhir/R4/search.html#token
 */
export async function valueSetUrls(
  query: FhirRequest['query'],
  context: FhirContext<ResourceReader>,
): Promise<(reference: string) => string | undefined> {
  const references = new Map<string, string>();
  for (const [name, value] of query) {
    if (!/:(?:in|not-in)$/.test(name)) continue;
    for (const text of value.split(',')) {
      const id = idOf(text, context.base);
      if (id !== undefined) references.set(text, id);
    }
  }
  if (references.size > limit) throw badRequest(`A search names at most ${limit} value sets by reference.`);
  const found = await Promise.all(
    Array.from(references, async ([text, id]) => [text, await urlOf(id, context)] as const),
  );
  const urls = new Map(found);
  return (reference) => urls.get(reference);
}

function idOf(text: string, base: string): string | undefined {
  const path = text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text;
  const [type, id = '', ...more] = path.split('/');
  return type === 'ValueSet' && more.length === 0 && isResourceId(id) ? id : undefined;
}

async function urlOf(id: string, { rights, store }: FhirContext<ResourceReader>): Promise<string | undefined> {
  const stored = await store.read(rights.require({ code: 'read', type: 'ValueSet', id }));
  if (!stored || stored.method === 'DELETE') return undefined;
  const { url } = JSON.parse(stored.body) as { readonly url?: unknown };
  return typeof url === 'string' ? url : undefined;
}
