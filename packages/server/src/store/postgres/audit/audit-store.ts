import type { AuditChain, AuditStore, ChainedRow, SealedPoint } from '../../audit-ports.ts';
import { arrayLiteral, int4Array, int8Array, textArray } from '../database/arrays.ts';
import type { Connection, Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { raw, sql } from '../database/sql.ts';
import { codeOf } from '../database/unavailable.ts';
import { listAudit } from './audit-list.ts';
import { type AuditColumns, rowOf } from './audit-row.ts';
import { ensureMonth, monthOf, months } from './partition.ts';

type ChainColumns = { number: number; chain_id: string; node: string; started_at: string; seal: Buffer };
type PointColumns = { chain: number; seq: string; hash: Buffer; at: string; seal: Buffer };

/** The audit in PostgreSQL. */
export function auditStore(database: Database, site: Site): AuditStore {
  const { reads, searches, writes } = database;
  const events = table(site, 'audit_event');
  const chains = table(site, 'audit_chain');
  const known = new Set<string>();

  /** Makes the tables of the months that the rows lie in. */
  const ensureMonths = async (rows: readonly ChainedRow[]) => {
    for (const month of new Map(rows.map(({ at }) => monthOf(at)).map((one) => [one.name, one])).values()) {
      if (known.has(month.name)) continue;
      await ensureMonth(database, site, month);
      known.add(month.name);
    }
  };

  const points = async (name: string, chain?: number): Promise<readonly SealedPoint[]> => {
    const which = chain === undefined ? raw('') : sql`where chain = ${chain}`;
    const rows = await searches.query<PointColumns>(
      sql`select * from ${table(site, name)} ${which} order by chain, seq`,
    );
    return rows.map(({ chain, seq, hash, at, seal }) => ({ chain, seq: Number(seq), hash, at: Number(at), seal }));
  };

  return {
    async chains() {
      const rows = await searches.query<ChainColumns>(sql`select * from ${chains} order by number`);
      return rows.map(chainOf);
    },

    async begin(chain, rows) {
      await ensureMonths(rows);
      try {
        return await database.transaction(async (connection) => {
          const [taken] = await connection.query<{ chain_id: string }>(
            sql`select chain_id from ${chains} where number = ${chain.number}`,
          );
          // our own: it was committed, and the word of it got lost
          if (taken) return taken.chain_id === chain.chainId;
          await connection.query(sql`insert into ${chains} (number, chain_id, node, started_at, seal)
            values (${chain.number}, ${chain.chainId}, ${chain.node}, ${chain.startedAt}, ${chain.seal})`);
          await insert(connection, site, chain.number, rows);
          return true;
        });
      } catch (error) {
        if (codeOf(error) === '23505') return false;
        throw error;
      }
    },

    async append(chain, rows) {
      await ensureMonths(rows);
      try {
        await insert(writes, site, chain, rows);
        return 'added';
      } catch (error) {
        if (codeOf(error) === '23505') return 'taken';
        // a month that was taken away, or whose table is not there after all, is made anew
        if (codeOf(error) === '23514') known.clear();
        throw error;
      }
    },

    async hashAt(chain, seq) {
      const [row] = await reads.query<{ hash: Buffer }>(
        sql`select hash from ${events} where chain = ${chain} and seq = ${seq}`,
      );
      return row?.hash;
    },

    async checkpoint({ chain, seq, hash, at, seal }) {
      await writes.query(sql`insert into ${table(site, 'audit_checkpoint')} (chain, seq, hash, at, seal)
        values (${chain}, ${seq}, ${hash}, ${at}, ${seal}) on conflict do nothing`);
    },

    checkpoints: (chain) => points('audit_checkpoint', chain),

    async pruned() {
      const furthest = new Map((await points('audit_pruned')).map((point) => [point.chain, point]));
      return [...furthest.values()];
    },

    async rows(chain, from, limit) {
      const rows = await searches.query<AuditColumns>(
        sql`select * from ${events} where chain = ${chain} and seq >= ${from}
          order by seq fetch first ${raw(String(limit))} rows with ties`,
      );
      return rows.map((row) => ({ ...rowOf(row), hash: row.hash, seal: row.seal }));
    },

    async numbers() {
      const rows = await searches.query<{ chain: number }>(sql`
        with recursive number (chain) as (
          select min(chain) from ${events}
          union all
          select (select min(e.chain) from ${events} e where e.chain > n.chain) from number n where n.chain is not null
        )
        select chain from number where chain is not null`);
      return rows.map((row) => row.chain);
    },

    list: (filter, limit, after) => listAudit(searches, site, { filter, limit, after }),

    async endsBefore(time) {
      const gone = (await months(reads, site)).filter(({ to }) => to <= time);
      const ends: { chain: number; seq: string; hash: Buffer; at: string }[] = [];
      for (const { name } of gone) {
        ends.push(
          ...(await searches.query<(typeof ends)[number]>(
            sql`select distinct on (chain) chain, seq, hash, at from ${table(site, name)} order by chain, seq desc`,
          )),
        );
      }
      const furthest = new Map(ends.map((end) => [end.chain, end]));
      return [...furthest.values()].map((end) => ({ ...end, seq: Number(end.seq), at: Number(end.at) }));
    },

    async prune(time, pruned) {
      const gone = (await months(reads, site)).filter(({ to }) => to <= time);
      await database.transaction(async (connection) => {
        for (const { chain, seq, hash, at, seal } of pruned) {
          await connection.query(sql`insert into ${table(site, 'audit_pruned')} (chain, seq, hash, at, seal)
            values (${chain}, ${seq}, ${hash}, ${at}, ${seal}) on conflict do nothing`);
        }
        for (const { name } of gone) await connection.query(sql`drop table if exists ${table(site, name)}`);
      });
      for (const { name } of gone) known.delete(name);
      return gone.length;
    },
  };
}

async function insert(connection: Connection, site: Site, chain: number, rows: readonly ChainedRow[]): Promise<void> {
  await connection.query(
    sql`
      insert into ${table(site, 'audit_event')}
        (chain, seq, at, action, status, client_id, account_id, patients, content, hash, seal)
      select ${chain}::int4, seq, at, action, status, client_id, account_id, patients::text[], content, hash, seal
      from unnest(${int8Array(rows.map((row) => row.seq))}::int8[], ${int8Array(rows.map((row) => row.at))}::int8[],
        ${textArray(rows.map((row) => row.action))}::text[], ${int4Array(rows.map((row) => row.status))}::int4[],
        ${textArray(rows.map((row) => row.clientId))}::text[], ${textArray(rows.map((row) => row.accountId))}::text[],
        ${textArray(rows.map((row) => row.patients && arrayLiteral(row.patients)))}::text[],
        ${textArray(rows.map((row) => row.content))}::text[], ${rows.map((row) => row.hash)}::bytea[],
        ${rows.map((row) => row.seal)}::bytea[])
        as t (seq, at, action, status, client_id, account_id, patients, content, hash, seal)`,
    `${site.schema}_audit`,
  );
}

function chainOf({ number, chain_id, node, started_at, seal }: ChainColumns): AuditChain {
  return { number, chainId: chain_id, node, startedAt: Number(started_at), seal };
}
