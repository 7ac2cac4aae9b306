import { type ReferenceSearchValue, type SearchValue, type TextWord, tokenText, wordsOf } from '@chartgate/fhir';
import { storable } from './string-value.ts';

/** A row of `txt`. `words` is a tsvector's text; an entry of the others is a text and the codes of its parameters. */
export type TextRow = {
  readonly words: string;
  readonly texts: readonly string[];
  readonly codes: readonly string[];
};

/** Parts an entry's text from its parameters, and those from each other. No indexed text has it. */
export const separator = '\u0001';

/** Entries of either list at most. */
const maxEntries = 500;

/** Undefined where a resource has neither words nor codes. */
export function textRow(values: readonly SearchValue[], words: readonly TextWord[]): TextRow | undefined {
  const [texts, codes] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  for (const value of values) {
    if (value.kind === 'token' && value.text !== undefined) add(texts, tokenText(value.text), value.parameter);
    else if (value.kind === 'token' && value.code !== undefined) add(codes, value.code, value.parameter);
    else if (value.kind === 'uri') add(codes, value.value, value.parameter);
    else if (value.kind === 'reference') add(codes, referenceText(value), value.parameter);
  }
  if (texts.size === 0 && codes.size === 0 && words.length === 0) return undefined;
  return { words: vectorOf(words, texts.keys()), texts: entriesOf(texts), codes: entriesOf(codes) };
}

function referenceText({ type, id, url, identifier }: ReferenceSearchValue): string {
  return type !== undefined && id !== undefined ? `${type}/${id}` : (url ?? identifier?.value ?? '');
}

function add(to: Map<string, Set<string>>, text: string, parameter: string): void {
  const entry = storable(text.replaceAll(separator, ''));
  const known = to.get(entry);
  if (known) known.add(parameter);
  else if (to.size < maxEntries) to.set(entry, new Set([parameter]));
}

function entriesOf(entries: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return Array.from(entries, ([text, parameters]) => [text, ...parameters, ''].join(separator));
}

/** Words are letters and digits, so that nothing in them needs an escape. A word has at most 255 places. */
function vectorOf(words: readonly TextWord[], texts: Iterable<string>): string {
  const places = new Map<string, string[]>();
  for (const { word, at, isNarrative } of words) {
    const known = places.get(word) ?? [];
    if (known.length < 255) known.push(isNarrative ? `${at}A` : String(at));
    places.set(word, known);
  }
  for (const text of texts) for (const word of wordsOf(text)) if (!places.has(word)) places.set(word, []);
  return Array.from(places, ([word, at]) => `'${word}'${at.length > 0 ? `:${at.join()}` : ''}`).join(' ');
}
