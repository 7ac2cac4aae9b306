import type { Entry } from './code-set.ts';
import type { Designation } from './code-system.ts';

type Worded = { readonly display?: string | undefined; readonly designations: readonly Designation[] };

/** The words of a code in a language (`de`, `de-CH`), else its own display. */
export function displayIn(entry: Worded, language: string | undefined): string | undefined {
  if (language === undefined) return entry.display;
  const wanted = language.toLowerCase();
  const languageOf = (designation: Designation) => designation.language?.toLowerCase() ?? '';
  const fits =
    entry.designations.find((one) => languageOf(one) === wanted) ??
    entry.designations.find((one) => languageOf(one).split('-')[0] === wanted.split('-')[0]);
  return fits?.value ?? entry.display;
}

/** Whether these are words of the code, whatever their case and white space. */
export function isDisplayOf(entry: Worded, display: string): boolean {
  const words = plain(display);
  return [entry.display, ...entry.designations.map(({ value }) => value)].some(
    (one) => one !== undefined && plain(one) === words,
  );
}

/**
 * Whether a code is what somebody types who looks for it: each word begins a word of its display or of a designation, or
 * the whole begins the code. @see https://hl7.org/fhir/R4/valueset-operation-expand.html
 */
export function matcherOf(filter: string): (entry: Entry) => boolean {
  const typed = plain(filter);
  const words = typed.split(/\s+/).filter((word) => word !== '');
  return ({ code, display, designations }) =>
    code.toLowerCase().startsWith(typed) ||
    [display, ...designations.map(({ value }) => value)].some((text) => text !== undefined && hasWords(text, words));
}

function hasWords(text: string, words: readonly string[]): boolean {
  const own = plain(text).split(/[\s,;:()/[\]-]+/);
  return words.every((word) => own.some((one) => one.startsWith(word)));
}

function plain(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}
