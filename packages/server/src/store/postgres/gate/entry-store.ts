import type {
  InitialAccessToken,
  InitialAccessTokenStore,
  TrustedIssuer,
  TrustedIssuerStore,
} from '../../registration-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';

type TokenRow = {
  id: string;
  h: Buffer;
  name: string;
  decision: 'approve' | 'review' | null;
  max_uses: number;
  uses: number;
  created_by: string;
  created_at: string;
  expires_at: string;
};

/** Initial access tokens; they are used up with the registration that they let in (registration-store.ts). */
export function initialAccessTokenStore({ reads, writes }: Database, site: Site): InitialAccessTokenStore {
  const tokens = table(site, 'initial_access_token');
  return {
    async insert(t, most) {
      const rows = await writes.query(sql`
        insert into ${tokens} (id, h, name, decision, max_uses, created_by, created_at, expires_at)
        select ${t.id}::text, ${t.hash}::bytea, ${t.name}::text, ${t.decision ?? null}::text, ${t.maxUses}::int4,
          ${t.createdBy}::text, ${t.createdAt}::int8, ${t.expiresAt}::int8
        where (select count(*) from ${tokens}) < ${most}::int8 returning id`);
      return rows.length > 0;
    },

    async find(hash, now) {
      const [row] = await reads.query<TokenRow>(
        sql`select * from ${tokens} where h = ${hash} and expires_at > ${now} and uses < max_uses`,
      );
      return row && tokenOf(row);
    },

    async list() {
      const rows = await reads.query<TokenRow>(sql`select * from ${tokens} order by created_at desc, id`);
      return rows.map(tokenOf);
    },

    async remove(id) {
      return (await writes.query(sql`delete from ${tokens} where id = ${id} returning id`)).length > 0;
    },
  };
}

function tokenOf(row: TokenRow): InitialAccessToken {
  return {
    id: row.id,
    hash: row.h,
    name: row.name,
    ...(row.decision === null ? {} : { decision: row.decision }),
    maxUses: row.max_uses,
    uses: row.uses,
    createdBy: row.created_by,
    createdAt: Number(row.created_at),
    expiresAt: Number(row.expires_at),
  };
}

type IssuerRow = {
  issuer: string;
  jwks: NonNullable<TrustedIssuer['jwks']> | null;
  jwks_uri: string | null;
  algorithms: string[];
  created_by: string;
  created_at: string;
};

export function trustedIssuerStore({ reads, writes }: Database, site: Site): TrustedIssuerStore {
  const issuers = table(site, 'trusted_issuer');
  return {
    async put(t, most) {
      const rows = await writes.query(sql`
        insert into ${issuers} (issuer, jwks, jwks_uri, algorithms, created_by, created_at)
        select ${t.issuer}::text, ${t.jwks ? JSON.stringify(t.jwks) : null}::json, ${t.jwksUri ?? null}::text,
          ${t.algorithms}::text[], ${t.createdBy}::text, ${t.createdAt}::int8
        where (select count(*) from ${issuers} where issuer <> ${t.issuer}) < ${most}::int8
        on conflict (issuer) do update set jwks = excluded.jwks, jwks_uri = excluded.jwks_uri,
          algorithms = excluded.algorithms, created_by = excluded.created_by, created_at = excluded.created_at
        returning issuer`);
      return rows.length > 0;
    },

    async find(issuer) {
      const [row] = await reads.query<IssuerRow>(sql`select * from ${issuers} where issuer = ${issuer}`);
      return row && issuerOf(row);
    },

    async list() {
      return (await reads.query<IssuerRow>(sql`select * from ${issuers} order by issuer`)).map(issuerOf);
    },

    async remove(issuer) {
      return (await writes.query(sql`delete from ${issuers} where issuer = ${issuer} returning issuer`)).length > 0;
    },
  };
}

function issuerOf(row: IssuerRow): TrustedIssuer {
  return {
    issuer: row.issuer,
    ...(row.jwks === null ? {} : { jwks: row.jwks }),
    ...(row.jwks_uri === null ? {} : { jwksUri: row.jwks_uri }),
    algorithms: row.algorithms,
    createdBy: row.created_by,
    createdAt: Number(row.created_at),
  };
}
