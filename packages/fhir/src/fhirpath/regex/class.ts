/** Whether a character, given as its code point, is one of a class. */
export type Test = (code: number) => boolean;

export type FoundClass = {
  readonly test: Test;
  readonly end: number /** Of a single character. */;
  readonly code?: number;
};

const isDigit: Test = (code) => code >= 0x30 && code <= 0x39;

/** `\w` */
export const isWord: Test = (code) =>
  isDigit(code) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f;
const isSpace: Test = (code) => /\s/.test(String.fromCodePoint(code));

const not =
  (test: Test): Test =>
  (code) =>
    !test(code);

const classes: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };

const pattern =
  /\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|([pP])\{(\w{1,30}(?:=\w{1,30})?)\}|([dDwWsS])|([tnvfr])|([^A-Za-z0-9]))/uy;

/** The class or character that starts with the backslash at `at`; undefined where none does. */
export function escapedClass(text: string, at: number): FoundClass | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [, unicode, hex, p, property, name, control, literal] = found;
  const end = pattern.lastIndex;
  if (property !== undefined) {
    const test = ofProperty(property);
    return test && { test: p === 'P' ? not(test) : test, end };
  }
  if (name !== undefined) return { test: classes[name]!, end };
  const code = literal?.codePointAt(0) ?? (control ? controls[control] : Number.parseInt(unicode ?? hex ?? '', 16));
  return code === undefined ? undefined : single(code, end);
}

function single(code: number, end: number): FoundClass {
  return { test: (other) => other === code, end, code };
}

/** `\p{Lu}`: what JavaScript knows of Unicode. Only a name gets into the pattern. */
function ofProperty(property: string): Test | undefined {
  try {
    const regex = new RegExp(`^\\p{${property}}$`, 'u');
    return (code) => regex.test(String.fromCodePoint(code));
  } catch {
    return undefined;
  }
}

/** The class in brackets that starts at `at`; undefined where it cannot be read. */
export function characterClass(text: string, at: number): FoundClass | undefined {
  const isNegated = text[at + 1] === '^';
  const tests: Test[] = [];
  let next = at + (isNegated ? 2 : 1);
  for (let isFirst = true; isFirst || text[next] !== ']'; isFirst = false) {
    const low = member(text, next);
    if (!low) return undefined;
    next = low.end;
    const high =
      low.code !== undefined && text[next] === '-' && text[next + 1] !== ']' ? member(text, next + 1) : undefined;
    const range = high && rangeOf(low.code!, high.code);
    if (high && !range) return undefined;
    tests.push(range ?? low.test);
    if (high) next = high.end;
  }
  const test: Test = (code) => tests.some((each) => each(code));
  return { test: isNegated ? not(test) : test, end: next + 1 };
}

function rangeOf(low: number, high: number | undefined): Test | undefined {
  return high === undefined || high < low ? undefined : (code) => code >= low && code <= high;
}

function member(text: string, at: number): FoundClass | undefined {
  if (text[at] === '\\') return escapedClass(text, at);
  const code = text.codePointAt(at);
  return code === undefined ? undefined : single(code, at + (code > 0xffff ? 2 : 1));
}
