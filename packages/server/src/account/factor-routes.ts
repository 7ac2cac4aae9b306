import type { Endpoint } from '../oauth/endpoint.ts';
import { authenticatorPage } from './authenticator-page.ts';
import {
  acceptChartRequest,
  accountChart,
  accountCharts,
  chartRequest,
  chartRequests,
  invitation,
  invitations,
  ownChart,
  ownCharts,
  rejectChartRequest,
} from './chart-api.ts';
import { chartsPage } from './charts-page.ts';
import {
  confirmOwnTotp,
  newPasskeyOptions,
  ownPasskey,
  ownPasskeyChallenge,
  ownPasskeys,
  ownRecoveryCodes,
  ownTotp,
  passkeyOptions,
  passkeySessions,
  showSecondFactors,
} from './factor-api.ts';
import { methods } from './json-endpoint.ts';
import { passkeyScriptFile, passkeySignInPage, passkeysPage } from './passkey-page.ts';
import { recoveryCodesPage } from './recovery-page.ts';

/** Second factors, and how an account reaches a chart. */
export const factorRoutes: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ['/oauth2/:site/passkey', passkeySignInPage],
  ['/oauth2/:site/passkey.js', methods({ GET: passkeyScriptFile })],
  ['/oauth2/:site/account/authenticator', authenticatorPage],
  ['/oauth2/:site/account/passkeys', passkeysPage],
  ['/oauth2/:site/account/recovery-codes', recoveryCodesPage],
  ['/oauth2/:site/account/charts', chartsPage],
  ['/apis/:site/account/me/second-factors', methods({ GET: showSecondFactors })],
  ['/apis/:site/account/me/totp', ownTotp],
  ['/apis/:site/account/me/totp/confirm', confirmOwnTotp],
  ['/apis/:site/account/me/recovery-codes', ownRecoveryCodes],
  ['/apis/:site/account/me/passkeys', ownPasskeys],
  ['/apis/:site/account/me/passkeys/options', newPasskeyOptions],
  ['/apis/:site/account/me/passkeys/challenge', ownPasskeyChallenge],
  ['/apis/:site/account/me/passkeys/:passkey', ownPasskey],
  ['/apis/:site/account/passkeys/options', passkeyOptions],
  ['/apis/:site/account/passkeys/sessions', passkeySessions],
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
