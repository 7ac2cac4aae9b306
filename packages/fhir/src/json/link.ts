import type { ResourceContent } from './content.ts';
import { closingQuote, type Edit, edited } from './slice.ts';

/** Where a link stands: a `Reference.reference`, an element of type uri, url, oid or uuid, or a link of a narrative. */
export type LinkPlace = 'reference' | 'uri' | 'narrative';

/** A link of a resource. `start` and `end` enclose its characters in the text, without quotes. */
export type Link = {
  readonly place: LinkPlace;
  readonly value: string;
  readonly start: number;
  readonly end: number;
};

/** Names of R4 elements of type uri, url, oid or uuid that may link to a resource. Canonicals are no links. */
const uriMembers: ReadonlySet<string> = new Set([
  ...['url', 'uri', 'valueUri', 'valueUrl', 'valueOid', 'valueUuid', 'source', 'policy', 'protocol', 'authority'],
  ...['instantiatesUri', 'definitionUri', 'derivedFromUri', 'sourceUri', 'targetUri', 'moduleUri', 'eventUri'],
  ...['authorizationUrl', 'onlineInformation', 'endpoint', 'address', 'rendering', 'implicitRules'],
]);

/**
 * Sees every link in the compact JSON text of a resource, in the order written.
 * @see https://hl7.org/fhir/R4/http.html#trules
 */
export function visitLinks(text: string, visit: (link: Link) => void): void {
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at)) {
    const end = closingQuote(text, at);
    const value = end + 2;
    const place = text[end + 1] === ':' ? placeOf(text, at + 1, end, value) : undefined;
    at = place === undefined ? end + 1 : visitStrings(text, value, place, visit);
  }
}

/** The place that a member's name makes of its value, if that is a string or starts an array of strings. */
function placeOf(text: string, nameStart: number, nameEnd: number, value: number): LinkPlace | undefined {
  const isText = text[value] === '"' || (text[value] === '[' && text[value + 1] === '"');
  if (!isText) return undefined;
  const name = text.slice(nameStart, nameEnd);
  if (name === 'reference') return 'reference';
  if (name === 'div') return 'narrative';
  return uriMembers.has(name) ? 'uri' : undefined;
}

/** Visits one string, or all of an array; returns where to read on. */
function visitStrings(text: string, value: number, place: LinkPlace, visit: (link: Link) => void): number {
  let at = text[value] === '[' ? value + 1 : value;
  for (;;) {
    const end = closingQuote(text, at);
    if (place === 'narrative') visitNarrative(text, at + 1, end, visit);
    else visit({ place, value: unescaped(text, at + 1, end), start: at + 1, end });
    if (value === at || text[end + 1] !== ',' || text[end + 2] !== '"') return end + 1;
    at = end + 2;
  }
}

const attribute = /\b(?:href|src)\s*=\s*(\\"|')(.*?)\1/g;

function visitNarrative(text: string, from: number, to: number, visit: (link: Link) => void): void {
  for (const match of text.slice(from, to).matchAll(attribute)) {
    const [whole, mark = '', value = ''] = match;
    const start = from + match.index + whole.length - mark.length - value.length;
    visit({ place: 'narrative', value, start, end: start + value.length });
  }
}

function unescaped(text: string, start: number, end: number): string {
  const raw = text.slice(start, end);
  return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw;
}

/**
 * A resource with its links replaced by what `resolve` answers, in text and object alike; links for which it answers
 * undefined stay as written. The text is edited in place, never printed from the object.
 */
export function rewriteReferences(
  content: ResourceContent,
  resolve: (value: string, place: LinkPlace) => string | undefined,
): ResourceContent {
  const edits: Edit[] = [];
  visitLinks(content.text, ({ place, value, start, end }) => {
    const target = resolve(value, place);
    if (target !== undefined && target !== value) edits.push({ start, end, text: JSON.stringify(target).slice(1, -1) });
  });
  if (edits.length === 0) return content;
  const text = edited(content.text, edits);
  return { resource: JSON.parse(text), text };
}
