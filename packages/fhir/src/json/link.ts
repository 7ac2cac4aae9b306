import { closingQuote } from './slice.ts';

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
export const uriMembers: ReadonlySet<string> = new Set([
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

/** The place that a member's name makes of its value, if that is a string or starts an array of strings and nulls. */
function placeOf(text: string, nameStart: number, nameEnd: number, value: number): LinkPlace | undefined {
  const first = text[value] === '[' ? text[value + 1] : text[value];
  if (first !== '"' && !(first === 'n' && text[value] === '[')) return undefined;
  return placeOfName(text.slice(nameStart, nameEnd));
}

function placeOfName(name: string): LinkPlace | undefined {
  if (name === 'reference') return 'reference';
  if (name === 'div') return 'narrative';
  return uriMembers.has(name) ? 'uri' : undefined;
}

/** Visits one string, or all of an array; returns where to read on. */
function visitStrings(text: string, value: number, place: LinkPlace, visit: (link: Link) => void): number {
  if (text[value] !== '[') return visitString(text, value, place, visit);
  let at = value;
  do {
    at++;
    if (text[at] === '"') at = visitString(text, at, place, visit);
    else if (text.startsWith('null', at)) at += 4;
    else return at;
  } while (text[at] === ',');
  return at;
}

function visitString(text: string, quote: number, place: LinkPlace, visit: (link: Link) => void): number {
  const start = quote + 1;
  const end = closingQuote(text, quote);
  if (place === 'narrative') visitNarrative(text, start, end, visit);
  else visit({ place, value: unescaped(text, start, end), start, end });
  return end + 1;
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
