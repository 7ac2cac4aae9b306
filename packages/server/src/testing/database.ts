import { randomBytes } from 'node:crypto';
import type { EmbeddedConnection } from '../embedded/embedded.ts';
import { type Database, type DatabaseAddress, openDatabase } from '../store/postgres/database/database.ts';
import { openSite } from '../store/postgres/database/open-site.ts';
import type { Site } from '../store/postgres/database/site.ts';
import { raw, sql } from '../store/postgres/database/sql.ts';
import { clusterVariable, startTestCluster, type TestCluster, template } from './cluster.ts';

export type TestDatabase = {
  readonly database: Database;
  /** The site `default` of this database. */
  readonly site: Site;
  readonly address: DatabaseAddress;
  /** Closes and drops the database; call it in `after`. */
  drop(): Promise<void>;
};

/**
 * A database of the test's own, cloned from the migrated template: `const test = await testDatabase(); after(test.drop)`.
 * `npm test` runs one cluster for all files; a file that is run alone starts one of its own.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const cluster = await useCluster();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const admin = openDatabase(cluster.connection, { writers: 1 });
  await admin.writes.query(sql`create database ${raw(name)} template ${raw(template)}`);
  const address = { ...cluster.connection, database: name };
  const database = openDatabase(address);
  const site = await openSite(database, 'default');
  if (!site) throw new Error('The template database has no site');
  return {
    database,
    site,
    address,
    drop: async () => {
      await database.close();
      await admin.writes.query(sql`drop database if exists ${raw(name)} with (force)`);
      await admin.close();
      await cluster.release();
    },
  };
}

let own: Promise<TestCluster> | undefined;
let users = 0;

async function useCluster(): Promise<{ connection: EmbeddedConnection; release: () => Promise<void> }> {
  const shared = process.env[clusterVariable];
  if (shared) return { connection: JSON.parse(shared), release: async () => {} };
  own ??= startTestCluster();
  users++;
  const { connection, stop } = await own;
  return {
    connection,
    release: async () => {
      if (--users > 0) return;
      own = undefined;
      await stop();
    },
  };
}
