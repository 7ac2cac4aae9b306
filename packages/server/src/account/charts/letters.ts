import { letter } from '../mail/letter.ts';

export const chartLinked = letter(
  'Your account opens a record now',
  'you can see it after signing in, and allow apps to see it.',
  'If you do not know why, tell the clinic.',
);

export const chartRemoved = letter(
  'Your account no longer opens a record',
  'a record was taken from your account. Apps that you allowed to see it no longer see it.',
  'If you do not know why, ask the clinic.',
);

export const chartRefused = letter(
  'The record that you asked for',
  'somebody at the clinic looked at what you wrote, and could not open a record to you. Sign in to see why, or ask the clinic.',
);

/** A code for a record, to an address that may have no account yet. */
export const chartInvitation = (code: string, charts: string) =>
  letter(
    'Your code from the clinic',
    `with this code you can open a record at the clinic: ${code}`,
    'Make an account with this e-mail address, sign in, and write the code on this page, with the date of birth of the patient it is for:',
    charts,
    'Nobody of the clinic will ever ask you for the code.',
  );
