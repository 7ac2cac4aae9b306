/**
 * A string as search compares it: without case and accents, white space folded.
 * @see https://hl7.org/fhir/R4/search.html#string
 */
export function normalizeString(text: string): string {
  const folded = isPlain.test(text) ? text : text.normalize('NFD').replace(/\p{M}/gu, '');
  return folded.toLowerCase().replace(/\s+/g, ' ').trim();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
const isPlain = /^[\x00-\x7f]*$/;
