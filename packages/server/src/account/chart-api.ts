import { z } from 'zod';
import type { Exchange } from '../oauth/exchange.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import { isGateId } from '../oauth/secret.ts';
import type { Account, ChartLink } from '../store/account-ports.ts';
import type { ChartClaim, ChartDecision, ChartRequest, Invitation } from '../store/chart-claim-ports.ts';
import { candidates, claimChart, matches, unlinkChart } from './chart-match.ts';
import { invite, redeem } from './invitations.ts';
import { bodyOf, json, jsonEndpoint, methods, nothing, requireBody } from './json-endpoint.ts';
import { notices, notify } from './notify.ts';
import { ownerOf, requireOwnerByToken } from './owner.ts';
import { requireStaff, staffOf } from './staff.ts';

const day = 24 * 3600;
const listLimit = 500;

/** The JSON of charts and of the ways to them, requests and answers. The wire's spelling. */
const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{C}*$/u, 'must not hold control characters');
const relationship = z.enum(['self', 'guardian']);
const patient = z
  .string()
  .regex(/^[A-Za-z0-9.-]{1,64}$/)
  .describe('logical id');
const birthDate = z.iso.date();
const time = z.iso.datetime();

export const redeemBody = z.strictObject({ invitation_code: line(100), birth_date: birthDate });
export const claimBody = z.strictObject({
  given_name: line(100),
  family_name: line(100),
  birth_date: birthDate,
  identifier: line(100).optional().describe('such as the number on a letter of the clinic'),
  relationship: relationship.default('self'),
  note: line(500).optional(),
});
const chartBody = z.union([redeemBody, claimBody]);
const linkedJson = z.strictObject({ status: z.enum(['linked', 'in-review']) });
const chartJson = z.strictObject({ patient, relationship, linked_at: time });
const ownRequestJson = z.strictObject({
  request_id: z.string(),
  status: z.enum(['open', 'accepted', 'rejected']),
  created_at: time,
  reason: z.string().nullable(),
});
const ownChartsJson = z.strictObject({ charts: z.array(chartJson), requests: z.array(ownRequestJson) });
const chartsJson = z.strictObject({ charts: z.array(chartJson) });
const invitationBody = z.strictObject({
  patient,
  relationship,
  email: z.email().max(254).optional(),
  expires_in: z
    .int()
    .min(3600)
    .max(90 * day)
    .default(14 * day)
    .describe('seconds'),
});
const invitationJson = z.strictObject({
  invitation_id: z.string(),
  patient,
  relationship,
  made_by: z.string(),
  created_at: time,
  expires_at: time,
});
const newInvitationJson = invitationJson.extend({ invitation_code: z.string().describe('shown once') });
const invitationListJson = z.strictObject({ invitations: z.array(invitationJson) });
const requestJson = ownRequestJson.extend({
  account_id: z.string(),
  user_name: z.string(),
  email: z.string(),
  given_name: z.string(),
  family_name: z.string(),
  birth_date: z.string(),
  identifier: z.string().nullable(),
  relationship,
  note: z.string().nullable(),
  patient: z.string().nullable(),
});
const requestListJson = z.strictObject({ chart_requests: z.array(requestJson) });
const candidateJson = z.strictObject({
  patient,
  name: z.string(),
  matches: z.strictObject({ name: z.boolean(), birth_date: z.boolean(), email: z.boolean(), identifier: z.boolean() }),
});
const wholeRequestJson = requestJson.extend({ candidates: z.array(candidateJson) });
const acceptBody = z.strictObject({ patient, relationship });
const rejectBody = z.strictObject({ reason: line(500) });
const statusQuery = z.enum(['open', 'accepted', 'rejected']);

const iso = (at: number) => new Date(at).toISOString();
const chartOf = (c: ChartLink) => ({ patient: c.patient, relationship: c.relationship, linked_at: iso(c.linkedAt) });

/** `/account/me/charts`: `GET` lists; `POST` with a code and a date of birth, or with who one is, asks for one. */
export const ownCharts = methods({
  GET: jsonEndpoint('account/me/charts', [requireOwnerByToken], async (x) => {
    const { accountId } = ownerOf(x);
    const [charts, requests] = await Promise.all([
      x.site.store.accounts.charts(accountId),
      x.site.store.chartRequests.listOf(accountId),
    ]);
    return json(200, ownChartsJson, { charts: charts.map(chartOf), requests: requests.map(ownRequest) });
  }),
  POST: jsonEndpoint('account/me/charts', [requireOwnerByToken, requireBody(chartBody)], async (x) => {
    const body = bodyOf(x, chartBody);
    if ('invitation_code' in body) {
      await redeem(x, ownerOf(x), { code: body.invitation_code, birthDate: body.birth_date });
      return json(200, linkedJson, { status: 'linked' });
    }
    const status = await claimChart(x, ownerOf(x), claimOf(body));
    return json(status === 'linked' ? 200 : 202, linkedJson, { status });
  }),
});

/** What was written, as a claim. */
export function claimOf(body: z.infer<typeof claimBody>): ChartClaim {
  return {
    givenName: body.given_name,
    familyName: body.family_name,
    birthDate: body.birth_date,
    relationship: body.relationship,
    ...(body.identifier === undefined ? {} : { identifier: body.identifier }),
    ...(body.note === undefined ? {} : { note: body.note }),
  };
}

