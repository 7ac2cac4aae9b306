import { adminMethods } from '../clients/admin.ts';
import type { Endpoint } from '../oauth/endpoint.ts';
import { confirmEmailApi, forgotApi, resetApi, signUpApi, verifyApi } from './account-api.ts';
import { closeAnyAccount, createAccount, inviteAgain, listAccounts, showAccount } from './admin/admin-accounts.ts';
import { byMethod } from './api.ts';
import { mailboxPage, showMailbox } from './mail/mailbox.ts';
import { closePage, confirmEmailPage, emailPage, passwordPage, stepUpPage } from './own/account-forms.ts';
import { accountPage, sessionsPage, signOutPage } from './own/account-page.ts';
import {
  changeOwnEmail,
  changeOwnPassword,
  closeOwnAccount,
  endOtherSessions,
  endOwnSession,
  listOwnSessions,
  showOwnAccount,
} from './own/own-account-api.ts';
import { forgotPage, resetPage } from './password/reset-page.ts';
import { secondStepApi, signInApi, signOutApi, stepUpApi } from './sign-in/session-api.ts';
import { secondStepPage, signInPage } from './sign-in/sign-in-page.ts';
import { signUpPage, verifyPage } from './sign-up/sign-up-page.ts';

/** Where accounts are made, opened and looked after. */
export const accountRoutes: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ['/oauth2/:site/sign-in', signInPage],
  ['/oauth2/:site/second-step', secondStepPage],
  ['/oauth2/:site/step-up', stepUpPage],
  ['/oauth2/:site/sign-out', signOutPage],
  ['/oauth2/:site/sign-up', signUpPage],
  ['/oauth2/:site/verify', verifyPage],
  ['/oauth2/:site/forgot', forgotPage],
  ['/oauth2/:site/reset', resetPage],
  ['/oauth2/:site/confirm-email', confirmEmailPage],
  ['/oauth2/:site/account', accountPage],
  ['/oauth2/:site/account/password', passwordPage],
  ['/oauth2/:site/account/email', emailPage],
  ['/oauth2/:site/account/sessions', sessionsPage],
  ['/oauth2/:site/account/close', closePage],
  ['/oauth2/:site/mailbox', mailboxPage],
  ['/apis/:site/account', signUpApi],
  ['/apis/:site/account/verify', verifyApi],
  ['/apis/:site/account/sessions', signInApi],
  ['/apis/:site/account/sessions/second-step', secondStepApi],
  ['/apis/:site/account/sessions/current', byMethod({ POST: stepUpApi, DELETE: signOutApi })],
  ['/apis/:site/account/password-reset', forgotApi],
  ['/apis/:site/account/password-reset/confirm', resetApi],
  ['/apis/:site/account/email/confirm', confirmEmailApi],
  ['/apis/:site/account/me', showOwnAccount],
  ['/apis/:site/account/me/password', changeOwnPassword],
  ['/apis/:site/account/me/email', changeOwnEmail],
  ['/apis/:site/account/me/close', closeOwnAccount],
  ['/apis/:site/account/me/sessions', byMethod({ GET: listOwnSessions, DELETE: endOtherSessions })],
  ['/apis/:site/account/me/sessions/:session', endOwnSession],
  ['/apis/:site/admin/accounts', adminMethods({ GET: listAccounts, POST: createAccount })],
  ['/apis/:site/admin/accounts/:account', showAccount],
  ['/apis/:site/admin/accounts/:account/close', closeAnyAccount],
  ['/apis/:site/admin/accounts/:account/invite', inviteAgain],
  ['/apis/:site/admin/mailbox', showMailbox],
];
