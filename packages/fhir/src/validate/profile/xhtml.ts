import { isAllowedAttribute, isAllowedElement, isHarmlessValue } from './xhtml-allowed.ts';

/** Elements inside each other. */
const maxDepth = 100;

/**
 * Checks the text of `Narrative.div`: well-formed, one div, only what the allow-list of R4 names. It is read once from
 * left to right.
 * @returns what is wrong, with the key of the broken rule; undefined where nothing is. Never a part of the text.
 * @see https://hl7.org/fhir/R4/narrative.html#Narrative
 */
export function checkXhtml(text: string): string | undefined {
  const state: State = { open: [], isClosed: false, hasContent: false };
  for (let at = 0; at < text.length; ) {
    const next = text.charAt(at) === '<' ? readMarkup(text, at, state) : readText(text, at, state);
    if (typeof next === 'string') return next;
    at = next;
  }
  if (state.open.length > 0 || !state.isClosed) return malformed('an element is not closed');
  return state.hasContent ? undefined : 'txt-2: The narrative has neither text nor an image.';
}

type State = { readonly open: string[]; isClosed: boolean; hasContent: boolean };

function malformed(why: string): string {
  return `txt-1: The narrative is no well-formed XHTML: ${why}.`;
}

/** @returns where to read on, or what is wrong */
function readMarkup(text: string, at: number, state: State): number | string {
  if (text.startsWith('<!--', at)) {
    const end = text.indexOf('-->', at + 4);
    return end < 0 ? malformed('a comment is not closed') : end + 3;
  }
  if (text.startsWith('</', at)) return readClosing(text, at, state);
  return readOpening(text, at, state);
}

const closing = /<\/([A-Za-z][\w:.-]*)\s*>/y;

function readClosing(text: string, at: number, state: State): number | string {
  closing.lastIndex = at;
  const name = closing.exec(text)?.[1];
  if (name === undefined || name !== state.open.pop()) return malformed('an end tag has no start tag');
  if (state.open.length === 0) state.isClosed = true;
  return closing.lastIndex;
}

const opening = /<([A-Za-z][\w:.-]*)/y;
const attribute = /\s+([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const endOfTag = /\s*(\/?)>/y;

function readOpening(text: string, at: number, state: State): number | string {
  opening.lastIndex = at;
  const name = opening.exec(text)?.[1];
  if (name === undefined) return malformed('only elements, comments and text may be in it');
  if (state.isClosed || (state.open.length === 0 && name !== 'div')) return 'txt-1: A narrative is one <div>.';
  if (!isAllowedElement(name)) return 'txt-1: The narrative has an element that is not allowed in it.';
  const end = readAttributes(text, opening.lastIndex, name);
  if (typeof end === 'string') return end;
  endOfTag.lastIndex = end;
  const tag = endOfTag.exec(text);
  if (!tag) return malformed('a tag is not closed, or its attributes are not quoted');
  if (name === 'img') state.hasContent = true;
  if (tag[1] === '') state.open.push(name);
  else if (state.open.length === 0) state.isClosed = true;
  return state.open.length > maxDepth
    ? `txt-1: Elements of a narrative lie at most ${maxDepth} deep.`
    : endOfTag.lastIndex;
}

function readAttributes(text: string, from: number, element: string): number | string {
  const seen = new Set<string>();
  for (let at = from; ; at = attribute.lastIndex) {
    attribute.lastIndex = at;
    const match = attribute.exec(text);
    if (!match) return at;
    const [, name = '', double, single] = match;
    const value = decoded(double ?? single ?? '');
    if (value === undefined) return entities;
    if (seen.has(name)) return malformed('an attribute is there twice');
    if (!isAllowedAttribute(element, name)) return 'txt-1: The narrative has an attribute that is not allowed in it.';
    if (!isHarmlessValue(name, value)) return 'txt-1: A link or style of the narrative could run a script.';
    seen.add(name);
  }
}

const entities = 'txt-1: The narrative may use the five entities of XML and numeric ones; write others as characters.';

function readText(text: string, at: number, state: State): number | string {
  const found = text.indexOf('<', at);
  const end = found < 0 ? text.length : found;
  const words = text.slice(at, end);
  if (/\S/.test(words)) {
    if (state.open.length === 0) return 'txt-1: A narrative is one <div>, with nothing around it.';
    if (decoded(words) === undefined) return entities;
    state.hasContent = true;
  }
  return end;
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The text with its entities replaced; undefined where one is not of XML. */
function decoded(text: string): string | undefined {
  if (!text.includes('&')) return text;
  let isKnown = true;
  const plain = text.replace(/&(#x[0-9A-Fa-f]{1,6};|#[0-9]{1,7};|[A-Za-z]{1,31};)?/g, (_, entity?: string) => {
    const character = entity === undefined ? undefined : characterOf(entity.slice(0, -1));
    if (character === undefined) isKnown = false;
    return character ?? '';
  });
  return isKnown ? plain : undefined;
}

function characterOf(entity: string): string | undefined {
  if (!entity.startsWith('#')) return Object.hasOwn(named, entity) ? named[entity] : undefined;
  const code = entity.startsWith('#x') ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}
