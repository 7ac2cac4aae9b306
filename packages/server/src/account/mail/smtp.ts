import { createTransport } from 'nodemailer';
import { readEmail } from '../names.ts';
import { type Transport, Undeliverable } from './deliver.ts';

export type SmtpOptions = {
  /** Such as `smtps://user:password@mail.clinic.example`, or `smtp://localhost:25`. */
  readonly url: string;
  /** The address that mail comes from. */
  readonly from: string;
};

/** ms. A try must be over before another node may begin the next one. */
const patience = { dnsTimeout: 10_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };

/**
 * Sends by a mail server. Errors name its answer's code, never an address or a text.
 * @throws {Error} when the URL or the address cannot be used
 */
export function smtpTransport({ url, from }: SmtpOptions): Transport {
  if (!/^smtps?:\/\/[^/]/.test(url)) throw new Error('The SMTP URL is one such as smtps://user:password@mail.example.');
  const sender = readEmail(from);
  const transport = createTransport({ url, ...patience }, { from: sender });
  return {
    async deliver({ to, subject, text }) {
      try {
        await transport.sendMail({
          from: sender,
          to: { name: '', address: to },
          subject,
          text,
          // nobody's holiday answer is wanted: RFC 3834 section 5
          headers: { 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
      } catch (error) {
        const { responseCode, code } = error as { responseCode?: number; code?: string };
        const why = `The mail server said ${responseCode ?? code ?? 'nothing'}`;
        throw responseCode !== undefined && responseCode >= 500 ? new Undeliverable(why) : new Error(why);
      }
    },
  };
}
