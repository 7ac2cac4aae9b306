import { isUnit, ucum } from '../ucum/quantity.ts';

/** A code system that is told by a rule instead of a list. */
export type KnownSystem = {
  /** Undefined: it may be one; the registry is not at hand. */
  readonly has: (code: string) => boolean | undefined;
  readonly display: (code: string) => string | undefined;
};

const none = () => undefined;

/**
 * Code systems that every FHIR server knows by their grammar, and as far as the platform has their lists.
 * @see https://hl7.org/fhir/R4/terminologies-systems.html
 */
const systems: Readonly<Record<string, KnownSystem>> = {
  [ucum]: { has: isUnit, display: none },
  // language tags: well-formed ones. https://www.rfc-editor.org/rfc/rfc5646#section-2.2.9
  'urn:ietf:bcp:47': { has: isLanguageTag, display: (code) => displayOf('language', code) },
  // media types. https://www.rfc-editor.org/rfc/rfc6838#section-4.2
  'urn:ietf:bcp:13': { has: (code) => mediaType.test(code), display: none },
  // countries by two letters; three letters and digits cannot be told
  'urn:iso:std:iso:3166': { has: isCountry, display: (code) => displayOf('region', code) },
  'urn:iso:std:iso:4217': { has: isCurrency, display: (code) => displayOf('currency', code) },
};

const mediaType =
  /^[a-z0-9][\w!#$&^.+-]{0,126}\/[a-z0-9][\w!#$&^.+-]{0,126}(?:\s*;\s*[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[^"]*"))*$/i;

export function knownSystem(url: string): KnownSystem | undefined {
  return Object.hasOwn(systems, url) ? systems[url] : undefined;
}

function isLanguageTag(code: string): boolean {
  try {
    return code.length <= 100 && Intl.getCanonicalLocales(code).length === 1;
  } catch {
    return false;
  }
}

function isCountry(code: string): boolean | undefined {
  if (!/^(?:[A-Z]{2,3}|\d{3})$/.test(code)) return false;
  return code.length === 2 && displayOf('region', code) !== undefined ? true : undefined;
}

function isCurrency(code: string): boolean | undefined {
  if (!/^[A-Z]{3}$/.test(code)) return false;
  return displayOf('currency', code) === undefined ? undefined : true;
}

const names = new Map<string, Intl.DisplayNames>();

function displayOf(type: 'language' | 'region' | 'currency', code: string): string | undefined {
  const known = names.get(type) ?? new Intl.DisplayNames(['en'], { type, fallback: 'none' });
  names.set(type, known);
  try {
    return known.of(code);
  } catch {
    return undefined;
  }
}
