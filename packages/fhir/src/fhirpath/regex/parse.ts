import { FhirPathError } from '../error.ts';
import { characterClass, escapedClass, type Test } from './class.ts';

/** A parsed regular expression. Groups are numbered from 1. */
export type Regex =
  | { readonly kind: 'character'; readonly test: Test }
  | { readonly kind: 'assertion'; readonly at: 'start' | 'end' | 'boundary' | 'inside' }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Regex[] }
  | { readonly kind: 'group'; readonly index: number; readonly part: Regex }
  | {
      readonly kind: 'repeat';
      readonly part: Regex;
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
    };

export type ParsedRegex = {
  readonly regex: Regex;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
};

/** Repetitions of one part that may be asked for by number, and groups inside each other. */
const [mostRepeats, mostNested] = [1000, 50];

type Parser = { readonly text: string; at: number; depth: number; groups: number; readonly names: Map<string, number> };

/**
 * Parses what regular expressions of Perl, Java and JavaScript have in common, but for what cannot be matched in linear
 * time: no lookaround, no backreferences.
 * @throws {FhirPathError}
 */
export function parseRegex(text: string): ParsedRegex {
  const parser: Parser = { text, at: 0, depth: 0, groups: 0, names: new Map() };
  const regex = choice(parser);
  if (parser.at < text.length) throw unreadable(parser);
  return { regex, groups: parser.groups, names: parser.names };
}

function unreadable({ at }: Parser): FhirPathError {
  return new FhirPathError(
    `The regular expression cannot be read at character ${at + 1}. Lookaround and backreferences are not supported.`,
  );
}

function choice(parser: Parser): Regex {
  const parts = [sequence(parser)];
  while (accept(parser, '|')) parts.push(sequence(parser));
  return parts.length === 1 ? parts[0]! : { kind: 'choice', parts };
}

function sequence(parser: Parser): Regex {
  const parts: Regex[] = [];
  while (parser.at < parser.text.length && !'|)'.includes(parser.text[parser.at]!)) parts.push(repeated(parser));
  return { kind: 'sequence', parts };
}

function repeated(parser: Parser): Regex {
  let part = atom(parser);
  for (let bounds = quantifier(parser); bounds; bounds = quantifier(parser)) {
    const [min, max] = bounds;
    if (max < min || (Number.isFinite(max) ? max : min) > mostRepeats) throw unreadable(parser);
    part = { kind: 'repeat', part, min, max, isLazy: accept(parser, '?') };
  }
  return part;
}

function quantifier(parser: Parser): readonly [number, number] | undefined {
  if (accept(parser, '*')) return [0, Number.POSITIVE_INFINITY];
  if (accept(parser, '+')) return [1, Number.POSITIVE_INFINITY];
  if (accept(parser, '?')) return [0, 1];
  const found = take(parser, /\{(\d{1,9})(?:(,)(\d{1,9})?)?\}/y);
  if (!found) return undefined;
  const min = Number(found[1]);
  return [min, found[2] === undefined ? min : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3])];
}

function atom(parser: Parser): Regex {
  const character = String.fromCodePoint(parser.text.codePointAt(parser.at)!);
  if (character === '(') return group(parser);
  if (character === '[') return characters(parser);
  if (character === '\\') return escaped(parser);
  if ('*+?'.includes(character)) throw unreadable(parser);
  parser.at += character.length;
  if (character === '^') return { kind: 'assertion', at: 'start' };
  if (character === '$') return { kind: 'assertion', at: 'end' };
  const code = character.codePointAt(0);
  return { kind: 'character', test: character === '.' ? () => true : (other) => other === code };
}

function group(parser: Parser): Regex {
  if (++parser.depth > mostNested) throw unreadable(parser);
  const opening = take(parser, /\((?:\?(?::|<([A-Za-z]\w*)>))?(?!\?)/y);
  if (!opening) throw unreadable(parser);
  const [start, name] = opening;
  const index = start === '(?:' ? undefined : ++parser.groups;
  if (name !== undefined && index !== undefined) parser.names.set(name, index);
  const part = choice(parser);
  if (!accept(parser, ')')) throw unreadable(parser);
  parser.depth -= 1;
  return index === undefined ? part : { kind: 'group', index, part };
}

function characters(parser: Parser): Regex {
  const found = characterClass(parser.text, parser.at);
  if (!found) throw unreadable(parser);
  parser.at = found.end;
  return { kind: 'character', test: found.test };
}

function escaped(parser: Parser): Regex {
  if (take(parser, /\\b/y)) return { kind: 'assertion', at: 'boundary' };
  if (take(parser, /\\B/y)) return { kind: 'assertion', at: 'inside' };
  const found = escapedClass(parser.text, parser.at);
  if (!found) throw unreadable(parser);
  parser.at = found.end;
  return { kind: 'character', test: found.test };
}

function accept(parser: Parser, character: string): boolean {
  if (parser.text[parser.at] !== character) return false;
  parser.at += 1;
  return true;
}

function take(parser: Parser, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = parser.at;
  const found = pattern.exec(parser.text);
  if (!found) return undefined;
  parser.at = pattern.lastIndex;
  return found;
}
