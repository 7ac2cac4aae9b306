/** An exact decimal: `digits / 10 ** scale`; `1.50` has the digits 150 and the scale 2. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

/** Digits behind the point that a division keeps, and that any result may have. */
const divisionScale = 16;
const largestScale = 40;

/** From here on a result is an overflow, which FHIRPath makes empty. */
const largest = 10n ** 60n;

const pattern = /^([+-]?)(\d{1,400})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** A decimal as written, `1.50` or `1e-7`; undefined for a text that is none. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** As text, with all the digits it was written with. */
export function decimalText({ digits, scale }: Decimal): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const sign = digits < 0n ? '-' : '';
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

/** The decimal a finite number prints as; undefined for any other. */
export function decimalOf(value: number): Decimal | undefined {
  return Number.isFinite(value) ? parseDecimal(String(value)) : undefined;
}

export function toNumber(value: Decimal): number {
  return Number(decimalText(value));
}

/** A result, unless it is too large. */
function result(digits: bigint, scale: number): Decimal | undefined {
  const value = scale > largestScale ? rounded({ digits, scale }, largestScale) : { digits, scale };
  return value.digits > largest || value.digits < -largest ? undefined : value;
}

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale];
}

/** Negative, 0 or positive. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const [x, y] = aligned(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function add(a: Decimal, b: Decimal): Decimal | undefined {
  const [x, y, scale] = aligned(a, b);
  return result(x + y, scale);
}

export function negate({ digits, scale }: Decimal): Decimal {
  return { digits: -digits, scale };
}

export function multiply(a: Decimal, b: Decimal): Decimal | undefined {
  return result(a.digits * b.digits, a.scale + b.scale);
}

/** Undefined by 0. What is not exact is rounded behind the 16th digit. */
export function divide(a: Decimal, b: Decimal): Decimal | undefined {
  if (b.digits === 0n) return undefined;
  const scale = Math.max(divisionScale, a.scale);
  const [over, under] = [a.digits * 10n ** BigInt(scale + 1 + b.scale), b.digits * 10n ** BigInt(a.scale)];
  const { digits, scale: rest } = trimmed(rounded({ digits: over / under, scale: scale + 1 }, scale));
  return result(digits, rest);
}

/** How often `b` goes into `a`, as a whole number; undefined by 0. */
export function wholeQuotient(a: Decimal, b: Decimal): Decimal | undefined {
  const [x, y] = aligned(a, b);
  return y === 0n ? undefined : { digits: x / y, scale: 0 };
}

export function remainder(a: Decimal, b: Decimal): Decimal | undefined {
  const [x, y, scale] = aligned(a, b);
  return y === 0n ? undefined : { digits: x % y, scale };
}

/** With `scale` digits behind the point, halves away from zero. */
export function rounded(value: Decimal, scale: number): Decimal {
  if (scale >= value.scale) return { digits: value.digits * 10n ** BigInt(scale - value.scale), scale };
  const unit = 10n ** BigInt(value.scale - scale);
  const half = value.digits < 0n ? -unit / 2n : unit / 2n;
  return { digits: (value.digits + half) / unit, scale };
}

/** The largest decimal of `scale` digits behind the point that is not above `value`. */
export function floor(value: Decimal, scale = 0): Decimal {
  if (scale >= value.scale) return rounded(value, scale);
  const unit = 10n ** BigInt(value.scale - scale);
  const quotient = value.digits / unit;
  return { digits: value.digits < 0n && quotient * unit !== value.digits ? quotient - 1n : quotient, scale };
}

/** The smallest decimal of `scale` digits behind the point that is not below `value`. */
export function ceiling(value: Decimal, scale = 0): Decimal {
  return negate(floor(negate(value), scale));
}

/** Without zeros at the end. */
export function trimmed(value: Decimal): Decimal {
  let { digits, scale } = value;
  while (scale > 0 && digits % 10n === 0n) {
    digits /= 10n;
    scale -= 1;
  }
  return { digits, scale };
}
