import pg from 'pg';
import { pipelined } from './pipelined.ts';
import { repeatedStatements } from './repeated-statements.ts';
import type { Sql } from './sql.ts';
import { toUnavailable } from './unavailable.ts';

/** Where PostgreSQL is: a URL, or host (a directory for a unix socket), port, user and database. */
export type DatabaseAddress =
  | { readonly connectionString: string }
  | { readonly host: string; readonly port: number; readonly user: string; readonly database: string };

export type DatabaseOptions = {
  /** Connections for writes and transactions. Several, so that their commits are flushed to disk together. */
  readonly writers?: number;
  readonly searchers?: number;
  /** ms after which a statement is cancelled. */
  readonly statementTimeout?: number;
};

/** Runs statements. int8 comes as a decimal string, int4 and float8 as a number, arrays as arrays of these. */
export interface Connection {
  /**
   * @param name prepares the statement under this name: for a text that never varies
   * @throws {DatabaseUnavailable} when the server does not answer; PostgreSQL's own errors otherwise (`code`)
   */
  query<Row extends object>(statement: Statement, name?: string): Promise<Row[]>;
}

export type Statement = Sql | { readonly text: string; readonly values: readonly unknown[] };

export interface Database {
  /** For short selects by key: many share one connection without waiting for each other's answers. */
  readonly reads: Connection;
  /** For searches: each statement is planned for its own values. */
  readonly searches: Connection;
  /** For single statements that write: each commits by itself. */
  readonly writes: Connection;
  /** Commits when `work` ends well, rolls back when it throws. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Opens the pools; connections are made when first needed, and again after the server went away and came back.
 * @see https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-PLAN-CACHE-MODE
 */
export function openDatabase(address: DatabaseAddress, options: DatabaseOptions = {}): Database {
  const config: pg.ClientConfig = {
    ...address,
    application_name: 'chartgate',
    keepAlive: true,
    connectionTimeoutMillis: 5000,
    statement_timeout: options.statementTimeout ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
  };
  const writers = pool({ ...config, max: options.writers ?? 6 });
  const searchers = pool({
    ...config,
    max: options.searchers ?? 4,
    // A generic plan knows nothing of how many rows a term has: measured 25 times slower on a search by terms. And where
    // rows are looked up by their ids, which are all different, none is worth to be kept for the next look.
    options: '-c plan_cache_mode=force_custom_plan -c enable_memoize=off',
  });
  const reads = pipelined(config);
  return {
    reads,
    searches: connectionOf(searchers, repeatedStatements()),
    writes: connectionOf(writers),
    transaction: (work) => inTransaction(writers, work),
    close: async () => {
      await Promise.all([reads.close(), searchers.end(), writers.end()]);
    },
  };
}

function pool(config: pg.PoolConfig): pg.Pool {
  const made = new pg.Pool({ ...config, idleTimeoutMillis: 60_000 });
  made.on('error', () => {}); // an idle connection that broke is dropped by the pool; the next query makes another
  return made;
}

/** @param nameOf a name for the statement of a text that has none */
function connectionOf(queryable: pg.Pool | pg.PoolClient, nameOf?: (text: string) => string | undefined): Connection {
  return {
    query: async <Row extends object>(statement: Statement, name?: string) => {
      try {
        const query = prepared(statement, name);
        if (name === undefined) query.name = nameOf?.(query.text);
        const { rows } = await queryable.query<Row>(query);
        return rows;
      } catch (error) {
        throw toUnavailable(error);
      }
    },
  };
}

/** What the driver takes. */
export function prepared(statement: Statement, name?: string): pg.QueryConfig {
  const { text, values } = 'render' in statement ? statement.render() : statement;
  return { text, values: values as unknown[], ...(name === undefined ? {} : { name }) };
}

async function inTransaction<T>(writers: pg.Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const client = await writers.connect().catch((error) => {
    throw toUnavailable(error);
  });
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
  };
  client.on('error', onError);
  try {
    const connection = connectionOf(client);
    await connection.query({ text: 'begin', values: [] });
    const answer = await work(connection);
    await connection.query({ text: 'commit', values: [] });
    return answer;
  } catch (error) {
    await client.query('rollback').catch((failed: Error) => {
      broken = failed;
    });
    throw error;
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}
