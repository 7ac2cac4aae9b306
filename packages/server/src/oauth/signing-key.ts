import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  generateKeyPair,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { StoredSigningKey } from '../store/gate-ports.ts';
import type { Gate, GateSite } from './gate.ts';
import { jwkThumbprint } from './jwks.ts';

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
  return { kid: newest.kid, key: unseal(newest.sealedPrivateKey, gate.sealingKey) };
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
    sealedPrivateKey: seal(privateKey, gate.sealingKey),
    createdAt: gate.now(),
  };
}

/** AES-256-GCM: nonce (12 bytes), ciphertext, tag (16 bytes). */
function seal(key: KeyObject, sealingKey: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce);
  const plain = key.export({ format: 'der', type: 'pkcs8' });
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function unseal(sealed: Uint8Array, sealingKey: Uint8Array): KeyObject {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  let plain: Buffer;
  try {
    plain = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch (cause) {
    throw new Error(
      'The signing key in the database was sealed with another key. Start this node with the gate.key file (or CHARTGATE_SEALING_KEY) of the node that made it.',
      { cause },
    );
  }
  return createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
}
