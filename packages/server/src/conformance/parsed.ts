import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { CanonicalResource } from '@chartgate/fhir';
import { LRUCache } from 'lru-cache';

/** Characters of JSON whose parsed form is kept, over all sites of a node. In memory it takes three to five times that. */
const keptText = 12 * 1024 * 1024;

const cache = new LRUCache<object, CanonicalResource>({ maxSize: keptText, maxEntrySize: keptText });

/**
 * What a text parses to, remembered for a while. @param key stands for the text, always the same object
 * @param text makes it; called only where the parsed form is not remembered
 * @param repair changes what was parsed before it is remembered
 */
export function parsed(
  key: object,
  text: () => string,
  repair: (resource: CanonicalResource) => CanonicalResource = (resource) => resource,
): CanonicalResource {
  const known = cache.get(key);
  if (known) return known;
  const json = text();
  const resource = repair(JSON.parse(json) as CanonicalResource);
  cache.set(key, resource, { size: Math.max(1, json.length) });
  return resource;
}

/** From this length on, in characters, a text is kept compressed. */
const longText = 4096;

/** A text in memory, compressed where it is long. */
export function kept(text: string): { readonly text: () => string } {
  if (text.length < longText) return { text: () => text };
  const packed = deflateRawSync(text);
  return { text: () => inflateRawSync(packed).toString('utf8') };
}
