import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { LRUCache } from 'lru-cache';
import type { NewSigningKey, StoredSigningKey } from '../store/gate-ports.ts';
import type { Gate, GateSite } from './gate.ts';
import { jwkThumbprint } from './jwks.ts';
import { seal, unseal } from './sealing.ts';

/** For how long a JWKS may be kept, seconds. */
export const jwksMaxAge = 900;

/** So long after its last signature a key is published: the longest life of an id_token that a site can set, ms. */
const longestIdToken = 24 * 3600_000 + 60_000;

/** What a node remembers of the site's keys, ms: what another node changes is known here within 1 s. */
const memory = 900;

type Remembered = {
  readonly keys: LRUCache<'all', readonly StoredSigningKey[]>;
  /** The key that signs, ready to sign with. */
  signing?: { readonly kid: string; readonly key: KeyObject };
};

const remembered = new WeakMap<GateSite, Remembered>();

/**
 * `next`: published and not signing yet; `signing`; `retired`: signs no more, and is published until what it signed has
 * expired; `past`: only told by the hint of a sign-out.
 */
export type KeyState = 'next' | 'signing' | 'retired' | 'past';

export function keyState(key: StoredSigningKey, now: number): KeyState {
  if (now < key.signsFrom) return 'next';
  if (now < (key.signsUntil ?? Number.POSITIVE_INFINITY)) return 'signing';
  return now < (publishedUntil(key) ?? Number.POSITIVE_INFINITY) ? 'retired' : 'past';
}

/** ms since the epoch; undefined where the key's end is not known yet. */
export function publishedUntil({ signsUntil }: StoredSigningKey): number | undefined {
  return signsUntil === undefined ? undefined : signsUntil + longestIdToken;
}

/** The site's public keys as its JWKS shows them; the first key is made when nobody asked before. */
export async function publicKeys(gate: Gate, site: GateSite): Promise<readonly StoredSigningKey['publicJwk'][]> {
  const keys = await signingKeys(gate, site);
  return keys.filter((key) => keyState(key, gate.now()) !== 'past').map((key) => key.publicJwk);
}

/**
 * The private key that signs now, and its kid. It is unsealed once, not for each signature.
 * @throws {Error} when the key was sealed under another sealing key
 */
export async function currentSigningKey(gate: Gate, site: GateSite): Promise<{ kid: string; key: KeyObject }> {
  const keys = await signingKeys(gate, site);
  // where none signs by this node's clock, the first to come: another node made it, whose clock is ahead
  const { kid, sealedPrivateKey } =
    keys.find((one) => keyState(one, gate.now()) === 'signing') ?? keys.findLast((one) => one.sealedPrivateKey) ?? {};
  if (kid === undefined || !sealedPrivateKey) throw new Error(`Site ${site.name} has no signing key`);
  const memory = memoryOf(site);
  if (memory.signing?.kid !== kid) {
    const plain = unseal(sealedPrivateKey, gate.sealingKey);
    memory.signing = { kid, key: createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' }) };
  }
  return memory.signing;
}

/** A key pair for RS256, its private half sealed. @param signsFrom ms since the epoch */
export async function newSigningKey(gate: Gate, signsFrom: number): Promise<NewSigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const kid = jwkThumbprint(publicKey);
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  return {
    kid,
    publicJwk: { kty, n, e, kid, use: 'sig', alg: 'RS256' },
    sealedPrivateKey: seal(privateKey.export({ format: 'der', type: 'pkcs8' }), gate.sealingKey),
    createdAt: gate.now(),
    signsFrom,
  };
}

/** All keys that the site has, the last in line first. */
export async function signingKeys(gate: Gate, site: GateSite): Promise<readonly StoredSigningKey[]> {
  const keys = (await memoryOf(site).keys.fetch('all')) ?? [];
  if (keys.length > 0) return keys;
  await site.store.signingKeys.insertFirst(await newSigningKey(gate, gate.now()));
  forgetSigningKeys(site);
  return site.store.signingKeys.list();
}

/** To be called when the keys were changed here. */
export function forgetSigningKeys(site: GateSite): void {
  remembered.delete(site);
}

function memoryOf(site: GateSite): Remembered {
  const known = remembered.get(site);
  if (known) return known;
  const keys = new LRUCache<'all', readonly StoredSigningKey[]>({
    max: 1,
    ttl: memory,
    ignoreFetchAbort: true,
    fetchMethod: () => site.store.signingKeys.list(),
  });
  const made = { keys };
  remembered.set(site, made);
  return made;
}
