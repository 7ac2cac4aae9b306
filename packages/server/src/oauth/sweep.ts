import { endApprovals } from '../clients/expiry.ts';
import type { Gate, GateSite } from './gate.ts';
import { tendSigningKeys } from './key-rotation.ts';

const batch = 1000;
/** So many batches in a row at most: what is left waits for the next turn. */
const mostBatches = 50;
/** Another node's clock may be behind, and still take what is past here. */
const clockMargin = 60_000;
const day = 24 * 3600_000;

/** Deletes what has had its time, at all sites: expired tokens and assertions, old tickets, forgotten registrations. */
export async function sweep(gate: Gate): Promise<number> {
  const now = gate.now();
  const { tickets, pendingDays } = gate.config;
  let deleted = 0;
  for (const name of await gate.siteNames()) {
    const site = await gate.site(name);
    if (site) await tendSigningKeys(gate, site).catch((error) => gate.log.error(error, 'the signing keys need care'));
    if (site) await pruneAudit(gate, site);
    if (site) await endApprovals(gate, site);
    for (let n = 0; site && n < mostBatches; n++) {
      const rows = await site.store.sweep({
        expiredBefore: now - clockMargin,
        ticketsBefore: now - tickets.days * day,
        ticketsPerClient: tickets.perClient,
        ticketsWithoutClient: tickets.withoutClient,
        pendingBefore: now - pendingDays * day,
        mailBefore: now - 7 * day,
        limit: batch,
      });
      deleted += rows;
      if (rows < batch) break;
    }
  }
  return deleted;
}

/** Takes away the months of the audit that lie behind the site's retention. It is kept for ever where none is set. */
async function pruneAudit(gate: Gate, site: GateSite): Promise<void> {
  const { audit_retention: days } = await site.settings();
  if (days > 0) await gate.audit.prune(site.name, gate.now() - days * day);
}

/** Sweeps every `sweepInterval` seconds until it is stopped; a failure is logged and the next turn tries again. */
export function startSweeping(gate: Gate): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = running
      .then(() => sweep(gate))
      .catch((error) => gate.log.error(error, 'the clean-up of the gate failed'));
  }, gate.config.sweepInterval * 1000);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
