import type { z } from 'zod';
import type { GateSite } from '../oauth/gate.ts';
import type { Account, ChartLink } from '../store/account-ports.ts';
import type { accountJson, chartJson } from './schema.ts';

/** An account in the wire's spelling, with the records it opens. Nothing of it is a secret. */
export async function toJson(
  { store }: Pick<GateSite, 'store'>,
  account: Account,
): Promise<z.infer<typeof accountJson>> {
  const charts = await store.accounts.charts(account.accountId);
  return {
    account_id: account.accountId,
    user_name: account.userName,
    email: account.email,
    status: account.status,
    role: account.role,
    fhir_user: account.fhirUser ?? null,
    charts: charts.map(chartToJson),
    created_at: iso(account.createdAt),
  };
}

export function chartToJson({ patient, relationship, linkedAt }: ChartLink): z.infer<typeof chartJson> {
  return { patient, relationship, linked_at: iso(linkedAt) };
}

export function iso(time: number): string {
  return new Date(time).toISOString();
}
