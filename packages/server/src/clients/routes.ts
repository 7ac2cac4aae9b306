import type { Endpoint } from '../oauth/endpoint.ts';
import { adminMethods, listClients, listTickets, showAnyTicket, showClient } from './admin.ts';
import { createAdminToken, listAdminTokens, revokeAdminToken } from './admin-admin-tokens.ts';
import { listAudit, verifyAudit } from './admin-audit.ts';
import {
  approveClient,
  askClient,
  clientHistory,
  rejectClient,
  revokeClient,
  suspendClient,
} from './admin-decisions.ts';
import { createInitialAccessToken, listInitialAccessTokens, removeInitialAccessToken } from './admin-entry-tokens.ts';
import { inbox } from './admin-inbox.ts';
import { replacePolicy, showPolicy, tryPolicy } from './admin-policy.ts';
import { resourceServer } from './admin-resource-server.ts';
import { changeSettings, showSettings } from './admin-settings.ts';
import { listSigningKeys, rotateSigningKeys } from './admin-signing-keys.ts';
import { issueAccessToken } from './admin-token.ts';
import { listTrustedIssuers, putTrustedIssuer, removeTrustedIssuer } from './admin-trusted-issuers.ts';
import { registeredClient, rotateRegistrationToken } from './registered-client.ts';
import { register } from './registration.ts';
import { rotateSecret } from './rotate-secret.ts';

/** Where clients are registered and looked after by their owners, and where administrators decide about them. */
export const clientRoutes: readonly (readonly [path: string, endpoint: Endpoint])[] = [
  ['/oauth2/:site/registration', register],
  ['/oauth2/:site/client/:client', registeredClient],
  ['/oauth2/:site/client/:client/secret', rotateSecret],
  ['/oauth2/:site/client/:client/registration-token', rotateRegistrationToken],
  ['/apis/:site/admin/clients', listClients],
  ['/apis/:site/admin/clients/:client', showClient],
  ['/apis/:site/admin/clients/:client/approve', approveClient],
  ['/apis/:site/admin/clients/:client/reject', rejectClient],
  ['/apis/:site/admin/clients/:client/ask', askClient],
  ['/apis/:site/admin/clients/:client/suspend', suspendClient],
  ['/apis/:site/admin/clients/:client/revoke', revokeClient],
  ['/apis/:site/admin/clients/:client/history', clientHistory],
  ['/apis/:site/admin/clients/:client/resource-server', resourceServer],
  ['/apis/:site/admin/inbox', inbox],
  ['/apis/:site/admin/approval-policy', adminMethods({ GET: showPolicy, PUT: replacePolicy })],
  ['/apis/:site/admin/approval-policy/try', tryPolicy],
  [
    '/apis/:site/admin/initial-access-tokens',
    adminMethods({ GET: listInitialAccessTokens, POST: createInitialAccessToken }),
  ],
  ['/apis/:site/admin/initial-access-tokens/:id', removeInitialAccessToken],
  ['/apis/:site/admin/trusted-issuers', adminMethods({ GET: listTrustedIssuers, POST: putTrustedIssuer })],
  ['/apis/:site/admin/trusted-issuers/:issuer', removeTrustedIssuer],
  ['/apis/:site/admin/admin-tokens', adminMethods({ GET: listAdminTokens, POST: createAdminToken })],
  ['/apis/:site/admin/admin-tokens/:name', revokeAdminToken],
  ['/apis/:site/admin/settings', adminMethods({ GET: showSettings, PATCH: changeSettings })],
  ['/apis/:site/admin/signing-keys', listSigningKeys],
  ['/apis/:site/admin/signing-keys/rotate', rotateSigningKeys],
  ['/apis/:site/admin/tokens', issueAccessToken],
  ['/apis/:site/admin/audit', listAudit],
  ['/apis/:site/admin/audit/verify', adminMethods(verifyAudit)],
  ['/apis/:site/admin/tickets', listTickets],
  ['/apis/:site/admin/tickets/:ticket', showAnyTicket],
];
