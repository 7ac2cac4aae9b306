import { hash } from 'node:crypto';
import type { TokenValue } from '@chartgate/fhir';

/**
 * The 64-bit numbers under which search values are indexed, as decimal strings of a signed int8. They are keyed by a
 * secret of the site, so that nobody can craft two values that collide. A row's hash of `Type/id` is `idh`; a term for
 * "parameter points at that row" is `idh XOR parameter key`, so that SQL can go from either end of a reference to the
 * other: `x.terms @> array[y.idh # key]`.
 */
export type Terms = ReturnType<typeof termsOf>;

/** @param key the site's hash key, at least 16 random bytes in base64url */
export function termsOf(key: string) {
  const int8 = (text: string): bigint => hash('sha256', key + text, 'buffer').readBigInt64BE(0);
  const cached = memoize(int8, 20_000);

  /** Key of a search parameter: column `p` of the side tables, and the XOR partner of reference terms. */
  const parameter = (type: string, code: string): bigint => cached(`p\n${type}\n${code}`);
  const xor = (a: bigint, b: bigint): bigint => BigInt.asIntN(64, a ^ b);

  return {
    parameter,
    /** `idh` of a resource. */
    resource: (type: string, id: string): bigint => cached(`r\n${type}/${id}`),
    /** Of a resource that lies in the compartment of `Patient/id`. */
    compartment: (type: string, id: string): bigint => xor(cached(`r\n${type}/${id}`), cached(`compartment\n${type}`)),
    /** Of a parameter that points at a local resource. */
    reference: (type: string, code: string, targetType: string, id: string): bigint =>
      xor(cached(`r\n${targetType}/${id}`), parameter(type, code)),
    /** Of a reference by absolute or canonical URL. */
    referenceUrl: (type: string, code: string, url: string): bigint => cached(`u\n${type}\n${code}\n${url}`),
    /**
     * Of a token as a search names it. A stored coding yields up to three: any system with its code, its system (or
     * none) with its code, its system with any code.
     */
    token: (type: string, code: string, value: TokenValue): bigint => cached(tokenText(type, code, value)),
    /** Of a string as written, for `:exact`. */
    exact: (type: string, code: string, text: string): bigint => int8(`e\n${type}\n${code}\n${text}`),
    uri: (type: string, code: string, uri: string): bigint => cached(`i\n${type}\n${code}\n${uri}`),
    /** Of a unit: `system|code` (columns `qty.u`), or a code or text alone (`qty.c`). */
    unit: (system: string | undefined, code: string): bigint => cached(`q\n${system ?? ''}\n${code}`),
  };
}

function tokenText(type: string, parameter: string, value: TokenValue): string {
  const system = value.system === undefined ? '*' : `=${value.system ?? ''}`;
  const code = value.code === undefined ? '*' : `=${value.code}`;
  return `t\n${type}\n${parameter}\n${system}\n${code}`;
}

/** Codes and systems repeat endlessly; patients' ids in one bundle do too. Two generations bound the memory. */
function memoize(f: (text: string) => bigint, size: number): (text: string) => bigint {
  let young = new Map<string, bigint>();
  let old = new Map<string, bigint>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const value = old.get(text) ?? f(text);
    if (young.size >= size) [old, young] = [young, new Map()];
    young.set(text, value);
    return value;
  };
}
