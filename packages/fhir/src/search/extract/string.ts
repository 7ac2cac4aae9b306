import type { SearchValue } from '../value.ts';
import { arrayOf, objectOf, textOf } from './read.ts';

/** How values of each data type become strings, as written. @see https://hl7.org/fhir/R4/search.html#string */
export const string = {
  string(out: SearchValue[], parameter: string, value: unknown): void {
    const text = textOf(value);
    if (text !== undefined) out.push({ kind: 'string', parameter, value: text });
  },

  /** "A search can match any of the parts": family, given, prefix, suffix, text. */
  humanName(out: SearchValue[], parameter: string, value: unknown): void {
    parts(out, parameter, value, ['text', 'family', 'given', 'prefix', 'suffix']);
  },

  address(out: SearchValue[], parameter: string, value: unknown): void {
    parts(out, parameter, value, ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country']);
  },
};

function parts(out: SearchValue[], parameter: string, value: unknown, members: readonly string[]): void {
  const whole = objectOf(value);
  if (!whole) return;
  for (const member of members) {
    const part = whole[member];
    if (Array.isArray(part)) for (const text of arrayOf(part)) string.string(out, parameter, text);
    else string.string(out, parameter, part);
  }
}

/** How values of each data type become URIs, as written. @see https://hl7.org/fhir/R4/search.html#uri */
export const uri = {
  uri(out: SearchValue[], parameter: string, value: unknown): void {
    const text = textOf(value);
    if (text !== undefined) out.push({ kind: 'uri', parameter, value: text });
  },

  /** A canonical with a version is found with it and without. */
  canonical(out: SearchValue[], parameter: string, value: unknown): void {
    uri.uri(out, parameter, value);
    const text = textOf(value);
    const bar = text?.indexOf('|') ?? -1;
    if (bar > 0) uri.uri(out, parameter, text?.slice(0, bar));
  },
};
