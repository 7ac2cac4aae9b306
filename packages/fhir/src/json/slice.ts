/** Walks over compact JSON text that `compactJson` let pass. Nothing here checks the grammar a second time. */

/** Sees one member: its name, and where its value starts and ends. True: enough seen. */
export type MemberVisitor = (name: string, start: number, end: number) => boolean | undefined;

/**
 * Visits the members of the object that starts at `start`, in the order written. Returns the offset behind the object,
 * or behind the last member seen where the visitor had seen enough.
 */
export function visitMembers(text: string, start: number, visit: MemberVisitor): number {
  let at = start + 1;
  while (text[at] === '"') {
    const nameEnd = text.indexOf('"', at + 1);
    const value = nameEnd + 2;
    const end = valueEnd(text, value);
    if (visit(text.slice(at + 1, nameEnd), value, end)) return end;
    at = end + 1;
    if (text[end] === '}') return at;
  }
  return at + 1;
}

/** Visits the elements of the array that starts at `start`. The visitor returns the offset behind the element. */
export function visitElements(text: string, start: number, visit: (start: number) => number): void {
  let at = start + 1;
  if (text[at] === ']') return;
  do at = visit(at) + 1;
  while (text[at - 1] === ',');
}

/** Where the string ends whose opening quote is at `start`: the offset of its closing quote. */
export function closingQuote(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); ; at = text.indexOf('"', at + 1)) {
    if (text.charCodeAt(at - 1) !== 0x5c) return at;
    let backslashes = 1;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
}

/** The offset behind the value that starts at `start`. */
export function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; ; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22:
        at = closingQuote(text, at);
        if (depth === 0) return at + 1;
        break;
      case 0x7b:
      case 0x5b:
        depth++;
        break;
      case 0x7d:
      case 0x5d:
        // At depth 0 it closes what holds the value: a number or a literal ended just before.
        if (depth === 0) return at;
        if (--depth === 0) return at + 1;
        break;
      case 0x2c:
        if (depth === 0) return at;
        break;
      default:
        if (at >= text.length) return at;
    }
  }
}

/** A piece of text to be put in place of what lies between `start` and `end`. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };

/** `text` with all edits made; they must not overlap. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = '';
  let from = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}
