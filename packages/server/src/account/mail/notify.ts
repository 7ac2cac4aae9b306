import type { Exchange } from '../../oauth/exchange.ts';
import type { Account } from '../../store/account-ports.ts';
import type { Letter } from './letter.ts';

/** Mails a letter about what was done. That it cannot be mailed does not undo what it is about. */
export async function notify(
  { gate, site }: Pick<Exchange, 'gate' | 'site'>,
  { email }: Pick<Account, 'email'>,
  letter: Letter,
): Promise<void> {
  try {
    await gate.mailer.send(site.name, letter(email, site));
  } catch (error) {
    gate.log.error(error, 'a notice could not be mailed');
  }
}
