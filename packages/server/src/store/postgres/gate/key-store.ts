import type { Pool } from 'pg';
import type { AdminTokenStore, SigningKeyStore, StoredSigningKey } from '../../gate-ports.ts';
import { type Site, table } from '../site.ts';
import { sql } from '../sql.ts';

export function signingKeyStore(pool: Pool, site: Site): SigningKeyStore {
  const keys = table(site, 'signing_key');
  return {
    async list() {
      const { text, values } = sql`select * from ${keys} order by created_at desc, kid`.render();
      const { rows } = await pool.query<{
        kid: string;
        public_jwk: StoredSigningKey['publicJwk'];
        sealed_private_key: Buffer;
        created_at: string;
      }>(text, values);
      return rows.map((row) => ({
        kid: row.kid,
        publicJwk: row.public_jwk,
        sealedPrivateKey: row.sealed_private_key,
        createdAt: Number(row.created_at),
      }));
    },

    async insertFirst(key) {
      const { text, values } = sql`
        insert into ${keys} (kid, public_jwk, sealed_private_key, created_at)
        select ${key.kid}, ${JSON.stringify(key.publicJwk)}::json, ${key.sealedPrivateKey}::bytea, ${key.createdAt}::int8
        where not exists (select 1 from ${keys})`.render();
      const client = await pool.connect();
      try {
        await client.query('begin');
        // without the lock two nodes would both see an empty table
        await client.query(`lock table ${keys.strings[0]} in share row exclusive mode`);
        await client.query(text, values);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback').catch(() => {});
        throw error;
      } finally {
        client.release();
      }
    },
  };
}

export function adminTokenStore(pool: Pool, site: Site): AdminTokenStore {
  const tokens = table(site, 'admin_token');
  return {
    async put({ hash, name, createdAt }) {
      const { text, values } = sql`
        insert into ${tokens} (h, name, created_at) values (${hash}, ${name}, ${createdAt})
        on conflict (name) do update set h = excluded.h, created_at = excluded.created_at`.render();
      await pool.query(text, values);
    },

    async find(hash) {
      const { text, values } = sql`select h, name from ${tokens} where h = ${hash}`.render();
      const { rows } = await pool.query<{ h: Buffer; name: string }>(text, values);
      return rows[0] && { hash: rows[0].h, name: rows[0].name };
    },
  };
}
