import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findBinaries } from './binaries.ts';
import { openCluster } from './cluster.ts';
import { lockDirectory } from './lock.ts';
import { serverOwner } from './owner.ts';
import { runServer } from './server.ts';

export type EmbeddedConnection = {
  /** Directory of the unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
};

export type Embedded = {
  readonly connection: EmbeddedConnection;
  /** Stops the server (its sessions end, what was committed is safe) and gives the data directory free. */
  stop(): Promise<void>;
};

export type EmbeddedOptions = {
  /** Chartgate's data directory; the database lies in `postgres/` in it. */
  readonly dataDirectory: string;
  /** Hears of what the server does: started, adopted, restarted. */
  readonly log?: (message: string) => void;
  /** False only for tests. */
  readonly fsync?: boolean;
};

/**
 * Starts the bundled PostgreSQL on a data directory, making the database on first use. A server that an earlier
 * Chartgate left running is taken over; one that dies is started again. Reached by a unix socket only, in a directory
 * that only its user may enter.
 * @throws Error when the directory is in use by another Chartgate, or the server cannot run here: the message says why
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const directory = resolve(options.dataDirectory);
  const owner = await serverOwner();
  // Root's directory is one that the server's user may pass through, but not look into.
  await mkdir(directory, { recursive: true, mode: owner ? 0o711 : 0o700 });
  const unlock = await lockDirectory(directory);
  try {
    const binaries = await findBinaries(owner);
    const cluster = await openCluster({ directory, owner, binaries, fsync: options.fsync ?? true });
    const server = await runServer(cluster, options.log ?? (() => {}));
    return {
      connection: server.connection,
      stop: async () => {
        await server.stop();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}
