/** An exact number, `n / d` with `d` above zero; not always in lowest terms. */
export type Ratio = { readonly n: bigint; readonly d: bigint };

export const one: Ratio = { n: 1n, d: 1n };

/** Bits of either half, beyond which a number is given up: nobody measures with it. */
const maxBits = 4096n;

const decimal = /^(-?)(\d{1,400})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** The exact value of a decimal, `5.40` or `1e-3`, or of `5/9`; undefined for what is none. */
export function ratioOf(text: string): Ratio | undefined {
  const [over, under, ...more] = text.split('/');
  if (under !== undefined) return more.length > 0 ? undefined : quotientOf(ratioOf(over ?? ''), ratioOf(under));
  const match = decimal.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(`${sign}${whole}${fraction}`);
  const scale = Number(exponent) - fraction.length;
  return scale < 0 ? { n: digits, d: 10n ** BigInt(-scale) } : { n: digits * 10n ** BigInt(scale), d: 1n };
}

function quotientOf(over: Ratio | undefined, under: Ratio | undefined): Ratio | undefined {
  return over && under && under.n > 0n ? times(over, power(under, -1)) : undefined;
}

export function times(a: Ratio, b: Ratio): Ratio {
  return { n: a.n * b.n, d: a.d * b.d };
}

export function plus(a: Ratio, b: Ratio): Ratio {
  return { n: a.n * b.d + b.n * a.d, d: a.d * b.d };
}

/** @param exponent a whole number; negative for a ratio above zero only */
export function power({ n, d }: Ratio, exponent: number): Ratio {
  const e = BigInt(Math.abs(exponent));
  return exponent < 0 ? { n: d ** e, d: n ** e } : { n: n ** e, d: d ** e };
}

/** Whether it can still be reckoned with. */
export function isBounded({ n, d }: Ratio): boolean {
  return n >> maxBits === 0n && d >> maxBits === 0n;
}

/**
 * The double nearest to it: equal ratios come to the same one, however they were reached. Undefined where it is beyond
 * what a double holds.
 */
export function toNumber({ n, d }: Ratio): number | undefined {
  if (n === 0n) return 0;
  const [size, under] = [n < 0n ? -n : n, d];
  // Enough bits to round from, with the last one set where there are more: so that no tie is seen where there is none.
  const shift = Math.max(0, 4 * (hexLength(under) - hexLength(size)) + 68);
  const over = size << BigInt(shift);
  let quotient = over / under;
  if (quotient * under !== over) quotient |= 1n;
  const result = scaled(Number(quotient), shift);
  if (!Number.isFinite(result) || result === 0) return undefined;
  return n < 0n ? -result : result;
}

function hexLength(n: bigint): number {
  return n.toString(16).length;
}

/** `value / 2^shift` in two steps, as a double holds no power of two beyond 1023. */
function scaled(value: number, shift: number): number {
  const half = Math.min(shift, 1000);
  return value / 2 ** half / 2 ** Math.min(shift - half, 1000);
}
