import type { Exchange } from '../oauth/exchange.ts';
import type { Account } from '../store/account-ports.ts';

/** What is told to an account's owner. Nothing that strangers wrote, and nothing of a record, gets into it. */
export type Notice = { readonly subject: string; readonly lines: readonly string[] };

const notYou = 'If it was not you, choose a new password at once, and tell the clinic.';

const notice = (subject: string, ...lines: readonly string[]): Notice => ({ subject, lines });

export const notices = {
  authenticatorAdded: notice(
    'An authenticator app was added to your account',
    'from now on, signing in to your account asks for a code of the app as well.',
    notYou,
  ),
  authenticatorRemoved: notice(
    'The authenticator app of your account was removed',
    'signing in to your account no longer asks for a code of the app.',
    notYou,
  ),
  passkeyAdded: notice('A passkey was added to your account', 'it opens your account from now on.', notYou),
  passkeyRemoved: notice('A passkey of your account was removed', 'it no longer opens your account.', notYou),
  recoveryCodesMade: notice(
    'Your account has new recovery codes',
    'the ones that you had before are worth nothing now.',
    notYou,
  ),
  recoveryCodeUsed: notice(
    'A recovery code of your account was used',
    'it cannot be used again. Make new ones before the last one is used.',
    notYou,
  ),
  chartLinked: notice(
    'Your account opens a record now',
    'you can see it after signing in, and allow apps to see it.',
    'If you do not know why, tell the clinic.',
  ),
  chartRemoved: notice(
    'Your account no longer opens a record',
    'a record was taken from your account. Apps that you allowed to see it no longer see it.',
    'If you do not know why, ask the clinic.',
  ),
  chartRefused: notice(
    'The record that you asked for',
    'somebody at the clinic looked at what you wrote, and could not open a record to you. Sign in to see why, or ask the clinic.',
  ),
} as const;

/** Mails a notice. That it cannot be mailed does not undo what it is about. */
export async function notify(
  { gate, site }: Pick<Exchange, 'gate' | 'site'>,
  { email }: Pick<Account, 'email'>,
  { subject, lines }: Notice,
): Promise<void> {
  const end = `This mail was sent by ${site.issuer}. Nobody reads answers to it.`;
  const text = ['Hello,', ...lines, end].join('\n\n');
  try {
    await gate.mailer.send(site.name, { to: email, subject: `${subject} (${new URL(site.issuer).host})`, text });
  } catch (error) {
    gate.log.error(error, 'a notice could not be mailed');
  }
}
