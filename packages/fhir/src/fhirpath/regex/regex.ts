import { FhirPathError } from '../error.ts';
import { fhirPathLimits } from '../limits.ts';
import { type Match, search } from './match.ts';
import { parseRegex } from './parse.ts';
import { compileRegex } from './program.ts';

/** A compiled regular expression. `spend` is told of the work, and may throw to end it. */
export type Matcher = {
  /** Whether a part of the text matches. */
  find(text: string, spend: (steps: number) => void): boolean;
  /** The text with each match replaced; `$1` and `${name}` stand for groups, `$0` for the match, `\$` for itself. */
  replace(text: string, substitution: string, spend: (steps: number) => void): string;
};

const matchers = new Map<string, Matcher>();

/**
 * The matcher of a regular expression: case sensitive, `.` matches line breaks, `^` and `$` only the ends of the text.
 * Its time is linear in the text, whatever the expression is.
 * @throws {FhirPathError} for one that is too long or cannot be read
 */
export function matcher(regex: string): Matcher {
  const known = matchers.get(regex);
  if (known) return known;
  if (regex.length > fhirPathLimits.regex) {
    throw new FhirPathError(`A regular expression may have ${fhirPathLimits.regex} characters at most.`);
  }
  const made = makeMatcher(regex);
  // Expressions repeat endlessly, but one may be made of a resource's own text.
  if (matchers.size >= 500) matchers.clear();
  matchers.set(regex, made);
  return made;
}

function makeMatcher(text: string): Matcher {
  const { regex, names } = parseRegex(text);
  const program = compileRegex(regex);
  return {
    find: (value, spend) => search({ program, text: value, from: 0, isTest: true, spend }) !== undefined,
    replace: (value, substitution, spend) => {
      const pieces: string[] = [];
      let from = 0;
      for (let at = 0; at <= value.length; ) {
        const match = search({ program, text: value, from: at, isTest: false, spend });
        if (!match) break;
        pieces.push(value.slice(from, match.start), substituted(substitution, value, match, names));
        from = match.end;
        at = match.end > match.start ? match.end : match.end + 1;
      }
      return pieces.join('') + value.slice(from);
    },
  };
}

function substituted(template: string, text: string, match: Match, names: ReadonlyMap<string, number>): string {
  return template.replace(/\\([\s\S])|\$(?:(\d)|\{(\w+)\})/g, (_, literal: string | undefined, digit, name) => {
    if (literal !== undefined) return literal;
    const group = digit === undefined ? names.get(name) : Number(digit);
    if (group === undefined) return '';
    const [start, end] = group === 0 ? [match.start, match.end] : match.slots.slice(2 * group, 2 * group + 2);
    return start === undefined || end === undefined ? '' : text.slice(start, end);
  });
}
