import { createHash, timingSafeEqual } from 'node:crypto';

/** @see https://www.rfc-editor.org/rfc/rfc7636#section-4.1 */
export function isCodeVerifier(text: string): boolean {
  return /^[\w.~-]{43,128}$/.test(text);
}

/** Whether a verifier is what the challenge was made of, by S256. @see https://www.rfc-editor.org/rfc/rfc7636#section-4.6 */
export function fitsChallenge(verifier: string, challenge: string): boolean {
  const made = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  const expected = Buffer.from(challenge);
  return made.length === expected.length && timingSafeEqual(made, expected);
}
