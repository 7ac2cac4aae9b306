import { hash } from 'node:crypto';
import type { OfTypeValue, TokenValue } from '@chartgate/fhir';

/**
 * The 64-bit numbers under which search values are indexed, as decimal strings of a signed int8. They are keyed by a
 * secret of the site, so that nobody can craft two values that collide. A row's hash of `Type/id` is `idh`; a term for
 * "parameter points at that row" is `idh XOR parameter key`, so that SQL can go from either end of a reference to the
 * other: `x.terms @> array[y.idh # key]`. URLs go the same way, so that a canonical reference leads to what it names.
 */
export type Terms = ReturnType<typeof termsOf>;

/** @param key the site's hash key, at least 16 random bytes in base64url */
export function termsOf(key: string) {
  const int8 = (text: string): bigint => firstInt8(hash('sha256', key + text, 'binary'));
  const cached = memoize(int8, 20_000);
  // The definitions bound these: a few thousand parameters.
  const parameters = new Map<string, Map<string, bigint>>();

  /** Key of a search parameter: column `p` of the side tables, and the XOR partner of reference terms. */
  const parameter = (type: string, code: string): bigint => {
    const known = parameters.get(type)?.get(code);
    if (known !== undefined) return known;
    const term = int8(`p\0${type}\0${code}`);
    const ofType = parameters.get(type);
    if (ofType) ofType.set(code, term);
    else parameters.set(type, new Map([[code, term]]));
    return term;
  };
  const xor = (a: bigint, b: bigint): bigint => BigInt.asIntN(64, a ^ b);
  const resource = (type: string, id: string): bigint => cached(`r\0${type}/${id}`);
  const token = (type: string, code: string, value: TokenValue): bigint => int8(tokenText(type, code, value));
  const codings = memoize((text): CodingTerms => {
    const [type = '', parameter = '', system, code = ''] = text.split('\0');
    return {
      exact: token(type, parameter, { system: system || null, code }),
      any: token(type, parameter, { code }),
      ...(system ? { system: token(type, parameter, { system }) } : {}),
    };
  }, 10_000);

  return {
    parameter,
    /** `idh` of a resource. */
    resource,
    /** Of a resource that lies in the compartment of `Patient/id`. */
    compartment: (type: string, id: string): bigint => xor(resource(type, id), cached(`compartment\0${type}`)),
    /** Of a parameter that points at a local resource. */
    reference: (type: string, code: string, targetType: string, id: string): bigint =>
      xor(resource(targetType, id), parameter(type, code)),
    /** Of a reference by absolute or canonical URL. */
    referenceUrl: (type: string, code: string, url: string): bigint => xor(cached(`u\0${url}`), parameter(type, code)),
    /** Of a URL by itself: what those that point at it and the resource that has it share. */
    url: (url: string): bigint => cached(`u\0${url}`),
    /** Of a token as a search names it. */
    token,
    /** Of a stored coding with a code; no system is the empty one. All the tokens by which searches may name it. */
    coding: (type: string, parameter: string, system: string | undefined, code: string): CodingTerms =>
      codings(`${type}\0${parameter}\0${system ?? ''}\0${code}`),
    /** Of a string as written, for `:exact`. */
    exact: (type: string, code: string, text: string): bigint => int8(`e\0${type}\0${code}\0${text}`),
    uri: (type: string, code: string, uri: string): bigint => xor(cached(`u\0${uri}`), parameter(type, code)),
    /** Of a URI or canonical that lies in this one, or is it. */
    below: (type: string, code: string, uri: string): bigint => cached(`b\0${type}\0${code}\0${uri}`),
    /** Of a reference to one version of a resource. */
    version: (type: string, code: string, reference: string): bigint => int8(`v\0${type}\0${code}\0${reference}`),
    /** Of an identifier with the type that it is of. */
    ofType: (type: string, code: string, { system, code: kind, value }: OfTypeValue): bigint =>
      int8(`y\0${type}\0${code}\0${system ?? ''}\0${kind}\0${value}`),
    /** Of a composite and the code (in any system), reference or URI of its first part (column `cmp.k`). */
    head: (key: string, text: string): bigint => cached(`ch\0${key}\0${text}`),
    /** Of a code's system (column `cmp.s`). */
    system: (system: string): bigint => cached(`cs\0${system}`),
    /** Of a further part of a composite (column `cmp.w`): a code in any system, or in one, or in none; or a reference. */
    part: (key: string, part: number, text: string, system?: string | null): bigint =>
      cached(`cp\0${key}\0${part}\0${system === undefined ? '*' : `=${system ?? ''}`}\0${text}`),
    /** Of a kind of amount, by the unit that such are compared in (columns `u`). */
    kind: (unit: string): bigint => cached(`k\0${unit}`),
    /** Of a unit: `system|code` (columns `qty.u`), or a code or text alone (`qty.c`). */
    unit: (system: string | undefined, code: string): bigint => cached(`q\0${system ?? ''}\0${code}`),
  };
}

const eight = new DataView(new ArrayBuffer(8));

/** Of a digest with a character for each byte, which costs a third of one in a Buffer of its own. */
function firstInt8(digest: string): bigint {
  for (let i = 0; i < 8; i++) eight.setUint8(i, digest.charCodeAt(i));
  return eight.getBigInt64(0);
}

/** The terms of a coding: its system (or none) with its code, its code in any system, its system with any code. */
export type CodingTerms = { readonly exact: bigint; readonly any: bigint; readonly system?: bigint };

/** Parts are separated by U+0000, which no stored value holds: no two values come to the same text. */
function tokenText(type: string, parameter: string, value: TokenValue): string {
  const system = value.system === undefined ? '*' : `=${value.system ?? ''}`;
  const code = value.code === undefined ? '*' : `=${value.code}`;
  return `t\0${type}\0${parameter}\0${system}\0${code}`;
}

/** Codes and systems repeat endlessly; patients' ids in one bundle do too. Two generations bound the memory. */
function memoize<V>(f: (text: string) => V, size: number): (text: string) => V {
  let young = new Map<string, V>();
  let old = new Map<string, V>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const value = old.get(text) ?? f(text);
    if (young.size >= size) [old, young] = [young, new Map()];
    young.set(text, value);
    return value;
  };
}
