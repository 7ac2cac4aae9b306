import type { Actor } from '../audit/event.ts';
import type { GateRequest } from '../oauth/exchange.ts';
import type { GateSite } from '../oauth/gate.ts';
import { bearerToken, secretHash } from '../oauth/secret.ts';

/** The administrator who asks, by the name of the admin token, as the audit calls one. */
export async function administratorOf(
  site: GateSite,
  { headers, remoteAddress }: Pick<GateRequest, 'headers' | 'remoteAddress'>,
): Promise<Actor> {
  const token = bearerToken(headers.authorization);
  const found = token === undefined ? undefined : await site.store.adminTokens.find(secretHash(token));
  return { administrator: found?.name ?? 'unknown', address: remoteAddress };
}
