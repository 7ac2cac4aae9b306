import type { NewSigningKey, SigningKeyStore, StoredSigningKey } from '../../gate-ports.ts';
import type { Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { type Sql, sql } from '../database/sql.ts';

type Row = {
  kid: string;
  public_jwk: StoredSigningKey['publicJwk'];
  sealed_private_key: Buffer | null;
  created_at: string;
  signs_from: string;
  signs_until: string | null;
};

/** The unique index of the last in line decides between nodes: who comes second inserts nothing. */
export function signingKeyStore({ reads, writes }: Database, site: Site): SigningKeyStore {
  const keys = table(site, 'signing_key');

  /** Inserts the key for the one row of `from`; nothing where it has none. */
  const inserting = (key: NewSigningKey, from: Sql): Sql => sql`
    insert into ${keys} (kid, public_jwk, sealed_private_key, created_at, signs_from)
    select ${key.kid}::text, ${JSON.stringify(key.publicJwk)}::json, ${key.sealedPrivateKey}::bytea,
      ${key.createdAt}::int8, ${key.signsFrom}::int8
    from ${from}
    on conflict do nothing returning kid`;
  const changed = async (statement: Sql) => (await writes.query(statement)).length > 0;

  return {
    async list() {
      const rows = await reads.query<Row>(sql`select * from ${keys} order by signs_from desc, kid`);
      return rows.map(keyOf);
    },

    insertFirst: (key) =>
      changed(inserting(key, sql`(select 1 where not exists (select from ${keys} where signs_until is null)) as none`)),

    insertAfter: (kid, key) =>
      changed(sql`
        with ended as (
          update ${keys} set signs_until = ${key.signsFrom} where kid = ${kid} and signs_until is null returning kid
        )
        ${inserting(key, sql`ended`)}`),

    replaceAll: (key) =>
      changed(sql`
        with dropped as (delete from ${keys} returning kid)
        ${inserting(key, sql`(select count(*) from dropped) as all_of_them`)}`),

    async retire({ destroy, forget }) {
      await writes.query(sql`
        with forgotten as (delete from ${keys} where signs_until < ${forget})
        update ${keys} set sealed_private_key = null
        where signs_until < ${destroy} and signs_until >= ${forget} and sealed_private_key is not null`);
    },
  };
}

function keyOf(row: Row): StoredSigningKey {
  return {
    kid: row.kid,
    publicJwk: row.public_jwk,
    ...(row.sealed_private_key === null ? {} : { sealedPrivateKey: row.sealed_private_key }),
    createdAt: Number(row.created_at),
    signsFrom: Number(row.signs_from),
    ...(row.signs_until === null ? {} : { signsUntil: Number(row.signs_until) }),
  };
}
