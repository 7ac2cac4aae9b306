import { endApprovals } from '../clients/expiry.ts';
import type { Gate, GateSite } from './gate.ts';
import { tendSigningKeys } from './key-rotation.ts';

const batch = 1000;
/** So many batches in a row at most: what is left waits for the next turn. */
const mostBatches = 50;
/** Another node's clock may be behind, and still take what is past here. */
const clockMargin = 60_000;
const day = 24 * 3600_000;

/** What else is looked after, each by itself: where one fails, the others and the deleting go on. */
const chores: readonly (readonly [name: string, run: (gate: Gate, site: GateSite) => Promise<unknown>])[] = [
  ['the signing keys', tendSigningKeys],
  ['the months of the audit', pruneAudit],
  ['the ends of approvals', endApprovals],
];

/** Looks after all sites, and deletes what has had its time. The number of rows deleted. */
export async function sweep(gate: Gate): Promise<number> {
  let deleted = 0;
  for (const name of await gate.siteNames()) {
    const site = await gate.site(name);
    if (!site) continue;
    for (const [what, run] of chores) {
      await run(gate, site).catch((error) => gate.log.error(error, `${what} of ${name} need care`));
    }
    deleted += await deleteExpired(gate, site);
  }
  return deleted;
}

/** Expired tokens and assertions, old tickets and mail, forgotten registrations. */
async function deleteExpired({ config, now: clock }: Gate, site: GateSite): Promise<number> {
  const now = clock();
  const { tickets, pendingDays } = config;
  let deleted = 0;
  for (let n = 0; n < mostBatches; n++) {
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
