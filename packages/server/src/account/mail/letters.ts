import { letter } from './letter.ts';

const notYou = 'If it was not you, do nothing: without this link nothing happens.';

export const confirmAddress = (link: string) =>
  letter(
    'Confirm your e-mail address',
    'somebody, probably you, wants an account with this address. To confirm it, open this page within 24 hours and show the password you chose:',
    link,
    notYou,
  );

export const addressIsKnown = (signIn: string, forgot: string) =>
  letter(
    'You have an account already',
    'somebody, probably you, wanted an account with this address. There is one already. Sign in here:',
    signIn,
    'If you do not remember the password, choose a new one here:',
    forgot,
    'If it was not you, do nothing: the account is as it was.',
  );

export const resetPassword = (link: string) =>
  letter(
    'Choose a new password',
    'somebody, probably you, forgot the password of your account. To choose a new one, open this page within 30 minutes:',
    link,
    notYou,
  );

export const passwordChanged = (forgot: string) =>
  letter(
    'Your password was changed',
    'the password of your account was changed just now. Whoever was signed in elsewhere is signed out, and apps have to ask you anew.',
    'If it was not you, choose a new password at once:',
    forgot,
  );

export const confirmNewAddress = (link: string) =>
  letter(
    'Confirm your new e-mail address',
    'you want to use this address for your account. To confirm it, open this page within 24 hours:',
    link,
    notYou,
  );

export const newAddressIsTaken = letter(
  'This address has an account already',
  'somebody wanted to use this address for another account. As it has an account of its own, nothing was changed.',
);

export const addressChangeAsked = (forgot: string) =>
  letter(
    'A new e-mail address for your account',
    'somebody who knows your password, probably you, asked for another e-mail address for your account. The other address has to be confirmed first.',
    'If it was not you, choose a new password now:',
    forgot,
  );

export const addressChanged = letter(
  'The e-mail address of your account was changed',
  'your account has another e-mail address now, and mail about it no longer comes here.',
  'If it was not you, tell the clinic at once.',
);

export const welcome = (userName: string, link: string) =>
  letter(
    'Your account',
    `an account was made for you. Your user name is: ${userName}`,
    'Choose your password on this page within 7 days:',
    link,
  );

export const accountClosed = letter(
  'Your account was closed',
  'your account was closed just now. Apps can no longer see anything by it. Your records at the clinic are not touched.',
  'If it was not you, tell the clinic at once.',
);
