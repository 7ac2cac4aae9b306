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

/**
 * A resource with its links replaced by what `resolve` answers, in text and object alike; links for which it answers
 * undefined stay as written. `resolve` answers the same for the same link. The text is edited in place, never printed from the object; of the object, what does not
 * change is shared with the one given.
 */
export function rewriteReferences(
  content: ResourceContent,
  resolve: (value: string, place: LinkPlace) => string | undefined,
): ResourceContent {
  const edits: Edit[] = [];
  const targets: Record<LinkPlace, Map<string, string>> = {
    reference: new Map(),
    uri: new Map(),
    narrative: new Map(),
  };
  visitLinks(content.text, ({ place, value, start, end }) => {
    const target = resolve(value, place);
    if (target === undefined || target === value) return;
    edits.push({ start, end, text: JSON.stringify(target).slice(1, -1) });
    targets[place].set(value, target);
  });
  if (edits.length === 0) return content;
  const text = edited(content.text, edits);
  // A narrative's links are found in its escaped text, so its object is read from there.
  const resource = targets.narrative.size > 0 ? JSON.parse(text) : relinked(content.resource, targets);
  return { resource, text };
}

type Targets = Readonly<Record<LinkPlace, ReadonlyMap<string, string>>>;

/** A copy in which links are exchanged; objects and arrays without any are the same as before. */
function relinked<T extends Readonly<Record<string, unknown>>>(value: T, targets: Targets): T {
  let copy: T | undefined;
  for (const name of Object.keys(value)) {
    const member = value[name];
    const next = Array.isArray(member) ? relinkedArray(name, member, targets) : relinkedMember(name, member, targets);
    if (next !== member) copy = Object.assign(copy ?? { ...value }, { [name]: next });
  }
  return copy ?? value;
}

function relinkedArray(name: string, items: readonly unknown[], targets: Targets): readonly unknown[] {
  // As in the text: links are the strings and nulls that the array starts with. In FHIR there is nothing behind them.
  const end = items.findIndex((item) => typeof item !== 'string' && item !== null);
  const next = items.map((item, i) => relinkedMember(end < 0 || i < end ? name : '', item, targets));
  return next.some((item, i) => item !== items[i]) ? next : items;
}

function relinkedMember(name: string, value: unknown, targets: Targets): unknown {
  if (typeof value === 'string') return linkOf(name, value, targets);
  if (Array.isArray(value)) return relinkedArray('', value, targets);
  return isObject(value) ? relinked(value, targets) : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function linkOf(name: string, value: string, targets: Targets): string {
  if (name === 'reference') return targets.reference.get(value) ?? value;
  return targets.uri.size > 0 && uriMembers.has(name) ? (targets.uri.get(value) ?? value) : value;
}
