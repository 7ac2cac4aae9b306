import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { badRequest } from '@chartgate/fhir';

/**
 * Paging cursors: a position, sealed with the site's key and bound to what it was made for (site, client, user, query), so
 * that it can be neither changed nor carried elsewhere. Nor read: row ids would tell how much is written for others. The
 * rights are checked anew on every page.
 */
export type CursorSeal = { readonly key: string; readonly boundTo: string };

const [cipher, nonceBytes, tagBytes] = ['aes-256-gcm', 12, 16] as const;

/** @returns base64url text for a URL */
export function sealCursor(position: unknown, seal: CursorSeal): string {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, keyOf(seal.key), nonce).setAAD(Buffer.from(seal.boundTo));
  const hidden = [sealing.update(JSON.stringify(position), 'utf8'), sealing.final()];
  return Buffer.concat([nonce, ...hidden, sealing.getAuthTag()]).toString('base64url');
}

/** @throws {FhirError} 400 where the cursor was changed, or made for another query, client or user */
export function openCursor(cursor: string, seal: CursorSeal): unknown {
  const all = Buffer.from(cursor, 'base64url');
  try {
    const opening = createDecipheriv(cipher, keyOf(seal.key), all.subarray(0, nonceBytes), { authTagLength: tagBytes });
    opening.setAAD(Buffer.from(seal.boundTo)).setAuthTag(all.subarray(-tagBytes));
    const hidden = all.subarray(nonceBytes, -tagBytes);
    return JSON.parse(Buffer.concat([opening.update(hidden), opening.final()]).toString());
  } catch {
    throw badRequest('The paging link does not belong to this search and client. Start again from the first page.');
  }
}

const keys = new Map<string, Buffer>();

function keyOf(secret: string): Buffer {
  const known = keys.get(secret);
  if (known) return known;
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'cursor', 32));
  keys.set(secret, key);
  return key;
}
