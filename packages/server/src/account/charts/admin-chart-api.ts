import type { z } from 'zod';
import type { Exchange } from '../../oauth/exchange.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { isGateId } from '../../oauth/secret.ts';
import type { Account } from '../../store/account-ports.ts';
import type { ChartRequest, Invitation } from '../../store/chart-claim-ports.ts';
import { chartToJson, iso } from '../account-json.ts';
import { api, bodyOf, byMethod, done, json, strangers } from '../api.ts';
import { ownRequest } from './chart-api.ts';
import {
  acceptBody,
  chartsJson,
  invitationBody,
  type invitationJson,
  invitationListJson,
  newInvitationJson,
  rejectBody,
  requestJson,
  requestListJson,
  statusQuery,
  wholeRequestJson,
} from './chart-json.ts';
import { candidates, decideClaim, matches, unlinkChart } from './chart-match.ts';
import { invite } from './invitations.ts';
import { requireStaff, staffOf } from './staff.ts';

const listLimit = 500;

const staff = [...strangers, requireStaff];

/** `GET /admin/accounts/{account}/charts` */
export const accountCharts = api({
  name: 'admin/accounts/charts',
  method: 'GET',
  steps: staff,
  answer: async (x) => {
    const charts = await x.site.store.accounts.charts((await requestedAccount(x)).accountId);
    return json(200, chartsJson, { charts: charts.map(chartToJson) });
  },
});

/** `DELETE /admin/accounts/{account}/charts/{patient}` */
export const accountChart = api({
  name: 'admin/accounts/charts',
  method: 'DELETE',
  steps: staff,
  answer: async (x) => {
    await unlinkChart(x, await requestedAccount(x), x.request.parameters.patient ?? '');
    return done;
  },
});

async function requestedAccount(x: Exchange): Promise<Account> {
  const id = x.request.parameters.account ?? '';
  const account = isGateId(id) ? await x.site.store.accounts.find(id) : undefined;
  if (!account) throw new OAuthError('claim-unknown');
  return account;
}

/** `/admin/invitations`: `GET` lists those that are still good, `POST` makes one. */
export const invitations = byMethod({
  GET: api({
    name: 'admin/invitations',
    method: 'GET',
    steps: staff,
    answer: async (x) => {
      const found = await x.site.store.invitations.list(x.now, listLimit);
      return json(200, invitationListJson, { invitations: found.map(invitationOf) });
    },
  }),
  POST: api({
    name: 'admin/invitations',
    method: 'POST',
    body: invitationBody,
    steps: staff,
    answer: async (x) => {
      const { expires_in, ...asked } = bodyOf(x, invitationBody);
      const { invitation, code } = await invite(x, { ...asked, lifetime: expires_in * 1000, madeBy: staffOf(x) });
      return json(201, newInvitationJson, { ...invitationOf(invitation), invitation_code: code });
    },
  }),
});

/** `DELETE /admin/invitations/{id}` takes it back. */
export const invitation = api({
  name: 'admin/invitations',
  method: 'DELETE',
  steps: staff,
  answer: async (x) => {
    const id = x.request.parameters.invitation ?? '';
    if (!isGateId(id) || !(await x.site.store.invitations.remove(id))) throw new OAuthError('claim-unknown');
    return done;
  },
});

function invitationOf(i: Invitation): z.infer<typeof invitationJson> {
  return {
    invitation_id: i.invitationId,
    patient: i.patient,
    relationship: i.relationship,
    made_by: i.madeBy,
    created_at: iso(i.createdAt),
    expires_at: iso(i.expiresAt),
  };
}

/** `GET /admin/chart-requests?status=open` */
export const chartRequests = api({
  name: 'admin/chart-requests',
  method: 'GET',
  steps: staff,
  answer: async (x) => {
    const asked = statusQuery.safeParse(new URLSearchParams(x.request.query).get('status') ?? 'open');
    if (!asked.success) throw new OAuthError('account-request', { description: 'status: open, accepted or rejected.' });
    const found = await x.site.store.chartRequests.list({ status: asked.data, limit: listLimit });
    return json(200, requestListJson, { chart_requests: await Promise.all(found.map((one) => requestOf(x, one))) });
  },
});

/** `GET /admin/chart-requests/{id}`: with the records that could be meant. */
export const chartRequest = api({
  name: 'admin/chart-requests',
  method: 'GET',
  steps: staff,
  answer: async (x) => {
    const request = await requested(x);
    const shown = await requestOf(x, request);
    const cards = await candidates(x, request.claim, shown.email);
    return json(200, wholeRequestJson, {
      ...shown,
      candidates: cards.map((card) => ({
        patient: card.id,
        name: card.name,
        matches: matches(card, request.claim, shown.email),
      })),
    });
  },
});

/** `POST /admin/chart-requests/{id}/accept` */
export const acceptChartRequest = api({
  name: 'admin/chart-requests/accept',
  method: 'POST',
  body: acceptBody,
  steps: staff,
  answer: async (x) => {
    const accepted = bodyOf(x, acceptBody);
    if (!(await x.site.directory.card(accepted.patient))) throw new OAuthError('chart-unknown');
    return decided(
      x,
      await decideClaim(x, await requested(x), { status: 'accepted', by: staffOf(x), at: x.now, ...accepted }),
    );
  },
});

/** `POST /admin/chart-requests/{id}/reject` */
export const rejectChartRequest = api({
  name: 'admin/chart-requests/reject',
  method: 'POST',
  body: rejectBody,
  steps: staff,
  answer: async (x) => {
    const { reason } = bodyOf(x, rejectBody);
    return decided(
      x,
      await decideClaim(x, await requested(x), { status: 'rejected', by: staffOf(x), at: x.now, reason }),
    );
  },
});

async function decided(x: Exchange, request: ChartRequest) {
  return json(200, requestJson, await requestOf(x, request));
}

async function requested(x: Exchange): Promise<ChartRequest> {
  const id = x.request.parameters.request ?? '';
  const request = isGateId(id) ? await x.site.store.chartRequests.find(id) : undefined;
  if (!request) throw new OAuthError('claim-unknown');
  return request;
}

async function requestOf(x: Exchange, request: ChartRequest): Promise<z.infer<typeof requestJson>> {
  const { claim, accountId } = request;
  const account = await x.site.store.accounts.find(accountId);
  return {
    ...ownRequest(request),
    account_id: accountId,
    user_name: account?.userName ?? '',
    email: account?.email ?? '',
    given_name: claim.givenName,
    family_name: claim.familyName,
    birth_date: claim.birthDate,
    identifier: claim.identifier ?? null,
    relationship: claim.relationship,
    note: claim.note ?? null,
    patient: request.patient ?? null,
  };
}
