import type { AuditFilter, AuditOutcome, AuditPage, AuditPosition } from '../../audit-ports.ts';
import type { Connection } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { and, raw, type Sql, sql } from '../database/sql.ts';
import { type AuditColumns, rowOf } from './audit-row.ts';

type Asked = { readonly filter: AuditFilter; readonly limit: number; readonly after: AuditPosition | undefined };

/** ms within which the row of a request follows the note of its emergency. */
const longestRequest = 180_000;

/**
 * The audit newest first, with the emergencies of which it has no row: those that were noted before there was an audit,
 * and those whose request never came to its end.
 */
export async function listAudit(searches: Connection, site: Site, { filter, limit, after }: Asked): Promise<AuditPage> {
  const before = after ? sql`(at, chain, seq) < (${after.at}, ${after.chain}, ${after.seq})` : raw('true');
  const newest = sql`order by at desc, chain desc, seq desc limit ${limit + 1}`;
  const found = await searches.query<Omit<AuditColumns, 'hash' | 'seal'>>(sql`
    with written as (
      select chain, seq, at, action, status, client_id, account_id, patients, content from ${table(site, 'audit_event')}
      where ${and([before, ...conditionsOf(filter)])} ${newest}
    ), noted as (
      select * from (${emergencies(site)}) e where ${and([before, ...conditionsOf(filter)])} ${newest}
    )
    select * from (select * from written union all select * from noted) both_of_them ${newest}`);
  const rows = found.slice(0, limit).map((row) => ({ ...rowOf(row), chain: row.chain }));
  const last = rows.at(-1);
  return { rows, ...(found.length > limit && last ? { next: positionOf(last) } : {}) };
}

function positionOf({ at, chain, seq }: AuditPosition): AuditPosition {
  return { at, chain, seq };
}

function conditionsOf(filter: AuditFilter): readonly Sql[] {
  const { patients, clientId, accountId, from, to, outcome, actions } = filter;
  return [
    patients ? sql`patients is not null and patients && ${patients}::text[]` : undefined,
    clientId === undefined ? undefined : sql`client_id = ${clientId}`,
    accountId === undefined ? undefined : sql`account_id = ${accountId}`,
    from === undefined ? undefined : sql`at >= ${from}`,
    to === undefined ? undefined : sql`at < ${to}`,
    outcome && raw(statusOf[outcome]),
    actions ? sql`action = any(${actions}::text[])` : undefined,
  ].filter((condition) => condition !== undefined);
}

const statusOf = {
  success: 'status < 400',
  refusal: 'status between 400 and 499',
  error: 'status >= 500',
} satisfies Record<AuditOutcome, string>;

/** Emergencies in the columns of the audit. The status is not known: the look was begun. */
function emergencies(site: Site): Sql {
  return sql`
    select 0 as chain, n.id as seq, n.at, n.interaction as action, 200 as status, n.client_id, null::text as account_id,
      array[n.patient] as patients, json_build_object('fhirUser', n.user_reference, 'emergency',
        json_build_object('patient', n.patient, 'reason', n.reason), 'what',
        n.resource_type || coalesce('/' || n.resource_id, ''))::text as content
    from ${table(site, 'emergency_access')} n
    where not exists (select from ${table(site, 'audit_event')} a
      where a.patients is not null and a.patients && array[n.patient] and a.client_id = n.client_id
        and a.at between n.at - 1000 and n.at + ${raw(String(longestRequest))}
        and a.content::json -> 'emergency' is not null)`;
}
