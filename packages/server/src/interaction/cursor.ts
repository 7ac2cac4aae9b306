import { createHmac, timingSafeEqual } from 'node:crypto';
import { badRequest } from '@chartgate/fhir';

/**
 * Paging cursors: a position, sealed with the site's key and bound to what it was made for (site, client, query), so
 * that it can be neither changed nor carried to another query or client. The rights are checked anew on every page.
 */
export type CursorSeal = { readonly key: string; readonly boundTo: string };

/** @returns base64url text for a URL */
export function sealCursor(position: unknown, seal: CursorSeal): string {
  const payload = Buffer.from(JSON.stringify(position)).toString('base64url');
  return `${payload}.${signature(payload, seal)}`;
}

/** @throws {FhirError} 400 where the cursor was changed, or made for another query or client */
export function openCursor(cursor: string, seal: CursorSeal): unknown {
  const [payload = '', given = ''] = cursor.split('.');
  const expected = Buffer.from(signature(payload, seal));
  const actual = Buffer.from(given);
  if (actual.length !== expected.length || !timingSafeEqual(actual, expected)) {
    throw badRequest('The paging link does not belong to this search and client. Start again from the first page.');
  }
  return JSON.parse(Buffer.from(payload, 'base64url').toString());
}

function signature(payload: string, seal: CursorSeal): string {
  return createHmac('sha256', `cursor\n${seal.key}`).update(`${seal.boundTo}\n${payload}`).digest('base64url');
}
