import type { Actor } from '../audit/event.ts';
import type { Exchange } from './exchange.ts';
import type { OAuthError } from './oauth-error.ts';

/** Who asks, as far as the checks have found: the client that the request names, and from where. */
export function actorOf({ client, request }: Pick<Exchange, 'client' | 'request'>): Actor {
  return { address: request.remoteAddress, ...(client === undefined ? {} : { clientId: client.clientId }) };
}

type Refused = { readonly endpoint: string; readonly refusal: OAuthError; readonly ticket: string | undefined };

/** Writes down a refusal, under the ticket that tells its owner why. One for asking too often is not worth a row. */
export function auditRefusal(x: Exchange, { endpoint, refusal, ticket }: Refused): void {
  if (refusal.status === 429) return;
  x.gate.audit.recordSoon(x.site.name, {
    ...actorOf(x),
    act: 'refused',
    endpoint,
    refusal: refusal.refusal,
    status: refusal.status,
    ...(ticket === undefined ? {} : { ticket }),
  });
}

/** Writes down that an access token was issued. @throws {DatabaseUnavailable} then nobody may be told the token */
export async function auditGrant(x: Exchange, grantType: string): Promise<void> {
  await x.gate.audit.record(x.site.name, {
    ...actorOf(x),
    act: 'token-granted',
    grantType,
    scope: x.grantedScope ?? '',
  });
}
