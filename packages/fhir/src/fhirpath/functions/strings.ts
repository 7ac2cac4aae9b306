import { singleInteger, singleString, text } from '../collection.ts';
import { FhirPathError } from '../error.ts';
import { type Expression, type Frame, spend } from '../frame.ts';
import { matcher } from '../regex/regex.ts';
import { systemText, systemValue } from '../system.ts';
import { type Collection, integer, nothing, string, truth } from '../value.ts';
import type { FhirPathFunction, FhirPathFunctions } from './definition.ts';
import { decoded, encoded, escaped, unescaped } from './encoding.ts';

/** @see https://hl7.org/fhirpath/N1/#string-manipulation */
export const strings: FhirPathFunctions = {
  indexOf: ofString('indexOf()', (value, [other]) => [integer(value.indexOf(other!))]),
  lastIndexOf: ofString('lastIndexOf()', (value, [other]) => [integer(value.lastIndexOf(other!))]),
  substring: { takes: [1, 2], run: substring },
  startsWith: ofString('startsWith()', (value, [other]) => truth(value.startsWith(other!))),
  endsWith: ofString('endsWith()', (value, [other]) => truth(value.endsWith(other!))),
  contains: ofString('contains()', (value, [other]) => truth(value.includes(other!))),
  upper: ofString('upper()', (value, _, frame) => text(value.toUpperCase(), frame), 0),
  lower: ofString('lower()', (value, _, frame) => text(value.toLowerCase(), frame), 0),
  length: ofString('length()', (value) => [integer(value.length)], 0),
  trim: ofString('trim()', (value, _, frame) => text(value.trim(), frame), 0),
  toChars: ofString('toChars()', (value, _, frame) => characters(value, frame), 0),
  replace: ofString('replace()', (value, [from, to], frame) => replaced(value, from!, to!, frame), 2),
  matches: ofString('matches()', (value, [regex], frame) => truth(matcher(regex!).find(value, spending(frame)))),
  matchesFull: ofString('matchesFull()', (value, [regex], frame) =>
    truth(matcher(`^(?:${regex!})$`).find(value, spending(frame))),
  ),
  replaceMatches: ofString(
    'replaceMatches()',
    (value, [regex, substitution], frame) =>
      regex === '' ? [string(value)] : text(matcher(regex!).replace(value, substitution!, spending(frame)), frame),
    2,
  ),
  split: ofString('split()', (value, [separator], frame) => {
    spend(frame, value.length);
    return value.split(separator!).map(string);
  }),
  join: { takes: [0, 1], run: joined },
  encode: ofString('encode()', (value, [format], frame) => optional(encoded(value, format!), frame)),
  decode: ofString('decode()', (value, [format], frame) => optional(decoded(value, format!), frame)),
  escape: ofString('escape()', (value, [target], frame) => optional(escaped(value, target!), frame)),
  unescape: ofString('unescape()', (value, [target], frame) => optional(unescaped(value, target!), frame)),
};

type OfString = (value: string, parameters: readonly string[], frame: Frame) => Collection;

/** A function of a string with `count` parameters that are strings; if any of them is empty, so is the result. */
function ofString(name: string, run: OfString, count = 1): FhirPathFunction {
  return {
    takes: [count, count],
    run: (input, parameters, frame) => {
      const value = singleString(input, name);
      const texts = parameters.map((parameter) => singleString(parameter(frame), name));
      if (value === undefined || !texts.every((each) => each !== undefined)) return nothing;
      spend(frame, value.length >> 5);
      return run(value, texts, frame);
    },
  };
}

function spending(frame: Frame): (steps: number) => void {
  return (steps) => spend(frame, steps);
}

function optional(value: string | undefined, frame: Frame): Collection {
  return value === undefined ? nothing : text(value, frame);
}

function substring(input: Collection, [start, length]: readonly Expression[], frame: Frame): Collection {
  const value = singleString(input, 'substring()');
  const from = singleInteger(start!(frame), 'substring()');
  const count = length && singleInteger(length(frame), 'substring()');
  if (value === undefined || from === undefined || from < 0 || from >= value.length) return nothing;
  return text(value.slice(from, count === undefined ? undefined : from + Math.max(0, count)), frame);
}

function characters(value: string, frame: Frame): Collection {
  spend(frame, value.length);
  return [...value].map(string);
}

/** An empty pattern is found around each character. */
function replaced(value: string, from: string, to: string, frame: Frame): Collection {
  const parts = from === '' ? ['', ...value, ''] : value.split(from);
  const length = parts.reduce((sum, part) => sum + part.length, (parts.length - 1) * to.length);
  spend(frame, parts.length + (length >> 5));
  return text(length > value.length + 1_000_000 ? tooLong() : parts.join(to), frame);
}

function tooLong(): never {
  throw new FhirPathError('replace() makes a string that is too long.');
}

function joined(input: Collection, [separator]: readonly Expression[], frame: Frame): Collection {
  if (input.length === 0) return nothing;
  const parts = input.flatMap((item) => {
    const value = systemValue(item);
    // A primitive with nothing but extensions has no text.
    if (value === undefined && item.value === undefined) return [];
    if (value === undefined) throw new FhirPathError('join() takes Strings.');
    return [systemText(value)];
  });
  return text(parts.join((separator && singleString(separator(frame), 'join()')) ?? ''), frame);
}
