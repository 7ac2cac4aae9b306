import { letter } from '../mail/letter.ts';

const notYou = 'If it was not you, choose a new password at once, and tell the clinic.';

export const authenticatorAdded = letter(
  'An authenticator app was added to your account',
  'from now on, signing in to your account asks for a code of the app as well.',
  notYou,
);

export const authenticatorRemoved = letter(
  'The authenticator app of your account was removed',
  'signing in to your account no longer asks for a code of the app.',
  notYou,
);

export const passkeyAdded = letter(
  'A passkey was added to your account',
  'it opens your account from now on, and signing in by the password asks for it as well.',
  notYou,
);

export const passkeyRemoved = letter(
  'A passkey of your account was removed',
  'it no longer opens your account.',
  notYou,
);

export const recoveryCodesMade = letter(
  'Your account has new recovery codes',
  'the ones that you had before are worth nothing now.',
  notYou,
);

export const recoveryCodeUsed = letter(
  'A recovery code of your account was used',
  'it cannot be used again. Make new ones before the last one is used.',
  notYou,
);
