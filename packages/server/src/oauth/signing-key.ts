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
  const usable = keys.filter((one) => one.sealedPrivateKey);
  // where none signs by this node's clock, the first to come: the clock of the node that made it is ahead
  const { kid, sealedPrivateKey } =
    usable.find((one) => keyState(one, gate.now()) === 'signing') ?? usable.at(-1) ?? {};
  if (kid === undefined || !sealedPrivateKey) throw new Error(`Site ${site.name} has no signing key`);
  const known = memoryOf(gate, site);
  if (known.signing?.kid !== kid) {
    const plain = unseal(sealedPrivateKey, gate.sealingKey);
    known.signing = { kid, key: createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' }) };
  }
  return known.signing;
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

/** All keys that the site has, the last in line first; the first key is made when there is none, once for all who wait. */
export async function signingKeys(gate: Gate, site: GateSite): Promise<readonly StoredSigningKey[]> {
  return (await memoryOf(gate, site).keys.fetch('all')) ?? [];
}

/** To be called when the keys were changed here. */
export function forgetSigningKeys(site: GateSite): void {
  remembered.delete(site);
}

function memoryOf(gate: Gate, site: GateSite): Remembered {
  const known = remembered.get(site);
  if (known) return known;
  const { signingKeys: stored } = site.store;
  const keys = new LRUCache<'all', readonly StoredSigningKey[]>({
    max: 1,
    ttl: memory,
    fetchMethod: async () => {
      const found = await stored.list();
      if (found.length > 0) return found;
      const isOurs = await stored.insertFirst(await newSigningKey(gate, gate.now()));
      if (isOurs) await gate.audit.record(site.name, { act: 'signing-key-made' });
      return stored.list();
    },
  });
  const made = { keys };
  remembered.set(site, made);
  return made;
}
