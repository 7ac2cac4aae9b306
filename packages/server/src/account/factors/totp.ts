import { createHmac, timingSafeEqual } from 'node:crypto';

/** Seconds that a code is shown for. Authenticator apps know no other value for sure. */
const period = 30;
const digits = 6;

/**
 * The code of a time step.
 * @param step 30 s intervals since the epoch
 * @see https://www.rfc-editor.org/rfc/rfc6238#section-4.2
 * @see https://www.rfc-editor.org/rfc/rfc4226#section-5.3 for the truncation
 */
export function totpCode(secret: Uint8Array, step: number, length = digits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = mac[mac.length - 1]! & 0x0f;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** length).padStart(length, '0');
}

/**
 * The time step whose code this is: the present one, or the one before or after it, for clocks that are off. Undefined
 * where it is none of theirs. Takes the same time whichever it is.
 * @param now ms since the epoch
 */
export function totpStep(secret: Uint8Array, code: string, now: number): number | undefined {
  const typed = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(typed)) return undefined;
  const present = Math.floor(now / 1000 / period);
  const matching = [present - 1, present, present + 1].filter((step) =>
    timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(typed)),
  );
  return matching[0];
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @see https://www.rfc-editor.org/rfc/rfc4648#section-6 without padding, as authenticator apps want it */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => letters[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/**
 * What an authenticator app reads out of a QR code.
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export function totpUri(secret: Uint8Array, { issuer, account }: { issuer: string; account: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  const parameters = { secret: base32(secret), issuer, algorithm: 'SHA1', digits: `${digits}`, period: `${period}` };
  // a space as %20: apps show a plus as a plus
  return `otpauth://totp/${label}?${new URLSearchParams(parameters).toString().replaceAll('+', '%20')}`;
}
