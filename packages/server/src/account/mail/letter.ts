import type { GateSite } from '../../oauth/gate.ts';
import type { Mail } from './mail.ts';

/** Nothing that strangers write gets into a letter: whoever signs up with another's address must not write to them. */
export type Letter = (to: string, site: Pick<GateSite, 'issuer'>) => Mail;

const hostOf = (issuer: string) => new URL(issuer).host;

/** A letter, its paragraphs between a greeting and where it comes from. */
export const letter =
  (subject: string, ...lines: readonly string[]): Letter =>
  (to, { issuer }) => ({
    to,
    subject: `${subject} (${hostOf(issuer)})`,
    text: ['Hello,', ...lines, `This mail was sent by ${issuer}, whoever you are: nobody reads answers to it.`].join(
      '\n\n',
    ),
  });
