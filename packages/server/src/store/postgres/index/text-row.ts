import { type ReferenceSearchValue, type SearchValue, type TextWords, tokenText } from '@chartgate/fhir';
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
export function textRow(values: readonly SearchValue[], words: TextWords = () => {}): TextRow | undefined {
  const [texts, codes] = [new Map<string, string>(), new Map<string, string>()];
  for (const value of values) {
    if (value.kind === 'token' && value.text !== undefined) add(texts, tokenText(value.text), value.parameter);
    else if (value.kind === 'token' && value.code !== undefined) add(codes, plain(value.code), value.parameter);
    else if (value.kind === 'uri') add(codes, plain(value.value), value.parameter);
    else if (value.kind === 'reference') add(codes, plain(referenceText(value)), value.parameter);
  }
  const vector = vectorOf(words, texts.keys());
  if (texts.size === 0 && codes.size === 0 && vector === '') return undefined;
  return { words: vector, texts: entriesOf(texts), codes: entriesOf(codes) };
}

function referenceText({ type, id, url, identifier }: ReferenceSearchValue): string {
  return type !== undefined && id !== undefined ? `${type}/${id}` : (url ?? identifier?.value ?? '');
}

function plain(text: string): string {
  return storable(text.includes(separator) ? text.replaceAll(separator, '') : text);
}

/** By the text: its parameters, with a separator in front of each and at the end. */
function add(to: Map<string, string>, text: string, parameter: string): void {
  const known = to.get(text);
  if (known === undefined) {
    if (to.size < maxEntries) to.set(text, `${separator}${parameter}${separator}`);
  } else if (!known.includes(`${separator}${parameter}${separator}`)) to.set(text, `${known}${parameter}${separator}`);
}

function entriesOf(entries: ReadonlyMap<string, string>): string[] {
  return Array.from(entries, ([text, parameters]) => text + parameters);
}

/** Words are letters and digits, so that nothing in them needs an escape. PostgreSQL keeps 255 places of a word. */
function vectorOf(words: TextWords, texts: Iterable<string>): string {
  const places = new Map<string, string>();
  words((word, at, isNarrative) => {
    const known = places.get(word);
    const place = isNarrative ? `${at}A` : `${at}`;
    places.set(word, known === undefined ? place : `${known},${place}`);
  });
  // What codes are called is words already, one space between them.
  for (const text of texts) {
    for (const word of text.split(' ')) if (word !== '' && !places.has(word)) places.set(word, '');
  }
  let vector = '';
  for (const [word, at] of places) vector += at === '' ? `'${word}' ` : `'${word}':${at} `;
  return vector.trimEnd();
}
