import type { Gate, GateSite } from '../oauth/gate.ts';
import { tellDeveloper, warnDeveloper } from './developer-mail.ts';

/** How long before the end of its approval a client's developers are warned, ms. */
const warningTime = 14 * 24 * 3600_000;

/** Sends clients whose approval is over back to review, and warns those whose end is near. Each once, on any node. */
export async function endApprovals(gate: Gate, site: GateSite): Promise<void> {
  const now = gate.now();
  const reason = 'The approval has run out: an administrator decides anew.';
  for (const client of await site.store.registrations.expire(now)) {
    site.forget({ clientId: client.clientId });
    await tellDeveloper(gate, site, client, { at: now, by: 'clock', action: 'expire', reason, content: {} });
  }
  for (const client of await site.store.registrations.takeExpiring(now + warningTime, now)) {
    await warnDeveloper(gate, site, client);
  }
}
