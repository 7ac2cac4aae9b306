import type {
  AuthorizationStore,
  IssuedCode,
  KnownRefreshToken,
  NewTokens,
  UserAuthorization,
} from '../../authorization-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, type Sql, sql } from '../database/sql.ts';
import { announce } from './events.ts';

/** How long after its replacement a refresh token is good once more, ms: as long as an app may try again by itself. */
const forgiveness = 60_000;
/** Of one client by one account; the oldest ones give way, so that no app can make a browser pile them up. */
const mostAuthorizations = 200;

type Row = {
  authorization_id: string;
  client_id: string;
  client_epoch: number;
  account_id: string;
  account_epoch: number;
  session_h: Buffer | null;
  scope: string;
  patient: string | null;
  encounter: string | null;
  context: UserAuthorization['context'];
  nonce: string | null;
  auth_time: string;
  amr: string[];
  created_at: string;
};

type CodeRow = Row & {
  code_h: Buffer;
  code_expires_at: string;
  code_used_at: string | null;
  redirect_uri: string;
  code_challenge: string;
};

/**
 * What users gave. The row of an authorization holds the state of its code and of its refresh token, and each use is
 * one update of it: of many at once, exactly one finds the row as it must be.
 */
export function authorizationStore({ reads, writes }: Database, site: Site): AuthorizationStore {
  const authorizations = table(site, 'user_authorization');
  const spent = table(site, 'spent_refresh_token');
  /** That client and account of `a` are still who they were. */
  const isAlive = sql`exists (select from ${table(site, 'client')} c
      where c.client_id = a.client_id and c.epoch = a.client_epoch and c.status = 'approved')
    and exists (select from ${table(site, 'account')} u
      where u.account_id = a.account_id and u.epoch = a.account_epoch and u.status = 'active')`;

  /** Stores what an update of the authorization earned: nothing where it changed no row. */
  const storing = (changed: Sql, { accessToken: t }: NewTokens, before: Sql = raw('')): Sql => sql`
    with changed as (${changed})${before}, token as (
      insert into ${table(site, 'access_token')} (h, client_id, epoch, scope, issued_at, expires_at, authorization_id)
      select ${t.hash}::bytea, ${t.clientId}, ${t.epoch}::int4, ${t.scope}, ${t.issuedAt}::int8, ${t.expiresAt}::int8,
        authorization_id from changed
    )
    select authorization_id from changed`;

  return {
    async insert(a, code) {
      await writes.query(sql`
        with oldest as (
          delete from ${authorizations} where authorization_id in (
            select authorization_id from ${authorizations}
            where account_id = ${a.accountId} and client_id = ${a.clientId}
            order by created_at desc, authorization_id offset ${mostAuthorizations - 1})
        )
        insert into ${authorizations} (authorization_id, client_id, client_epoch, account_id, account_epoch, session_h,
          scope, patient, encounter, context, nonce, auth_time, amr, created_at, code_h, code_expires_at, redirect_uri,
          code_challenge)
        values (${a.authorizationId}, ${a.clientId}, ${a.clientEpoch}, ${a.accountId}, ${a.accountEpoch},
          ${a.sessionHash ?? null}, ${a.scope}, ${a.patient ?? null}, ${a.encounter ?? null},
          ${JSON.stringify(a.context)}, ${a.nonce ?? null}, ${a.authTime}, ${a.amr}, ${a.createdAt}, ${code.hash},
          ${code.expiresAt}, ${code.redirectUri}, ${code.codeChallenge})`);
    },

    async insertWithTokens(a, tokens) {
      const { refreshToken } = tokens;
      const rows = await writes.query(
        storing(
          sql`
            insert into ${authorizations} (authorization_id, client_id, client_epoch, account_id, account_epoch, scope,
              patient, encounter, context, nonce, auth_time, amr, created_at, last_used_at, refresh_h,
              refresh_expires_at)
            select ${a.authorizationId}, a.client_id, a.client_epoch, a.account_id, a.account_epoch, ${a.scope},
              ${a.patient ?? null}, ${a.encounter ?? null}, ${JSON.stringify(a.context)}::json, ${a.nonce ?? null},
              ${a.authTime}::int8, ${a.amr}::text[], ${a.createdAt}::int8, ${a.createdAt}::int8,
              ${refreshToken?.hash ?? null}::bytea, ${refreshToken?.expiresAt ?? null}::int8
            from (select ${a.clientId}::text as client_id, ${a.clientEpoch}::int4 as client_epoch,
              ${a.accountId}::text as account_id, ${a.accountEpoch}::int4 as account_epoch) a
            where ${isAlive}
            returning authorization_id`,
          tokens,
        ),
      );
      return rows.length > 0;
    },

    async findCode(hash) {
      const [row] = await reads.query<CodeRow>(sql`select * from ${authorizations} where code_h = ${hash}`);
      return row && codeOf(row);
    },

    async exchangeCode(hash, tokens) {
      const { accessToken, refreshToken } = tokens;
      const rows = await writes.query(
        storing(
          sql`
            update ${authorizations} a set code_used_at = ${accessToken.issuedAt}, last_used_at = ${accessToken.issuedAt},
              refresh_h = ${refreshToken?.hash ?? null}, refresh_expires_at = ${refreshToken?.expiresAt ?? null}
            where code_h = ${hash} and code_used_at is null and ${isAlive}
            returning authorization_id`,
          tokens,
        ),
      );
      return rows.length > 0;
    },

    async burnCode(hash, at) {
      await writes.query(
        sql`update ${authorizations} set code_used_at = ${at} where code_h = ${hash} and code_used_at is null`,
      );
    },

    async findRefreshToken(hash, now) {
      const [row] = await reads.query<Row & { refresh_expires_at: string; state: KnownRefreshToken['state'] }>(sql`
        select a.*, case
          when a.refresh_h = ${hash} then 'current'
          when a.previous_refresh_h = ${hash} and not a.is_retried and a.rotated_at > ${now - forgiveness} then 'lost'
          else 'spent' end as state
        from ${authorizations} a
        where ${isAlive} and (a.refresh_h = ${hash} or a.authorization_id =
          (select s.authorization_id from ${spent} s where s.h = ${hash}))`);
      return (
        row && { authorization: authorizationOf(row), expiresAt: Number(row.refresh_expires_at), state: row.state }
      );
    },

    async rotate(hash, tokens) {
      const { accessToken, refreshToken } = tokens;
      const at = accessToken.issuedAt;
      const rows = await writes.query(
        storing(
          sql`
            update ${authorizations} a set refresh_h = ${refreshToken.hash}, refresh_expires_at = ${refreshToken.expiresAt},
              previous_refresh_h = ${hash}, rotated_at = ${at}, last_used_at = ${at},
              is_retried = a.refresh_h <> ${hash}
            from (select authorization_id, refresh_h, refresh_expires_at from ${authorizations}
              where refresh_h = ${hash} or previous_refresh_h = ${hash} for update) old
            where a.authorization_id = old.authorization_id and ${isAlive} and (a.refresh_h = ${hash}
              or a.previous_refresh_h = ${hash} and not a.is_retried and a.rotated_at > ${at - forgiveness})
            returning a.authorization_id, old.refresh_h as replaced, old.refresh_expires_at as replaced_expires_at`,
          tokens,
          sql`, spent as (
            insert into ${spent} (h, authorization_id, expires_at)
            select replaced, authorization_id, replaced_expires_at from changed
            on conflict do nothing
          )`,
        ),
      );
      return rows.length > 0;
    },

    async revoke(authorizationId) {
      await writes.query(sql`
        with killed as (
          delete from ${authorizations} where authorization_id = ${authorizationId} returning 1
        )
        select ${announce({ site: site.name, users: true })} from killed`);
    },

    async revokeAll(accountId, clientId) {
      await writes.query(sql`
        with killed as (
          delete from ${authorizations} where account_id = ${accountId} and client_id = ${clientId} returning 1
        )
        select ${announce({ site: site.name, users: true })} from killed limit 1`);
    },
  };
}

function codeOf(row: CodeRow): IssuedCode {
  return {
    authorization: authorizationOf(row),
    hash: row.code_h,
    expiresAt: Number(row.code_expires_at),
    redirectUri: row.redirect_uri,
    codeChallenge: row.code_challenge,
    ...(row.code_used_at === null ? {} : { usedAt: Number(row.code_used_at) }),
  };
}

function authorizationOf(row: Row): UserAuthorization {
  return {
    authorizationId: row.authorization_id,
    clientId: row.client_id,
    clientEpoch: row.client_epoch,
    accountId: row.account_id,
    accountEpoch: row.account_epoch,
    ...(row.session_h === null ? {} : { sessionHash: row.session_h }),
    scope: row.scope,
    ...(row.patient === null ? {} : { patient: row.patient }),
    ...(row.encounter === null ? {} : { encounter: row.encounter }),
    context: row.context,
    ...(row.nonce === null ? {} : { nonce: row.nonce }),
    authTime: Number(row.auth_time),
    amr: row.amr,
    createdAt: Number(row.created_at),
  };
}
