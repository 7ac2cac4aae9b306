import { type Bundles, readBundles } from './bundles.ts';
import { type Loaded, loadAll } from './load.ts';
import type { Settings } from './measure.ts';
import { type PostgresLimit, postgresLimit } from './postgres-limit.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** A server with all bundles in it, and the same bodies in a plain table of its PostgreSQL. */
export type LoadedServer = {
  readonly server: ServerProcess;
  readonly bundles: Bundles;
  readonly loaded: Loaded;
  readonly limit: PostgresLimit;
};

export async function withLoadedServer<T>(settings: Settings, use: (loaded: LoadedServer) => Promise<T>): Promise<T> {
  const bundles = await readBundles(settings.bundles);
  const server = await startServer();
  try {
    settings.say(`loading ${bundles.from}`);
    const loaded = await loadAll(server, bundles);
    const limit = await postgresLimit(server.postgres);
    await limit.copy(
      bundles.patients.flatMap(({ entries }) => entries.map(({ resource }) => JSON.stringify(resource))),
    );
    const result = await use({ server, bundles, loaded, limit });
    await limit.close();
    return result;
  } finally {
    await server.stop();
  }
}
