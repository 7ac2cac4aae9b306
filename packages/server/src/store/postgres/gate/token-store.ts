import type { Pool } from 'pg';
import type { LiveToken, NewAccessToken, TokenStore, UsedAssertion } from '../../gate-ports.ts';
import { type Site, table } from '../site.ts';
import { sql } from '../sql.ts';
import { batched } from './batch.ts';
import { announce } from './events.ts';

type Grant = { readonly token: NewAccessToken; readonly assertion: UsedAssertion };

/**
 * Tokens and used assertions. A grant is one atomic statement, and concurrent grants share one: the primary key of
 * `assertion` decides between nodes, this file between the members of a batch.
 */
export function tokenStore(pool: Pool, site: Site): TokenStore {
  const tokens = table(site, 'access_token').strings[0];
  const assertions = table(site, 'assertion').strings[0];
  const clients = table(site, 'client').strings[0];
  const named = (name: string) => `${site.schema}_${name}`;

  const grant = batched(async (grants: readonly Grant[]) => {
    const batch = firstUses(grants);
    const { rows } = await pool.query<{ h: Buffer }>({
      name: named('grant'),
      text: `
        with used as (
          insert into ${assertions} (h, expires_at) select * from unnest($1::bytea[], $2::int8[])
          on conflict (h) do nothing returning h
        )
        insert into ${tokens} (h, client_id, epoch, scope, issued_at, expires_at)
        select t.h, t.client_id, t.epoch, t.scope, t.issued_at, t.expires_at
        from unnest($1::bytea[], $3::bytea[], $4::text[], $5::int4[], $6::text[], $7::int8[], $8::int8[])
          as t (assertion, h, client_id, epoch, scope, issued_at, expires_at)
        where t.assertion in (select h from used)
        returning h`,
      values: [
        batch.map((g) => g.assertion.hash),
        batch.map((g) => g.assertion.expiresAt),
        batch.map((g) => g.token.hash),
        batch.map((g) => g.token.clientId),
        batch.map((g) => g.token.epoch),
        batch.map((g) => g.token.scope),
        batch.map((g) => g.token.issuedAt),
        batch.map((g) => g.token.expiresAt),
      ],
    });
    const stored = new Set(rows.map((row) => row.h.toString('base64url')));
    return grants.map((g) => stored.has(base64url(g.token.hash)));
  });

  const useAssertion = batched(async (uses: readonly UsedAssertion[]) => {
    const first = new Map(uses.map((use) => [base64url(use.hash), use]).reverse() as [string, UsedAssertion][]);
    const batch = [...first.keys()].sort().map((key) => first.get(key) as UsedAssertion);
    const { rows } = await pool.query<{ h: Buffer }>({
      name: named('use_assertion'),
      text: `insert into ${assertions} (h, expires_at) select * from unnest($1::bytea[], $2::int8[])
        on conflict (h) do nothing returning h`,
      values: [batch.map((use) => use.hash), batch.map((use) => use.expiresAt)],
    });
    const stored = new Set(rows.map((row) => row.h.toString('base64url')));
    return uses.map((use) => stored.has(base64url(use.hash)) && first.get(base64url(use.hash)) === use);
  });

  return {
    grant: (token, assertion) => grant({ token, assertion }),
    useAssertion,

    async find(hash, now) {
      const { rows } = await pool.query<{ client_id: string; scope: string; issued_at: string; expires_at: string }>({
        name: named('find_token'),
        text: `
          select t.client_id, t.scope, t.issued_at, t.expires_at from ${tokens} t
          join ${clients} c on c.client_id = t.client_id and c.epoch = t.epoch and c.status = 'approved'
          where t.h = $1 and t.expires_at > $2`,
        values: [hash, now],
      });
      const row = rows[0];
      return (
        row &&
        ({
          clientId: row.client_id,
          scope: row.scope,
          issuedAt: Number(row.issued_at),
          expiresAt: Number(row.expires_at),
        } satisfies LiveToken)
      );
    },

    async revoke(hash, clientId) {
      const { text, values } = sql`
        with killed as (delete from ${table(site, 'access_token')} where h = ${hash} and client_id = ${clientId} returning h)
        select ${announce({ site: site.name, token: base64url(hash) })} from killed`.render();
      await pool.query(text, values);
    },
  };
}

/** One grant for each assertion, ordered by its hash: two nodes with the same ones in hand must not wait in a circle. */
function firstUses(grants: readonly Grant[]): readonly Grant[] {
  const first = new Map<string, Grant>();
  for (const grant of grants) {
    const key = base64url(grant.assertion.hash);
    if (!first.has(key)) first.set(key, grant);
  }
  return [...first.keys()].sort().map((key) => first.get(key) as Grant);
}

function base64url(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64url');
}
