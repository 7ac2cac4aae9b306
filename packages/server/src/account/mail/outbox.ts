import { seal, unseal } from '../../oauth/sealing.ts';
import { newIdentifier } from '../../oauth/secret.ts';
import type { GateStores } from '../../store/gate-ports.ts';
import type { SealedMail } from '../../store/sign-in-ports.ts';
import type { Mail, Mailer } from './mail.ts';

/** What sealing a mail takes; a gate has it. */
type Post = { readonly sealingKey: Uint8Array; readonly now: () => number };

/**
 * A mail as the outbox keeps it.
 * @throws {TypeError} when its head would be more than one line: nothing that a stranger wrote belongs there
 */
export function sealMail({ sealingKey, now }: Post, { to, subject, text }: Mail): SealedMail {
  if (/[\p{Cc}\u2028\u2029]/u.test(to + subject)) throw new TypeError('The head of a mail holds a control character');
  return { mailId: newIdentifier(), to, subject, content: seal(Buffer.from(text), sealingKey), createdAt: now() };
}

/** @throws {Error} when it was sealed with another key */
export function openMail({ to, subject, content }: Pick<SealedMail, 'to' | 'subject' | 'content'>, post: Post): Mail {
  return { to, subject, text: unseal(content, post.sealingKey).toString() };
}

/** Keeps mail in the outbox, from where it is delivered. */
export function outboxMailer(stores: GateStores, post: Post): Mailer {
  return {
    async send(site, mail) {
      const store = await stores.site(site);
      if (!store) throw new TypeError(`There is no site ${site}`);
      await store.outbox.put(sealMail(post, mail));
    },
  };
}