/** `DELETE /account/me/charts/{patient}` */
export const ownChart = methods({
  DELETE: jsonEndpoint('account/me/charts', [requireOwnerByToken], async (x) => {
    await unlinkChart(x, ownerOf(x), x.request.parameters.patient ?? '');
    return nothing;
  }),
});

/** `GET /admin/accounts/{account}/charts` */
export const accountCharts = methods({
  GET: jsonEndpoint('admin/accounts/charts', [requireStaff], async (x) => {
    const charts = await x.site.store.accounts.charts((await requestedAccount(x)).accountId);
    return json(200, chartsJson, { charts: charts.map(chartOf) });
  }),
});

/** `DELETE /admin/accounts/{account}/charts/{patient}` */
export const accountChart = methods({
  DELETE: jsonEndpoint('admin/accounts/charts', [requireStaff], async (x) => {
    await unlinkChart(x, await requestedAccount(x), x.request.parameters.patient ?? '');
    return nothing;
  }),
});

async function requestedAccount(x: Exchange): Promise<Account> {
  const id = x.request.parameters.account ?? '';
  const account = isGateId(id) ? await x.site.store.accounts.find(id) : undefined;
  if (!account) throw new OAuthError('claim-unknown');
  return account;
}

/** `/admin/invitations`: `GET` lists those that are still good, `POST` makes one. */
export const invitations = methods({
  GET: jsonEndpoint('admin/invitations', [requireStaff], async (x) => {
    const found = await x.site.store.invitations.list(x.now, listLimit);
    return json(200, invitationListJson, { invitations: found.map(invitationOf) });
  }),
  POST: jsonEndpoint('admin/invitations', [requireStaff, requireBody(invitationBody)], async (x) => {
    const { expires_in, ...asked } = bodyOf(x, invitationBody);
    const { invitation, code } = await invite(x, { ...asked, lifetime: expires_in * 1000, madeBy: staffOf(x) });
    return json(201, newInvitationJson, { ...invitationOf(invitation), invitation_code: code });
  }),
});

/** `DELETE /admin/invitations/{id}` takes it back. */
export const invitation = methods({
  DELETE: jsonEndpoint('admin/invitations', [requireStaff], async (x) => {
    const id = x.request.parameters.invitation ?? '';
    if (!isGateId(id) || !(await x.site.store.invitations.remove(id))) throw new OAuthError('claim-unknown');
    return nothing;
  }),
});

function invitationOf(i: Invitation) {
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
export const chartRequests = methods({
  GET: jsonEndpoint('admin/chart-requests', [requireStaff], async (x) => {
    const asked = statusQuery.safeParse(new URLSearchParams(x.request.query).get('status') ?? 'open');
    if (!asked.success) throw new OAuthError('account-request', { description: 'status: open, accepted or rejected.' });
    const found = await x.site.store.chartRequests.list({ status: asked.data, limit: listLimit });
    return json(200, requestListJson, { chart_requests: await Promise.all(found.map((one) => requestOf(x, one))) });
  }),
});

/** `GET /admin/chart-requests/{id}`: with the records that could be meant. */
export const chartRequest = methods({
  GET: jsonEndpoint('admin/chart-requests', [requireStaff], async (x) => {
    const request = await requested(x);
    const shown = await requestOf(x, request);
    const cards = await candidates(x, request.claim, shown.email);
    return json(200, wholeRequestJson, {
      ...shown,
      candidates: cards.map((card) => ({
        patient: card.id,
        name: card.displayName,
        matches: matches(card, request.claim, shown.email),
      })),
    });
  }),
});

/** `POST /admin/chart-requests/{id}/accept` */
export const acceptChartRequest = methods({
  POST: jsonEndpoint('admin/chart-requests/accept', [requireStaff, requireBody(acceptBody)], async (x) => {
    const accepted = bodyOf(x, acceptBody);
    if (!(await x.site.patients.read(accepted.patient))) throw new OAuthError('chart-unknown');
    return decide(x, { status: 'accepted', by: staffOf(x), at: x.now, ...accepted });
  }),
});

/** `POST /admin/chart-requests/{id}/reject` */
export const rejectChartRequest = methods({
  POST: jsonEndpoint('admin/chart-requests/reject', [requireStaff, requireBody(rejectBody)], async (x) =>
    decide(x, { status: 'rejected', by: staffOf(x), at: x.now, reason: bodyOf(x, rejectBody).reason }),
  ),
});

async function decide(x: Exchange, decision: ChartDecision) {
  const { requestId } = await requested(x);
  const decided = await x.site.store.chartRequests.decide(requestId, decision);
  if (!decided) throw new OAuthError('claim-unknown');
  x.site.forget({ users: true });
  const account = await x.site.store.accounts.find(decided.accountId);
  const notice = decision.status === 'accepted' ? notices.chartLinked : notices.chartRefused;
  if (account) await notify(x, account, notice);
  return json(200, requestJson, await requestOf(x, decided));
}

async function requested(x: Exchange): Promise<ChartRequest> {
  const id = x.request.parameters.request ?? '';
  const request = isGateId(id) ? await x.site.store.chartRequests.find(id) : undefined;
  if (!request) throw new OAuthError('claim-unknown');
  return request;
}

function ownRequest({ requestId, status, createdAt, reason }: ChartRequest) {
  return { request_id: requestId, status, created_at: iso(createdAt), reason: reason ?? null };
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
