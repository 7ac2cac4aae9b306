import { adminMethods } from '../clients/admin.ts';
import type { Endpoint } from '../oauth/endpoint.ts';
import { closeAnyAccount, createAccount, inviteAgain, listAccounts, showAccount } from './admin/admin-accounts.ts';
import { byMethod } from './api.ts';
import {
  acceptChartRequest,
  accountChart,
  accountCharts,
  chartRequest,
  chartRequests,
  invitation,
  invitations,
  rejectChartRequest,
} from './charts/admin-chart-api.ts';
import { ownChart, ownCharts } from './charts/chart-api.ts';
import { chartsPage } from './charts/charts-page.ts';
import { authenticatorPage } from './factors/authenticator-page.ts';
import { confirmOwnTotp, ownRecoveryCodes, ownTotp, showSecondFactors } from './factors/factor-api.ts';
import {
  newPasskeyOptions,
  ownPasskey,
  ownPasskeyChallenge,
  ownPasskeys,
  passkeyOptions,
  passkeySessions,
} from './factors/passkey-api.ts';
import { passkeyScriptFile, passkeysPage } from './factors/passkey-page.ts';
import { recoveryCodesPage } from './factors/recovery-page.ts';
import { mailboxPage, showMailbox } from './mail/mailbox.ts';
import { accesses } from './own/accesses.ts';
import { accessesPage } from './own/accesses-page.ts';
import { closePage, confirmEmailPage, emailPage, passwordPage } from './own/account-forms.ts';
import { accountPage, sessionsPage, signOutPage } from './own/account-page.ts';
import {
  changeOwnEmail,
  changeOwnPassword,
  closeOwnAccount,
  confirmEmailApi,
  endOtherSessions,
  endOwnSession,
  listOwnSessions,
  showOwnAccount,
} from './own/own-account-api.ts';
import { forgotApi, resetApi } from './password/reset-api.ts';
import { forgotPage, resetPage } from './password/reset-page.ts';
import { passkeySignInPage } from './sign-in/passkey-sign-in-page.ts';
import { secondStepApi, signInApi, signOutApi, stepUpApi } from './sign-in/session-api.ts';
import { secondStepPage, signInPage } from './sign-in/sign-in-page.ts';
import { stepUpPage } from './sign-in/step-up-page.ts';
import { signUpApi, verifyApi } from './sign-up/sign-up-api.ts';
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
  ['/oauth2/:site/passkey', passkeySignInPage],
  ['/oauth2/:site/passkey.js', passkeyScriptFile],
  ['/oauth2/:site/account/authenticator', authenticatorPage],
  ['/oauth2/:site/account/passkeys', passkeysPage],
  ['/oauth2/:site/account/recovery-codes', recoveryCodesPage],
  ['/apis/:site/account/me/second-factors', showSecondFactors],
  ['/apis/:site/account/me/totp', ownTotp],
  ['/apis/:site/account/me/totp/confirm', confirmOwnTotp],
  ['/apis/:site/account/me/recovery-codes', ownRecoveryCodes],
  ['/apis/:site/account/me/passkeys', ownPasskeys],
  ['/apis/:site/account/me/passkeys/options', newPasskeyOptions],
  ['/apis/:site/account/me/passkeys/challenge', ownPasskeyChallenge],
  ['/apis/:site/account/me/passkeys/:passkey', ownPasskey],
  ['/apis/:site/account/passkeys/options', passkeyOptions],
  ['/apis/:site/account/passkeys/sessions', passkeySessions],
  ['/oauth2/:site/account/accesses', accessesPage],
  ['/apis/:site/account/me/accesses', accesses],
  ['/oauth2/:site/account/charts', chartsPage],
  ['/apis/:site/account/me/charts', ownCharts],
  ['/apis/:site/account/me/charts/:patient', ownChart],
  ['/apis/:site/admin/accounts/:account/charts', accountCharts],
  ['/apis/:site/admin/accounts/:account/charts/:patient', accountChart],
  ['/apis/:site/admin/invitations', invitations],
  ['/apis/:site/admin/invitations/:invitation', invitation],
  ['/apis/:site/admin/chart-requests', chartRequests],
  ['/apis/:site/admin/chart-requests/:request', chartRequest],
  ['/apis/:site/admin/chart-requests/:request/accept', acceptChartRequest],
  ['/apis/:site/admin/chart-requests/:request/reject', rejectChartRequest],
];
