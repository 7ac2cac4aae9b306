import { LRUCache } from 'lru-cache';
import { clientAuthentication, requirePublicClient } from './client-authentication.ts';
import { speaksOpenEmr } from './dialect.ts';
import { type Choice, check } from './endpoint.ts';
import { clientOf, type Exchange } from './exchange.ts';
import type { GateSite } from './gate.ts';
import { OAuthError } from './oauth-error.ts';
import { issueTicket } from './ticket.ts';

/** One warning for each client and node in this time, ms. */
const interval = 24 * 3600_000;

const warnedAt = new WeakMap<GateSite, LRUCache<string, number>>();

/** OpenEMR never looks at the secret of a client that refreshes, and the examples that people copy send none. */
const requireBelieved = check('client is a public one', async (x) => {
  if (speaksOpenEmr(x) && clientOf(x).secretHash !== undefined) x.isUnproven = true;
  else await requirePublicClient.run(x);
});

/** As `authenticateClient`; at a site that is to be like OpenEMR, a client with a secret need not send it. */
export const authenticateClientToRefresh: Choice = clientAuthentication(requireBelieved);

/** Tells the owner of the client, and whoever reads the log, that this would be refused elsewhere. */
export async function warnOfUnproven(x: Exchange): Promise<void> {
  if (!x.isUnproven) return;
  const { clientId } = clientOf(x);
  const warned = warnedAt.get(x.site) ?? new LRUCache<string, number>({ max: 5000 });
  warnedAt.set(x.site, warned);
  if (x.now - (warned.get(clientId) ?? Number.NEGATIVE_INFINITY) < interval) return;
  warned.set(clientId, x.now);
  const refusal = new OAuthError('refresh-unproven', { received: 'client_id alone' });
  const ticket = await issueTicket(x, {
    endpoint: 'token',
    refusal,
    trail: [{ check: 'client_secret', outcome: 'failed' }],
  });
  x.gate.log.warn?.({ client: clientId, ticket }, 'a client with a secret refreshes without it');
}
