import { admin } from '../../clients/admin.ts';
import { check } from '../../oauth/endpoint.ts';
import type { Gate, GateSite } from '../../oauth/gate.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { html } from '../../pages/html.ts';
import { iso } from '../account-json.ts';
import { formPage } from '../form-page.ts';
import { when } from '../own/account-page.ts';
import { mailboxJson } from '../schema.ts';
import { requireSignIn, signedInAt } from '../signed-in.ts';
import { openMail } from './outbox.ts';

const newest = 100;

/** The newest mails with their texts. @throws {OAuthError} mailbox: mail may be read nowhere but in a demonstration */
async function mails(gate: Gate, site: GateSite) {
  if (!gate.config.accounts.mailbox) throw new OAuthError('mailbox');
  const kept = await site.store.outbox.list(newest);
  return kept.map(({ content, ...mail }) => ({
    ...mail,
    text: content ? openMail({ ...mail, content }, gate).text : null,
  }));
}

/** `GET /admin/mailbox` */
export const showMailbox = admin('GET', async ({ gate, site }) => {
  const messages = (await mails(gate, site)).map((mail) => ({
    mail_id: mail.mailId,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    created_at: iso(mail.createdAt),
    sent_at: mail.sentAt === undefined ? null : iso(mail.sentAt),
  }));
  return mailboxJson.parse({ messages });
});

const requireAdministrator = check('an administrator is signed in', (x) => {
  const isOpen = x.gate.config.accounts.mailbox && signedInAt(x).account.role === 'administrator';
  if (!isOpen) throw new OAuthError('mailbox');
});

/** `{issuer}/mailbox`: what would have been sent, for administrators of a demonstration. */
export const mailboxPage = formPage({
  name: 'mailbox',
  steps: [requireSignIn, requireAdministrator],
  show: async ({ gate, site }) => {
    const all = await mails(gate, site);
    return {
      title: 'Mailbox',
      content: html`<p>This server sends no mail. What it would have sent stands here.</p>
${all.map(
  ({ mailId, to, subject, text, createdAt }) => html`<article id="mail-${mailId}"><h2>${subject}</h2>
<p class="quiet">to ${to}, ${when(createdAt)}</p>
${(text ?? 'It was sent.').split('\n\n').map((part) => html`<p>${isLink(part) ? html`<a href="${part}">${part}</a>` : part}</p>`)}</article>`,
)}`,
    };
  },
  submit: () => {
    throw new OAuthError('method', { headers: { allow: 'GET' } });
  },
});

function isLink(text: string): boolean {
  return /^https?:\/\/\S+$/.test(text);
}
