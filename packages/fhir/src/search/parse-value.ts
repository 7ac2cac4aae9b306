import { isResourceType } from '../definitions/type.ts';
import { isResourceId } from '../resource/resource.ts';
import { convertQuantity, ucum } from '../ucum/quantity.ts';
import { comparableQuantity } from '../ucum/usual.ts';
import type { DateValue, NumberValue, QuantityValue, ReferenceValue, TokenValue } from './ast.ts';
import { splitUnescaped, unescapeValue } from './escape.ts';
import { invalidValue } from './invalid.ts';
import type { NearValue } from './near.ts';
import { parseNumberValue } from './number.ts';
import { parseDateValue } from './parse-date.ts';

/** Each reads one value, still escaped, of the parameter `name`, and throws FhirError 400 for what is not of its form. */

/** `code`, `system|code`, `|code` (no system) or `system|` (any code). @see https://hl7.org/fhir/R4/search.html#token */
export function tokenValue(name: string, text: string): TokenValue {
  const parts = splitUnescaped(text, '|').map(unescapeValue);
  const [first = '', second] = parts;
  if (parts.length === 1) return { code: first };
  if (parts.length > 2 || (first === '' && second === '')) {
    throw invalidValue(name, 'code, system|code, |code or system|, with any other "|" written as "\\|"');
  }
  if (second === undefined || second === '') return { system: first };
  return { system: first === '' ? null : first, code: second };
}

/** @see https://hl7.org/fhir/R4/search.html#number */
export function numberValue(name: string, text: string): NumberValue {
  const value = parseNumberValue(unescapeValue(text));
  if (!value) throw invalidValue(name, 'a number such as 100, lt5.40 or ge1e2');
  return value;
}

/** @see https://hl7.org/fhir/R4/search.html#date */
export function dateValue(name: string, text: string, now: number): DateValue {
  const value = parseDateValue(unescapeValue(text), now);
  if (!value) throw invalidValue(name, 'a date such as 2026-01, ge2026-01-31 or lt2026-01-31T09:30:00Z');
  return value;
}

/** `number`, `number|system|code` or `number||code`. @see https://hl7.org/fhir/R4/search.html#quantity */
export function quantityValue(name: string, text: string): QuantityValue {
  const [numeral = '', system, code, ...more] = splitUnescaped(text, '|').map(unescapeValue);
  const value = parseNumberValue(numeral);
  const hasUnit = system !== undefined;
  if (!value || more.length > 0 || (hasUnit && code === undefined) || (system && !code)) {
    throw invalidValue(
      name,
      'a number, number|system|code or number||code, such as gt5.4|http://unitsofmeasure.org|mg',
    );
  }
  const canonical = system === ucum && code ? comparable(value, code) : undefined;
  return { ...value, ...(system ? { system } : {}), ...(code ? { code } : {}), ...(canonical ? { canonical } : {}) };
}

/** The value and the interval of its precision, in the unit that such amounts are compared in. */
function comparable({ prefix, ...number }: NumberValue, code: string): QuantityValue['canonical'] {
  const [value, lo, hi] = [number.value, number.lo, number.hi].map((n) => comparableQuantity(n, code));
  if (!value || !lo || !hi) return undefined;
  return { prefix, unit: value.unit, value: value.value, lo: lo.value, hi: hi.value };
}

/** Where no distance is given. R4 leaves it to the server. */
const nearKm = 50;

/** `latitude|longitude|distance|units`, the last two optional. @see https://hl7.org/fhir/R4/location.html#search */
export function nearValue(name: string, text: string): NearValue {
  const [north = '', east = '', far = '', unit = '', ...more] = splitUnescaped(text, '|').map(unescapeValue);
  const numeral = /^[+-]?\d{1,10}(?:\.\d{1,20})?$/;
  const [latitude, longitude] = [Number(north), Number(east)];
  const isPlace = numeral.test(north) && numeral.test(east) && Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
  const km = far === '' ? nearKm : numeral.test(far) ? convertQuantity(Number(far), unit || 'km', 'km') : undefined;
  if (!isPlace || km === undefined || km < 0 || more.length > 0) {
    throw invalidValue(name, 'latitude|longitude|distance|units, such as 42.25|-83.69|11.2|km, the unit one of UCUM');
  }
  return { latitude, longitude, km };
}

/** What a reference value is read against: the types an id alone may be of, and the server's own base URL. */
export type ReferenceContext = {
  readonly types: readonly string[];
  readonly base?: string | undefined;
};

/** `Type/id`, `id` or a URL; below the server's base it is local. @see https://hl7.org/fhir/R4/search.html#reference */
export function referenceValue(name: string, escaped: string, context: ReferenceContext): ReferenceValue {
  const text = unescapeValue(escaped);
  const { base } = context;
  const path = base !== undefined && text.startsWith(`${base}/`) ? text.slice(base.length + 1) : text;
  const [type = '', id = '', history, version = '', ...more] = path.split('/');
  if (isResourceType(type) && isResourceId(id)) {
    if (history === undefined) return { kind: 'local', types: [type], id };
    if (history === '_history' && isResourceId(version) && more.length === 0) {
      return { kind: 'version', type, id, version };
    }
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(text)) return { kind: 'url', url: text };
  if (isResourceId(text)) return { kind: 'local', types: context.types, id: text };
  throw invalidValue(name, 'an id, Type/id or an absolute URL');
}
