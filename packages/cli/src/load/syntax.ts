const token =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings may not hold them
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]+|\\["\\/bfnrt]|\\u[\da-fA-F]{4})*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/uy;

/** What may come next at each point of a JSON text. */
type Expect = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

/** The line (from 1) of a JSON text's first mistake. The text must be one that `JSON.parse` refuses. */
export function mistakeLine(text: string): number {
  const open: string[] = [];
  let expect: Expect = 'value';
  token.lastIndex = 0;
  for (let at = 0; ; at = token.lastIndex) {
    const found = token.exec(text);
    const next: Expect | undefined = found ? follow(found, expect, open) : undefined;
    if (!next) return lineAt(text, at + (/^[ \t\r\n]*/.exec(text.slice(at, at + 10_000))?.[0].length ?? 0));
    expect = next;
  }
}

function follow([, mark, string]: RegExpExecArray, expect: Expect, open: string[]): Expect | undefined {
  const inside = open.at(-1);
  if (mark === undefined) {
    if (expect.startsWith('value')) return ', or end';
    return string !== undefined && expect.startsWith('key') ? ':' : undefined;
  }
  if (mark === '{' || mark === '[') {
    if (!expect.startsWith('value')) return undefined;
    open.push(mark);
    return mark === '{' ? 'key or }' : 'value or ]';
  }
  if (mark === ':') return expect === ':' ? 'value' : undefined;
  if (mark === ',') return expect === ', or end' && inside ? (inside === '{' ? 'key' : 'value') : undefined;
  const closes = (mark === '}') === (inside === '{') && inside !== undefined;
  if (!closes || !(expect === ', or end' || expect.endsWith(mark))) return undefined;
  open.pop();
  return ', or end';
}

/** Where each entry of a Bundle stands in its text, as offsets. The text must be good JSON. */
export function entrySpans(text: string): readonly { readonly start: number; readonly end: number }[] {
  const spans: { start: number; end: number }[] = [];
  let [depth, start, name, last] = [0, 0, '', ''];
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') {
      const begin = at + 1;
      for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++;
      if (depth === 1) last = text.slice(begin, at);
    } else if (letter === ':' && depth === 1) name = last;
    else if (letter === '{' || letter === '[') {
      if (depth++ === 2 && name === 'entry') start = at;
    } else if (letter === '}' || letter === ']') {
      if (--depth === 2 && name === 'entry') spans.push({ start, end: at + 1 });
    }
  }
  return spans;
}

/** The line (from 1) in which an offset lies. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
