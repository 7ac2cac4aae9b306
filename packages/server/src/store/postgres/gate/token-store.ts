import type { Account } from '../../account-ports.ts';
import type { LiveToken, NewAccessToken, TokenStore, TokenUser, UsedAssertion } from '../../gate-ports.ts';
import { batched } from '../database/batched.ts';
import type { Connection, Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { announce } from './events.ts';

type Grant = { readonly token: NewAccessToken; readonly assertion: UsedAssertion };
type HashRow = { h: Buffer };
type TokenRow = {
  client_id: string;
  scope: string;
  issued_at: string;
  expires_at: string;
  authorization_id: string | null;
  account_id: string | null;
  role: Account['role'];
  fhir_user: string | null;
  charts: string[];
  patient: string | null;
  encounter: string | null;
};

/**
 * Tokens and used assertions. A grant is one atomic statement, and concurrent grants share one: the primary key of
 * `assertion` decides between nodes and batches, this file between the members of a batch.
 */
export function tokenStore({ reads, writes }: Database, site: Site): TokenStore {
  const tokens = table(site, 'access_token');
  const clients = table(site, 'client');
  const named = (name: string) => `${site.schema}_${name}`;
  const grant = batched((grants: readonly Grant[]) => storeGrants(writes, site, grants));
  const useAssertion = batched((uses: readonly UsedAssertion[]) => storeAssertions(writes, site, uses));

  return {
    grant: (token, assertion) => grant({ token, assertion }),
    useAssertion,

    async find(hash, now) {
      const [row] = await reads.query<TokenRow>(
        sql`
          select t.client_id, t.scope, t.issued_at, t.expires_at, t.authorization_id, u.account_id, u.role, u.fhir_user,
            a.patient, a.encounter, array(select h.patient from ${table(site, 'account_chart')} h
              where h.account_id = u.account_id order by h.patient) as charts
          from ${tokens} t
          join ${clients} c on c.client_id = t.client_id and c.epoch = t.epoch and c.status = 'approved'
            and (c.approval_expires_at is null or c.approval_expires_at > ${now})
          left join ${table(site, 'user_authorization')} a on a.authorization_id = t.authorization_id
          left join ${table(site, 'account')} u on u.account_id = a.account_id and u.epoch = a.account_epoch
            and u.status = 'active'
          where t.h = ${hash} and t.expires_at > ${now}
            and (t.authorization_id is null or u.account_id is not null)`,
        named('find_token'),
      );
      return row && liveToken(row);
    },

    async isExpired(hash, clientId, now) {
      const rows = await reads.query(
        sql`select 1 from ${tokens} where h = ${hash} and client_id = ${clientId} and expires_at <= ${now}`,
      );
      return rows.length > 0;
    },

    async revoke(hash, clientId) {
      await writes.query(sql`
        with killed as (delete from ${tokens} where h = ${hash} and client_id = ${clientId} returning h)
        select ${announce({ site: site.name, token: base64url(hash) })} from killed`);
    },
  };
}

async function storeGrants(writes: Connection, site: Site, grants: readonly Grant[]): Promise<readonly boolean[]> {
  const batch = firstUses(grants, (grant) => grant.assertion.hash);
  const assertions = batch.map((grant) => grant.assertion.hash);
  const column = <K extends keyof NewAccessToken>(name: K) => batch.map((grant) => grant.token[name]);
  const rows = await writes.query<HashRow>(
    sql`
      with used as (
        insert into ${table(site, 'assertion')} (h, expires_at)
        select * from unnest(${assertions}::bytea[], ${batch.map((grant) => grant.assertion.expiresAt)}::int8[])
        on conflict (h) do nothing returning h
      )
      insert into ${table(site, 'access_token')} (h, client_id, epoch, scope, issued_at, expires_at)
      select t.h, t.client_id, t.epoch, t.scope, t.issued_at, t.expires_at
      from unnest(${assertions}::bytea[], ${column('hash')}::bytea[], ${column('clientId')}::text[],
        ${column('epoch')}::int4[], ${column('scope')}::text[], ${column('issuedAt')}::int8[],
        ${column('expiresAt')}::int8[]) as t (assertion, h, client_id, epoch, scope, issued_at, expires_at)
      where t.assertion in (select h from used)
      returning h`,
    `${site.schema}_grant`,
  );
  const stored = new Set(rows.map((row) => base64url(row.h)));
  return grants.map((grant) => stored.has(base64url(grant.token.hash)));
}

async function storeAssertions(
  writes: Connection,
  site: Site,
  uses: readonly UsedAssertion[],
): Promise<readonly boolean[]> {
  const batch = firstUses(uses, (use) => use.hash);
  const rows = await writes.query<HashRow>(
    sql`
      insert into ${table(site, 'assertion')} (h, expires_at)
      select * from unnest(${batch.map((use) => use.hash)}::bytea[], ${batch.map((use) => use.expiresAt)}::int8[])
      on conflict (h) do nothing returning h`,
    `${site.schema}_use_assertion`,
  );
  const stored = new Set(rows.map((row) => base64url(row.h)));
  return uses.map((use) => batch.includes(use) && stored.has(base64url(use.hash)));
}

/**
 * The first of each hash, in the hashes' order: two nodes that store the same ones at once must not wait for each
 * other in a circle.
 */
function firstUses<T>(items: readonly T[], hashOf: (item: T) => Uint8Array): readonly T[] {
  const first = new Map<string, T>();
  for (const item of items) {
    const key = base64url(hashOf(item));
    if (!first.has(key)) first.set(key, item);
  }
  return [...first].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}

function liveToken(row: TokenRow): LiveToken {
  return {
    clientId: row.client_id,
    scope: row.scope,
    issuedAt: Number(row.issued_at),
    expiresAt: Number(row.expires_at),
    ...(row.authorization_id === null ? {} : { user: userOf(row, row.authorization_id) }),
  };
}

function userOf(row: TokenRow, authorizationId: string): TokenUser {
  return {
    authorizationId,
    accountId: row.account_id ?? '',
    role: row.role,
    ...(row.fhir_user === null ? {} : { fhirUser: row.fhir_user }),
    charts: row.charts,
    ...(row.patient === null ? {} : { patient: row.patient }),
    ...(row.encounter === null ? {} : { encounter: row.encounter }),
  };
}

function base64url(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64url');
}
