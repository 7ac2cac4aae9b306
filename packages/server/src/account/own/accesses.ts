import { contentOf } from '../../audit/row.ts';
import { accessInWords, kindOfAccess } from '../../audit/words.ts';
import { check } from '../../oauth/endpoint.ts';
import { type Exchange, privateJson } from '../../oauth/exchange.ts';
import type { GateSite } from '../../oauth/gate.ts';
import { OAuthError } from '../../oauth/oauth-error.ts';
import type { Account } from '../../store/account-ports.ts';
import type { AuditPosition, ListedRow } from '../../store/audit-ports.ts';
import { api } from '../api.ts';
import { ownerOf, requireSessionToken } from '../signed-in.ts';

/** Accesses on a page. */
const counts = { default: 50, most: 200 };

type Asked = {
  readonly account: Account;
  readonly patients: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly count: number;
  readonly after?: AuditPosition;
};

const asked = new WeakMap<Exchange, Asked>();

/** The records of the account, or the one of them that is asked for. Another's looks as if it did not exist. */
export const requireOwnRecord = check('the record is one of the account', async (x) => {
  const account = ownerOf(x);
  const query = new URLSearchParams(x.request.query);
  const charts = (await x.site.store.accounts.charts(account.accountId)).map(({ patient }) => patient);
  const wanted = query.get('patient');
  if (wanted !== null && !charts.includes(wanted)) throw new OAuthError('accesses-record');
  asked.set(x, { account, patients: wanted === null ? charts : [wanted], ...windowOf(query) });
});

/** Who saw the records that were asked for, newest first. `next`: goes on there as `cursor`. */
export async function listAccesses(x: Exchange) {
  const wanted = asked.get(x);
  if (!wanted) throw new TypeError('No check has found whose records are asked for');
  const { account, patients, from, to, count, after } = wanted;
  await x.gate.audit.flush(x.site.name);
  const filter = {
    patients,
    outcome: 'success',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  } as const;
  const page = patients.length === 0 ? { rows: [] } : await x.site.store.audit.list(filter, count, after);
  const next = 'next' in page && page.next ? `${page.next.at}.${page.next.chain}.${page.next.seq}` : null;
  const names = await appNames(x.site, page.rows);
  return { accesses: page.rows.map((row) => accessJson(row, { account, patients, names })), next };
}

/**
 * `GET /apis/{site}/account/me/accesses`: who saw my record, newest first: which app, who, when, and what in words. Of the
 * records that the account opens, or of the one that `patient` names; `from`, `to`, `count`; `cursor` goes on. What was
 * refused is not in it: nobody saw anything.
 */
export const accesses = api({
  name: 'accesses',
  method: 'GET',
  steps: [requireSessionToken, requireOwnRecord],
  answer: async (x) => privateJson(200, await listAccesses(x)),
});

type Known = {
  readonly account: Account;
  readonly patients: readonly string[];
  readonly names: ReadonlyMap<string, string>;
};

function accessJson(row: ListedRow, { account, patients, names }: Known) {
  const { emergency } = contentOf(row);
  return {
    time: new Date(row.at).toISOString(),
    // of others whom the same request touched nothing is told
    patients: (row.patients ?? []).filter((id) => patients.includes(id)),
    app: row.clientId === null ? null : { client_id: row.clientId, client_name: names.get(row.clientId) ?? null },
    who: whoOf(row, account),
    kind: kindOfAccess(row),
    words: accessInWords(row),
    emergency: emergency !== undefined,
  };
}

/** Who was at the other end, as far as it is the patient's business. */
function whoOf(row: ListedRow, account: Account): string {
  const { administrator, fhirUser } = contentOf(row);
  if (administrator !== undefined) return 'An administrator';
  if (row.accountId === account.accountId) return 'You';
  if (fhirUser !== undefined && fhirUser === account.fhirUser) return 'You';
  if (fhirUser?.startsWith('Practitioner')) return `Somebody who works here (${fhirUser})`;
  if (row.accountId !== null || fhirUser !== undefined) return 'Another user with access to this record';
  return row.clientId === null ? 'Unknown' : 'The app by itself, with nobody signed in';
}

async function appNames(site: GateSite, rows: readonly ListedRow[]): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const clientId of new Set(rows.map((row) => row.clientId))) {
    const name = clientId === null ? undefined : (await site.client(clientId))?.metadata.client_name;
    if (clientId !== null && name !== undefined) names.set(clientId, name);
  }
  return names;
}

/** @throws {OAuthError} accesses-query */
function windowOf(query: URLSearchParams): Pick<Asked, 'from' | 'to' | 'count' | 'after'> {
  const [from, to] = [timeOf(query.get('from')), timeOf(query.get('to'))];
  const count = query.get('count') ?? String(counts.default);
  if (!/^[1-9]\d{0,5}$/.test(count)) throw new OAuthError('accesses-query');
  const cursor = query.get('cursor');
  const parts = cursor === null ? undefined : /^(\d{1,15})\.(\d{1,9})\.(\d{1,15})$/.exec(cursor)?.slice(1).map(Number);
  if (cursor !== null && !parts) throw new OAuthError('accesses-query');
  const [at = 0, chain = 0, seq = 0] = parts ?? [];
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    count: Math.min(Number(count), counts.most),
    ...(parts ? { after: { at, chain, seq } } : {}),
  };
}

function timeOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text.replace(/ (\d\d:\d\d)$/, '+$1')) : Number.NaN;
  if (Number.isNaN(time)) throw new OAuthError('accesses-query');
  return time;
}
