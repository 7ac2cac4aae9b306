import { FhirPathError } from './error.ts';

/** `text` is what was written; of strings and delimited identifiers what they stand for. `at` is an offset. */
export type Token = {
  readonly kind: 'identifier' | 'delimited' | 'string' | 'number' | 'temporal' | 'symbol' | 'dollar' | 'end';
  readonly text: string;
  readonly at: number;
};

const space = /(?:\s+|\/\/[^\n\r]*|\/\*(?:[^*]|\*(?!\/))*\*\/)*/y;
const token = new RegExp(
  [
    '(?<identifier>[A-Za-z_][A-Za-z0-9_]*)',
    '`(?<delimited>(?:[^`\\\\]|\\\\[\\s\\S])*)`|"(?<quoted>(?:[^"\\\\]|\\\\[\\s\\S])*)"',
    "'(?<string>(?:[^'\\\\]|\\\\[\\s\\S])*)'",
    '(?<number>\\d+(?:\\.\\d+)?)',
    '(?<temporal>@(?:T\\d{2}(?::\\d{2}(?::\\d{2}(?:\\.\\d+)?)?)?' +
      '|\\d{4}(?:-\\d{2}(?:-\\d{2})?)?(?:T(?:\\d{2}(?::\\d{2}(?::\\d{2}(?:\\.\\d+)?)?)?(?:Z|[+-]\\d{2}:\\d{2})?)?)?))',
    '(?<dollar>\\$(?:this|index|total))(?![A-Za-z0-9_])',
    '(?<symbol><=|>=|!=|!~|[-+*/&|<>=~.,()[\\]{}%])',
  ].join('|'),
  'y',
);

/**
 * The tokens of an expression, the last of kind `end`.
 * @throws {FhirPathError} at the first character that begins none
 * @see https://hl7.org/fhirpath/N1/#lexical-elements
 */
export function tokens(text: string): readonly Token[] {
  const found: Token[] = [];
  for (let at = skip(text, 0); at < text.length; at = skip(text, token.lastIndex)) {
    token.lastIndex = at;
    const groups = token.exec(text)?.groups;
    if (!groups) throw new FhirPathError(`The expression cannot be read at ${position(text, at)}.`);
    found.push({ ...read(groups), at });
  }
  found.push({ kind: 'end', text: '', at: text.length });
  return found;
}

function skip(text: string, at: number): number {
  space.lastIndex = at;
  space.exec(text);
  return space.lastIndex;
}

function read(groups: Readonly<Record<string, string | undefined>>): Omit<Token, 'at'> {
  const { identifier, delimited, quoted, string, number, temporal, dollar, symbol = '' } = groups;
  if (identifier !== undefined) return { kind: 'identifier', text: identifier };
  if (delimited !== undefined) return { kind: 'delimited', text: unescaped(delimited) };
  if (quoted !== undefined) return { kind: 'delimited', text: unescaped(quoted) };
  if (string !== undefined) return { kind: 'string', text: unescaped(string) };
  if (number !== undefined) return { kind: 'number', text: number };
  if (temporal !== undefined) return { kind: 'temporal', text: temporal };
  if (dollar !== undefined) return { kind: 'dollar', text: dollar };
  return { kind: 'symbol', text: symbol };
}

const escapes: Readonly<Record<string, string>> = { f: '\f', n: '\n', r: '\r', t: '\t' };

/** What follows a backslash that means nothing stays, without the backslash. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([0-9A-Fa-f]{4})|([\s\S]))/g, (_, code: string | undefined, other: string) =>
    code === undefined ? (escapes[other] ?? other) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** `character 7`, or with a line where there are several. */
export function position(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  const column = `character ${(before.at(-1)?.length ?? 0) + 1}`;
  return text.includes('\n') ? `line ${before.length}, ${column}` : column;
}
