import type { ResourceContent } from '../json/content.ts';
import { type Edit, edited, valueEnd, visitElements, visitMembers } from '../json/slice.ts';

const flag = 'http://hl7.org/fhir/StructureDefinition/resolve-as-version-specific';
const unversioned = /^[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}$/;

/** A reference that asks to name a version. `start` and `end` enclose its JSON text, quotes included. */
type Flagged = { readonly reference: string; readonly start: number; readonly end: number };

/**
 * The references `Type/id` of a resource that carry the extension `resolve-as-version-specific`, each once: they ask to
 * be stored with the version that is current when the transaction ends.
 * @see https://hl7.org/fhir/R4/extension-resolve-as-version-specific.html
 */
export function versionSpecificReferences({ text }: ResourceContent): readonly string[] {
  return [...new Set(flaggedIn(text).map(({ reference }) => reference))];
}

/** The resource with those references naming the version that `versions` has for them. */
export function specifyVersions(content: ResourceContent, versions: ReadonlyMap<string, string>): ResourceContent {
  const edits = flaggedIn(content.text).flatMap(({ reference, start, end }): Edit[] => {
    const version = versions.get(reference);
    return version === undefined ? [] : [{ start, end, text: JSON.stringify(`${reference}/_history/${version}`) }];
  });
  if (edits.length === 0) return content;
  const text = edited(content.text, edits);
  return { text, resource: JSON.parse(text) };
}

function flaggedIn(text: string): readonly Flagged[] {
  const found: Flagged[] = [];
  if (text.includes(flag)) walk(text, 0, found);
  return found;
}

/** Looks through the value at `start`, and returns where it ends. */
function walk(text: string, start: number, found: Flagged[]): number {
  if (text[start] === '[') {
    visitElements(text, start, (at) => walk(text, at, found));
    return valueEnd(text, start);
  }
  if (text[start] !== '{') return valueEnd(text, start);
  let reference: Flagged | undefined;
  let isFlagged = false;
  const end = visitMembers(text, start, (name, from, to) => {
    if (name === 'reference' && text[from] === '"') {
      reference = { reference: JSON.parse(text.slice(from, to)), start: from, end: to };
    } else if (name === 'extension') {
      isFlagged = hasFlag(JSON.parse(text.slice(from, to)));
    }
    if (text[from] === '{' || text[from] === '[') walk(text, from, found);
    return false;
  });
  if (reference && isFlagged && unversioned.test(reference.reference)) found.push(reference);
  return end;
}

function hasFlag(extensions: unknown): boolean {
  return Array.isArray(extensions) && extensions.some((one) => one?.url === flag && one.valueBoolean === true);
}
