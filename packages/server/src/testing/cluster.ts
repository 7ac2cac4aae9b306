import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedConnection, startEmbedded } from '../embedded/embedded.ts';
import { openDatabase } from '../store/postgres/database/database.ts';
import { migrate } from '../store/postgres/database/migrate.ts';
import { sql } from '../store/postgres/database/sql.ts';

/** Name of the migrated database that tests clone. */
export const template = 'chartgate_template';

/** The environment variable that names the cluster of a test run, as JSON of its connection. */
export const clusterVariable = 'CHARTGATE_TEST_CLUSTER';

export type TestCluster = { readonly connection: EmbeddedConnection; stop(): Promise<void> };

/** Starts a throw-away cluster in a temporary directory, with the migrated template in it. */
export async function startTestCluster(): Promise<TestCluster> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'chartgate-test-'));
  const server = await startEmbedded({ dataDirectory, fsync: false });
  const admin = openDatabase(server.connection);
  await admin.writes.query(sql`create database chartgate_template`);
  await admin.close();
  const made = openDatabase({ ...server.connection, database: template });
  await migrate(made);
  await made.close();
  return {
    connection: server.connection,
    stop: async () => {
      await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
  };
}
