import { OAuthError } from '../oauth/oauth-error.ts';

/**
 * A user name: 3 to 64 letters, digits, dots, dashes and underscores. It holds no `@`, so that it is nobody's address.
 * @throws {OAuthError} user-name
 */
export function readUserName(text: string): string {
  const name = text.normalize('NFC').trim();
  if (!/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{2,63}$/u.test(name)) throw new OAuthError('user-name');
  return name;
}

/**
 * An e-mail address in ASCII, as most servers take it. Nothing that a mail's header would read in another way gets in.
 * @throws {OAuthError} email
 * @see https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
 */
export function readEmail(text: string): string {
  const email = text.trim();
  if (email.length > 254 || !address.test(email)) throw new OAuthError('email');
  return email;
}

const address =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
