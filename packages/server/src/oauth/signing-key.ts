import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { StoredSigningKey } from '../store/gate-ports.ts';
import type { Gate, GateSite } from './gate.ts';
import { jwkThumbprint } from './jwks.ts';
import { seal, unseal } from './sealing.ts';

/** The site's public keys as its JWKS shows them; the first key is made when nobody asked before. */
export async function publicKeys(gate: Gate, site: GateSite): Promise<readonly StoredSigningKey['publicJwk'][]> {
  return (await signingKeys(gate, site)).map((key) => key.publicJwk);
}

/**
 * The private key that signs now, and its kid.
 * @throws {Error} when the key was sealed under another sealing key
 */
export async function currentSigningKey(gate: Gate, site: GateSite): Promise<{ kid: string; key: KeyObject }> {
  const [newest] = await signingKeys(gate, site);
  if (!newest) throw new Error(`Site ${site.name} has no signing key`);
  const key = unseal(newest.sealedPrivateKey, gate.sealingKey);
  return { kid: newest.kid, key: createPrivateKey({ key, format: 'der', type: 'pkcs8' }) };
}

async function signingKeys(gate: Gate, site: GateSite): Promise<readonly StoredSigningKey[]> {
  const keys = await site.store.signingKeys.list();
  if (keys.length > 0) return keys;
  await site.store.signingKeys.insertFirst(await newSigningKey(gate));
  return site.store.signingKeys.list();
}

async function newSigningKey(gate: Gate): Promise<StoredSigningKey> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const kid = jwkThumbprint(publicKey);
  const { kty, n, e } = publicKey.export({ format: 'jwk' });
  return {
    kid,
    publicJwk: { kty, n, e, kid, use: 'sig', alg: 'RS256' },
    sealedPrivateKey: seal(privateKey.export({ format: 'der', type: 'pkcs8' }), gate.sealingKey),
    createdAt: gate.now(),
  };
}
