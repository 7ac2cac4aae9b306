import { compactJson } from '../json/compact.ts';
import { compactBytes } from '../json/compact-bytes.ts';
import type { JsonLimits } from '../json/limits.ts';
import { valueEnd, visitElements, visitMembers } from '../json/slice.ts';

/** The JSON of a Bundle, and the text of each entry's resource, in order. */
export type BundleJson = { readonly value: unknown; readonly texts: readonly (string | undefined)[] };

const resources = { list: 'entry', member: 'resource' } as const;

/** @throws {FhirError} 400 and 413, as `compactJson` does */
export function readJson(source: string | Uint8Array, limits: Partial<JsonLimits> = {}): BundleJson {
  const compact = typeof source === 'string' ? undefined : compactBytes(source, limits, resources);
  return compact ? joined(compact.text, compact.parts) : readText(textOf(source), limits);
}

/** The value of each resource is put where the text has a place for it. */
function joined(text: string, parts: BundleJson['texts']): BundleJson {
  const value = JSON.parse(text);
  parts.forEach((part, i) => {
    if (part !== undefined) value.entry[i].resource = JSON.parse(part);
  });
  return { value, texts: parts };
}

function textOf(source: string | Uint8Array): string {
  return typeof source === 'string' ? source : new TextDecoder('utf-8', { ignoreBOM: true }).decode(source);
}

function readText(source: string, limits: Partial<JsonLimits>): BundleJson {
  const text = compactJson(source, limits);
  return { value: JSON.parse(text), texts: resourceTexts(text) };
}

function resourceTexts(text: string): readonly (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  visitMembers(text, 0, (name, start) => {
    if (name !== resources.list || text[start] !== '[') return false;
    visitElements(text, start, (entry) => {
      const index = texts.push(undefined) - 1;
      if (text[entry] !== '{') return valueEnd(text, entry);
      return visitMembers(text, entry, (member, from, to) => {
        if (member === resources.member) texts[index] = text.slice(from, to);
        return false;
      });
    });
    return true;
  });
  return texts;
}
