import type { Gate } from '../oauth/gate.ts';
import type { Mail } from './mail.ts';
import { openMail } from './outbox.ts';

/** Hands one mail to a mail server. @throws {Undeliverable} or another error: it is tried again */
export type Transport = { deliver(mail: Mail): Promise<void> };

/** The mail server will not take this mail, however often it is tried. */
export class Undeliverable extends Error {}

const atOnce = 10;
/** Between two looks into the outbox, ms. */
const pause = 2000;

/** Sends what is due, of all sites. Each try is put off before it is made, so that a crash sends nothing in a loop. */
export async function deliverDue(gate: Gate, transport: Transport): Promise<number> {
  let sent = 0;
  for (const name of await gate.siteNames()) {
    const site = await gate.site(name);
    const due = (await site?.store.outbox.claim(gate.now(), atOnce)) ?? [];
    for (const mail of due) {
      try {
        await transport.deliver(openMail(mail, gate));
        await site?.store.outbox.sent(mail.mailId, gate.now());
        sent++;
      } catch (error) {
        if (error instanceof Undeliverable) await site?.store.outbox.giveUp(mail.mailId);
        gate.log.error(error, `mail ${mail.mailId} could not be delivered (try ${mail.attempts})`);
      }
    }
  }
  return sent;
}

/** Delivers in the background until it is stopped. */
export function startDelivery(gate: Gate, transport: Transport): () => Promise<void> {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= deliverDue(gate, transport)
      .catch((error) => gate.log.error(error, 'the outbox could not be read'))
      .finally(() => {
        running = undefined;
      });
  }, pause);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
