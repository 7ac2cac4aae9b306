import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Exchange } from '../../oauth/exchange.ts';
import { secretHash } from '../../oauth/secret.ts';
import type { Challenge } from '../../store/factor-ports.ts';

/** How long a challenge is good, ms. */
export const challengeLifetime = 5 * 60_000;

/** Bytes as WebAuthn's JSON has them. @param most characters */
export const base64url = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[\w-]+$/);

type For = Omit<Challenge, 'hash'>;

/** A new challenge for a purpose, good once. */
export async function newChallenge({ site, now }: Exchange, purpose: For): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = new Uint8Array(randomBytes(32));
  const hash = secretHash(Buffer.from(challenge).toString('base64url'));
  await site.store.passkeys.challenge({ ...purpose, hash }, now + challengeLifetime);
  return challenge;
}

/**
 * Uses up the challenge that a passkey signed, however the rest turns out.
 * @param clientDataJson what the browser says of the ceremony, base64url
 * @returns the challenge; undefined where it is none for this purpose, or a page of another origin framed ours
 * @see https://www.w3.org/TR/webauthn-3/#dictionary-client-data
 */
export async function useChallenge(x: Exchange, purpose: For, clientDataJson: string): Promise<string | undefined> {
  const challenge = challengeOf(clientDataJson);
  if (challenge === undefined) return undefined;
  const used = { ...purpose, hash: secretHash(challenge) };
  return (await x.site.store.passkeys.useChallenge(used, x.now)) ? challenge : undefined;
}

function challengeOf(clientDataJson: string): string | undefined {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJson, 'base64url').toString());
    if (typeof data !== 'object' || data === null || !('challenge' in data)) return undefined;
    const isFramed = 'crossOrigin' in data && data.crossOrigin !== false;
    return isFramed || typeof data.challenge !== 'string' ? undefined : data.challenge;
  } catch {
    return undefined;
  }
}

/** Whom passkeys are made for: the host, and the pages of this server alone. */
export function relyingParty({ gate }: Pick<Exchange, 'gate'>): { readonly rpID: string; readonly origin: string } {
  const { hostname, origin } = new URL(gate.config.publicUrl);
  return { rpID: hostname, origin };
}

/** Of an account, as a passkey keeps it. It says nothing of who it is. */
export function userHandle(accountId: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(accountId));
}

/** What a check of the library finds; undefined where it throws. Its words hold what was sent, and go nowhere. */
export async function verifying<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}
