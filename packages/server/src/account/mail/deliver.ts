import type { Gate } from '../../oauth/gate.ts';
import type { OutboxStore } from '../../store/sign-in-ports.ts';
import type { Mail } from './mail.ts';
import { openMail } from './outbox.ts';

/** Hands one mail to a mail server. @throws {Undeliverable} or another error: it is tried again */
export type Transport = { deliver(mail: Mail): Promise<void> };

/** The mail server will not take this mail, however often it is tried. */
export class Undeliverable extends Error {}

/** Mails of one site in a row, before the next site has its turn. */
const inARow = 20;
/** Between two looks into the outbox, ms. */
const pause = 2000;

/** Sends what is due, of all sites. @returns how many were sent */
export async function deliverDue(gate: Gate, transport: Transport): Promise<number> {
  let sent = 0;
  for (const name of await gate.siteNames()) {
    const outbox = (await gate.site(name))?.store.outbox;
    for (let n = 0; outbox && n < inARow; n++) {
      const outcome = await deliverOne(gate, outbox, transport);
      if (outcome === 'sent') sent++;
      if (outcome === 'nothing') break;
    }
  }
  return sent;
}

/**
 * One mail at a time: its next try is put off before it is made, further than the try can last, so that no other node
 * sends it meanwhile and a crash sends nothing in a loop.
 */
async function deliverOne(
  gate: Gate,
  outbox: OutboxStore,
  transport: Transport,
): Promise<'sent' | 'failed' | 'nothing'> {
  const mail = await outbox.claim(gate.now());
  if (!mail) return 'nothing';
  try {
    await transport.deliver(openMail(mail, gate));
    await outbox.sent(mail.mailId, gate.now());
    return 'sent';
  } catch (error) {
    if (error instanceof Undeliverable) await outbox.giveUp(mail.mailId);
    gate.log.error(error, `mail ${mail.mailId} could not be delivered (try ${mail.attempts})`);
    return 'failed';
  }
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
