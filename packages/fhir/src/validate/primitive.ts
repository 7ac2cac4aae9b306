import { r4 } from '../definitions/compact.ts';

/** Whether a JSON value is one of a primitive type, and what is expected of it, for people. */
export type Primitive = { readonly is: (value: unknown) => boolean; readonly expected: string };

/** Longest text that a pattern with repetition is tried on: a regex may not become a weapon. */
const maxPatternLength = 4096;
const maxStringLength = 1024 * 1024;

/**
 * The JSON forms of R4's primitive types. Where R4's regex would read a long text slowly, or reads otherwise in
 * JavaScript than in XML Schema (`\S`), its meaning is written out here.
 * @see https://hl7.org/fhir/R4/datatypes.html#primitive
 * @see https://hl7.org/fhir/R4/json.html#primitive
 */
export const primitives: Readonly<Record<string, Primitive>> = {
  boolean: { is: (value) => typeof value === 'boolean', expected: 'the JSON values true and false, without quotes' },
  integer: integer(-2147483648, 'a whole JSON number between -2147483648 and 2147483647'),
  unsignedInt: integer(0, 'a whole JSON number between 0 and 2147483647'),
  positiveInt: integer(1, 'a whole JSON number between 1 and 2147483647'),
  decimal: {
    is: (value) => typeof value === 'number' && Number.isFinite(value),
    expected: 'a JSON number, without quotes',
  },
  string: { is: isString, expected: 'a JSON string that is not empty, without control characters, of at most 1 MiB' },
  markdown: { is: isString, expected: 'a JSON string that is not empty, without control characters, of at most 1 MiB' },
  code: { is: isCode, expected: 'a JSON string without white space at its ends or twice in a row' },
  uri: { is: isUri, expected: 'a JSON string that is not empty and has no white space' },
  url: { is: isUri, expected: 'a JSON string that is not empty and has no white space' },
  canonical: { is: isUri, expected: 'a JSON string that is not empty and has no white space' },
  id: pattern('id', '1 to 64 letters, digits, hyphens and dots'),
  oid: pattern('oid', 'urn:oid: and numbers with dots between'),
  uuid: pattern('uuid', 'urn:uuid: and a UUID in lower case'),
  date: { is: dated('date'), expected: 'YYYY, YYYY-MM or YYYY-MM-DD, a day that exists' },
  dateTime: {
    is: dated('dateTime'),
    expected: 'a date, or YYYY-MM-DDThh:mm:ss with a time zone (Z or ±hh:mm), a day that exists',
  },
  instant: { is: dated('instant'), expected: 'YYYY-MM-DDThh:mm:ss with a time zone (Z or ±hh:mm), a day that exists' },
  time: pattern('time', 'hh:mm:ss, without a time zone'),
  base64Binary: { is: isBase64, expected: 'base64 text' },
  xhtml: { is: isXhtml, expected: 'one <div> of XHTML in a JSON string' },
};

function integer(least: number, expected: string): Primitive {
  const is = (value: unknown) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= 2147483647;
  return { is, expected };
}

function regexOf(type: string): RegExp {
  return new RegExp(`^(?:${r4.primitives[type]})$`);
}

function pattern(type: string, expected: string): Primitive {
  const regex = regexOf(type);
  const is = (value: unknown) => typeof value === 'string' && value.length <= maxPatternLength && regex.test(value);
  return { is, expected };
}

/** The regexes let a 31 February pass. */
function dated(type: string): (value: unknown) => boolean {
  const regex = regexOf(type);
  return (value) => {
    if (typeof value !== 'string' || value.length > maxPatternLength || !regex.test(value)) return false;
    const day = Number(value.slice(8, 10));
    return day <= 28 || day <= daysIn(Number(value.slice(0, 4)), Number(value.slice(5, 7)));
  };
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

// Most texts are plain, and one range is quick to look for; only the others are looked at closely.
const notPlain = /[^\x20-\x7e]/;
const notPlainOrSpace = /[^\x21-\x7e]/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;

function isString(value: unknown): boolean {
  if (typeof value !== 'string' || value === '' || value.length > maxStringLength) return false;
  return !notPlain.test(value) || !control.test(value);
}

function isCode(value: unknown): boolean {
  if (typeof value !== 'string' || value === '' || value.length > maxStringLength) return false;
  return !notPlainOrSpace.test(value) || !(control.test(value) || /^\s|\s\s|\s$/.test(value));
}

function isUri(value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return !notPlainOrSpace.test(value) || !(control.test(value) || /\s/.test(value));
}

function isBase64(value: unknown): boolean {
  if (typeof value !== 'string' || value === '' || /[^\s0-9a-zA-Z+/=]/.test(value)) return false;
  const text = /\s/.test(value) ? value.replace(/\s+/g, '') : value;
  const padding = text.indexOf('=');
  return text !== '' && text.length % 4 === 0 && (padding < 0 || /^={1,2}$/.test(text.slice(padding)));
}

function isXhtml(value: unknown): boolean {
  return typeof value === 'string' && /^\s*<div[\s/>]/.test(value) && value.trimEnd().endsWith('>');
}
