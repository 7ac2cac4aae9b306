import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Seals what the database keeps and must not show: AES-256-GCM as nonce (12 bytes), ciphertext, tag (16 bytes).
 * @param sealingKey 32 bytes that are not in the database
 */
export function seal(bytes: Buffer, sealingKey: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce);
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @throws {Error} when it was sealed with another key, or changed since */
export function unseal(sealed: Uint8Array, sealingKey: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', sealingKey, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch (cause) {
    throw new Error(
      'A secret in the database was sealed with another key. Start this node with the gate.key file (or CHARTGATE_SEALING_KEY) of the node that made it.',
      { cause },
    );
  }
}
