import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits in base64url: an access token, a client secret, a registration access token. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** 128 random bits in hex, for what people copy into a command line: a client id, a ticket id. Never starts with a dash. */
export function newIdentifier(): string {
  return randomBytes(16).toString('hex');
}

/**
 * SHA-256 of a secret, as it is stored. The secrets are 256 random bits, so there is nothing to guess and no need for
 * a slow hash.
 */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Compares a secret with a stored hash in constant time. */
export function matchesHash(secret: string, hash: Uint8Array): boolean {
  return timingSafeEqual(secretHash(secret), hash);
}

/** Whether a text has the form of an id that the gate hands out; what has not is looked up nowhere. */
export function isGateId(text: string): boolean {
  return /^[\w-]{1,100}$/.test(text);
}

/** The token of an `Authorization: Bearer …` header; undefined where there is none. */
export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Bearer +([\w~+/.-]+=*)$/i)?.[1];
}
