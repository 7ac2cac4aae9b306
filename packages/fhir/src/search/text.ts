import type { Resource } from '../resource/resource.ts';
import { normalizeString } from './string.ts';

/** Sees each word of a resource. `at` counts words; between two texts there is a gap, which no phrase crosses. */
export type WordVisitor = (word: string, at: number, isNarrative: boolean) => void;

/** The words of a resource, as they are seen one after the other: every write looks at all of them. */
export type TextWords = (visit: WordVisitor) => void;

/** What is looked for: any of the clauses, of which each is phrases that are all there, or not there. A word is a phrase. */
export type TextQuery = readonly (readonly TextPhrase[])[];
export type TextPhrase = { readonly words: readonly string[]; readonly not: boolean };

/** Words of a resource, and characters of a word, that are searched. */
export const textLimits = { words: 2000, wordLength: 60, phrases: 50 } as const;

/** The words of a text: letters and digits, without case and accents. */
export const wordsOf = remembering((text) => (normalizeString(text).match(/[\p{L}\p{N}]+/gu) ?? []).map(cut));

/** Those that people read. What is for machines repeats seldom, and is not remembered. */
function readWordsOf(text: string): readonly string[] {
  return isForMachines(text) ? [] : wordsOf(text);
}

const rememberedLength = 100;

/** What codes are called repeats endlessly. */
function remembering<T>(f: (text: string) => T): (text: string) => T {
  const remembered = new Map<string, T>();
  return (text) => {
    if (text.length > rememberedLength) return f(text);
    const known = remembered.get(text);
    if (known !== undefined) return known;
    const made = f(text);
    if (remembered.size >= 10_000) remembered.clear();
    remembered.set(text, made);
    return made;
  };
}

function cut(word: string): string {
  return word.length <= textLimits.wordLength ? word : Array.from(word).slice(0, textLimits.wordLength).join('');
}

/** Characters of a token's text that are searched. */
const tokenTextLength = 200;

/** What a token is called, as `:text` compares it: its words, one space between them. */
export const tokenText = remembering((text) => wordsOf(text).join(' ').slice(0, tokenTextLength));

/**
 * Reads `headache "visual aura" or migraine -child`: words are AND-ed, `or` parts clauses, quotes make a phrase, `-`
 * excludes. Undefined for what has no word, a clause that only excludes, or more than `textLimits.phrases`.
 */
export function parseTextQuery(text: string): TextQuery | undefined {
  const clauses: TextPhrase[][] = [[]];
  let count = 0;
  for (const [, minus, quoted, plain = ''] of text.matchAll(/(-?)(?:"([^"]*)"|([^\s"]+))/g)) {
    if (quoted === undefined && !minus && /^or$/i.test(plain)) clauses.push([]);
    else if (quoted !== undefined || minus || !/^and$/i.test(plain)) {
      const words = wordsOf(quoted ?? plain);
      if (words.length > 0) clauses.at(-1)?.push({ words, not: minus === '-' });
      if (++count > textLimits.phrases) return undefined;
    }
  }
  const isWhole = clauses.every((clause) => clause.some(({ not }) => !not));
  return isWhole ? clauses : undefined;
}

/** Whether the words of a resource answer a query. @param isNarrative whether those of the narrative alone count */
export function meetsText(query: TextQuery, words: TextWords, isNarrative: boolean): boolean {
  const places = new Map<string, Set<number>>();
  words((word, at, isOfNarrative) => {
    if (isNarrative && !isOfNarrative) return;
    const known = places.get(word);
    if (known) known.add(at);
    else places.set(word, new Set([at]));
  });
  const has = ([first = '', ...rest]: readonly string[]) =>
    [...(places.get(first) ?? [])].some((at) => rest.every((word, i) => places.get(word)?.has(at + i + 1)));
  return query.some((clause) => clause.every(({ words: phrase, not }) => has(phrase) !== not));
}

/** The words of a resource: of its narrative, then of all else that people read in it. At most `textLimits.words`. */
export function textOf(resource: Resource): TextWords {
  return (visit) => {
    const into: Into = { visit, at: 0, count: 0 };
    const { text } = resource as { readonly text?: unknown };
    const div = typeof text === 'object' && text !== null ? (text as { readonly div?: unknown }).div : undefined;
    if (typeof div === 'string') add(into, wordsOf(plainText(div)), true);
    for (const member in resource) {
      if (member !== 'text' && !unread.has(member)) collect(into, resource[member]);
    }
  };
}

type Into = { readonly visit: WordVisitor; at: number; count: number };

function add(into: Into, words: readonly string[], isNarrative: boolean): void {
  into.at += 1;
  for (const word of words) {
    if (into.count >= textLimits.words) return;
    into.count += 1;
    into.visit(word, into.at++, isNarrative);
  }
}

/** Members that machines read. */
const unread: ReadonlySet<string> = new Set([
  ...['resourceType', 'id', 'versionId', 'lastUpdated', 'reference', 'system', 'url', 'uri', 'profile', 'source'],
  ...['fullUrl', 'data', 'contentType', 'hash', 'div', 'status', 'use', 'language'],
]);

function collect(into: Into, value: unknown): void {
  if (into.count >= textLimits.words) return;
  if (typeof value === 'string') {
    const words = readWordsOf(value);
    if (words.length > 0) add(into, words, false);
  } else if (Array.isArray(value)) for (const item of value) collect(into, item);
  else if (typeof value === 'object' && value !== null) {
    for (const member in value) {
      if (!unread.has(member)) collect(into, (value as Readonly<Record<string, unknown>>)[member]);
    }
  }
}

const forMachines = /^(?:\d{4}-\d\d|[a-z]+:\/\/|urn:)/;

/** Times, URLs, and long texts without a space, such as base64. */
function isForMachines(text: string): boolean {
  return forMachines.test(text) || (text.length > 100 && !/\s/.test(text));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };

/** XHTML without its tags. */
function plainText(div: string): string {
  const text = div.replace(/<[^>]*>/g, ' ');
  return text.replace(/&(?:#(x?)([\da-f]{1,6})|(\w{1,6}));/gi, (whole, hex, number, name) => {
    if (name !== undefined) return entities[name] ?? ' ';
    const code = Number.parseInt(number, hex ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
