import type { z } from 'zod';
import type { ChartClaim, ChartRequest } from '../../store/chart-claim-ports.ts';
import { chartToJson, iso } from '../account-json.ts';
import { api, bodyOf, byMethod, done, json } from '../api.ts';
import { ownerOf, requireSessionToken } from '../signed-in.ts';
import { chartBody, type claimBody, linkedJson, ownChartsJson } from './chart-json.ts';
import { claimChart, unlinkChart } from './chart-match.ts';
import { redeem } from './invitations.ts';

/** `/account/me/charts`: `GET` lists; `POST` with a code and a date of birth, or with who one is, asks for one. */
export const ownCharts = byMethod({
  GET: api({
    name: 'account/me/charts',
    method: 'GET',
    steps: [requireSessionToken],
    answer: async (x) => {
      const { accountId } = ownerOf(x);
      const [charts, requests] = await Promise.all([
        x.site.store.accounts.charts(accountId),
        x.site.store.chartRequests.listOf(accountId),
      ]);
      return json(200, ownChartsJson, { charts: charts.map(chartToJson), requests: requests.map(ownRequest) });
    },
  }),
  POST: api({
    name: 'account/me/charts',
    method: 'POST',
    body: chartBody,
    steps: [requireSessionToken],
    answer: async (x) => {
      const body = bodyOf(x, chartBody);
      if ('invitation_code' in body) {
        await redeem(x, ownerOf(x), { code: body.invitation_code, birthDate: body.birth_date });
        return json(200, linkedJson, { status: 'linked' });
      }
      const status = await claimChart(x, ownerOf(x), claimOf(body));
      return json(status === 'linked' ? 200 : 202, linkedJson, { status });
    },
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
export const ownChart = api({
  name: 'account/me/charts',
  method: 'DELETE',
  steps: [requireSessionToken],
  answer: async (x) => {
    await unlinkChart(x, ownerOf(x), x.request.parameters.patient ?? '');
    return done;
  },
});

/** What somebody asked for, as its owner sees it. */
export function ownRequest({ requestId, status, createdAt, reason }: ChartRequest) {
  return { request_id: requestId, status, created_at: iso(createdAt), reason: reason ?? null };
}
