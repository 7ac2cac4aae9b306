/**
 * The parts of a search value between separators that no backslash escapes. Escapes stay, for the next split.
 * @see https://hl7.org/fhir/R4/search.html#escaping
 */
export function splitUnescaped(text: string, separator: ',' | '|' | '$'): string[] {
  if (!text.includes('\\')) return text.split(separator);
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** Whether every backslash escapes one of `,` `|` `$` and `\`: any other is illegal. */
export function isEscaped(text: string): boolean {
  return !text.includes('\\') || /^(?:[^\\]|\\[,|$\\])*$/.test(text);
}

/** Takes the backslash from `\,` `\|` `\$` and `\\`. */
export function unescapeValue(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,|$\\])/g, '$1') : text;
}
