import { closingQuote } from './slice.ts';

/** Compact JSON text with a line for each member and element, two spaces deeper each time; values stay as written. */
export function prettyJson(text: string): string {
  const pieces: string[] = [];
  let depth = 0;
  let from = 0;
  const breakAfter = (at: number) => {
    pieces.push(text.slice(from, at + 1), '\n', '  '.repeat(depth));
    from = at + 1;
  };
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '"') at = closingQuote(text, at);
    else if (c === ',') breakAfter(at);
    else if (c === ':') {
      pieces.push(text.slice(from, at + 1), ' ');
      from = at + 1;
    } else if (c === '{' || c === '[') {
      if (text[at + 1] === '}' || text[at + 1] === ']') at++;
      else {
        depth++;
        breakAfter(at);
      }
    } else if (c === '}' || c === ']') {
      depth--;
      pieces.push(text.slice(from, at), '\n', '  '.repeat(depth));
      from = at;
    }
  }
  return pieces.join('') + text.slice(from);
}
