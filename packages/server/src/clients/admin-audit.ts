import { hex } from '../audit/chain.ts';
import { looksSecret, redactedQuery } from '../audit/query.ts';
import { auditEventOf } from '../audit/render.ts';
import { contentOf } from '../audit/row.ts';
import { OAuthError } from '../oauth/oauth-error.ts';
import type { AuditFilter, AuditPage, AuditPosition, ListedRow } from '../store/audit-ports.ts';
import { type AdminCall, admin, bodyOf, read } from './admin.ts';
import { auditListJson, auditQuery, verificationJson, verifyBody } from './admin-audit-schema.ts';
import { administratorOf } from './administrator.ts';

/**
 * `GET`: the audit, newest first, a page at a time: a searchset Bundle of AuditEvent whose `next` link goes on, or with
 * `format=compact` rows and the cursor of the next page. Who reads it is written down as well.
 */
export const listAudit = admin('GET', async (call) => {
  const { site, request, gate } = call;
  const asked = read(auditQuery, Object.fromEntries(new URLSearchParams(request.query)));
  const after = asked.cursor === undefined ? undefined : positionIn(asked.cursor);
  await gate.audit.flush(site.name); // what was answered on this node can be read on it
  const page = await site.store.audit.list(filterOf(asked), asked.count, after);
  await gate.audit.record(site.name, {
    ...administratorOf(call),
    act: 'audit-read',
    filter: redactedQuery(request.query),
    ...(asked.patient === undefined || looksSecret(asked.patient) ? {} : { patients: [asked.patient] }),
  });
  return asked.format === 'compact' ? compact(page) : bundle(page, call);
});

/** `GET`, or `POST` with heads that are known from elsewhere: reads the whole audit and names the first break. */
export const verifyAudit = {
  GET: admin('GET', (call) => verified(call, [])),
  POST: admin('POST', (call) => verified(call, read(verifyBody, bodyOf(call.request)).heads ?? [])),
};

type Heads = readonly { readonly chain: number; readonly seq: number; readonly hash: string }[];

async function verified(call: AdminCall, heads: Heads) {
  const { gate, site } = call;
  await gate.audit.flush(site.name);
  const known = heads.map(({ chain, seq, hash }) => ({ chain, seq, hash: Buffer.from(hash, 'hex'), at: 0 }));
  const { firstBreak, ...found } = await gate.audit.verify(site.name, known);
  await gate.audit.record(site.name, {
    ...administratorOf(call),
    act: 'audit-verified',
    intact: firstBreak === undefined,
  });
  return verificationJson.parse({
    intact: firstBreak === undefined,
    chains: found.chains,
    rows: found.rows,
    heads: found.heads.filter(({ seq }) => seq > 0).map(({ chain, seq, hash }) => ({ chain, seq, hash: hex(hash) })),
    first_break: firstBreak
      ? { chain: firstBreak.chain, node: firstBreak.node ?? null, seq: firstBreak.seq ?? null, what: firstBreak.what }
      : null,
  });
}

function filterOf(asked: ReturnType<typeof auditQuery.parse>): AuditFilter {
  const { patient, client, account, from, to, outcome, action } = asked;
  return {
    ...(patient === undefined ? {} : { patients: [patient] }),
    ...(client === undefined ? {} : { clientId: client }),
    ...(account === undefined ? {} : { accountId: account }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(action === undefined ? {} : { actions: action.split(',') }),
  };
}

function compact({ rows, next }: AuditPage) {
  return auditListJson.parse({ events: rows.map(rowJson), next: next ? cursorOf(next) : null });
}

function rowJson(row: ListedRow) {
  return {
    id: `${row.chain}-${row.seq}`,
    time: new Date(row.at).toISOString(),
    action: row.action,
    status: row.status,
    client_id: row.clientId,
    account_id: row.accountId,
    patients: [...(row.patients ?? [])],
    details: contentOf(row),
  };
}

function bundle({ rows, next }: AuditPage, { site, request, gate }: AdminCall) {
  const place = { base: site.fhirUrl, site: site.name };
  const url = `${gate.config.publicUrl}/apis/${site.name}/admin/audit`;
  const linkTo = (change: (query: URLSearchParams) => void) => {
    const query = new URLSearchParams(request.query);
    change(query);
    return query.size === 0 ? url : `${url}?${query}`;
  };
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    link: [
      { relation: 'self', url: linkTo(() => {}) },
      ...(next ? [{ relation: 'next', url: linkTo((query) => query.set('cursor', cursorOf(next))) }] : []),
    ],
    ...(rows.length === 0
      ? {}
      : {
          entry: rows.map((row) => ({
            fullUrl: `${place.base}/AuditEvent/${row.chain}-${row.seq}`,
            resource: auditEventOf(row, place),
            search: { mode: 'match' },
          })),
        }),
  };
}

export function cursorOf({ at, chain, seq }: AuditPosition): string {
  return `${at}.${chain}.${seq}`;
}

/** @throws {OAuthError} admin-request for what is no cursor of ours */
export function positionIn(cursor: string): AuditPosition {
  const parts = /^(\d{1,15})\.(\d{1,9})\.(\d{1,15})$/.exec(cursor);
  if (!parts) throw new OAuthError('admin-request', { description: 'cursor: must be the next of the page before.' });
  const [at = 0, chain = 0, seq = 0] = parts.slice(1).map(Number);
  return { at, chain, seq };
}
