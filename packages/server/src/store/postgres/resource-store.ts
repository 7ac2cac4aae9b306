import { setTimeout as sleep } from 'node:timers/promises';
import { FhirError, issue } from '@chartgate/fhir';
import type { ResourceReader, ResourceStore, ResourceTransaction, StoredVersion, Write } from '../ports.ts';
import type { Connection, Database } from './database/database.ts';
import type { Site } from './database/site.ts';
import { codeOf } from './database/unavailable.ts';
import { RowIds } from './index/row-ids.ts';
import { coalescedReads, readKeys } from './read/coalesced-reads.ts';
import { history } from './read/history.ts';
import { hold } from './read/hold.ts';
import { type Reader, read, vread } from './read/read.ts';
import { versions } from './read/versions.ts';
import { everything } from './search/everything.ts';
import { lastOfEach } from './search/last-of-each.ts';
import { resolve } from './search/resolve.ts';
import { search } from './search/search.ts';
import { holdKeys } from './write/guard.ts';
import { relabel } from './write/relabel.ts';
import { StaleRead, type Writer, write } from './write/write.ts';

/** Times that a transaction is tried when others keep getting in its way. */
const attempts = 8;

/** The chart of one site in PostgreSQL. */
export function resourceStore(database: Database, site: Site): ResourceStore {
  const writer: Writer = { site, rowIds: new RowIds(database.reads, site) };
  const reader: Reader = {
    site,
    keyed: database.reads,
    ruled: database.searches,
    byKey: coalescedReads(site, database.reads),
  };
  const transaction = <T>(work: (transaction: ResourceTransaction) => Promise<T>) =>
    retrying(() => database.transaction((connection) => work(inTransaction(connection, writer))));

  return {
    ...readerOf(reader, database.searches),
    transaction,
    write: (writes) => writeAlone(writer, database, writes),
    relabel: (permitted) => retrying(() => database.transaction((connection) => relabel(connection, site, permitted))),
  };
}

function readerOf(reader: Reader, searches: Connection): ResourceReader {
  return {
    read: (permitted) => read(reader, permitted),
    vread: (permitted) => vread(reader, permitted),
    history: (permitted) => history(reader, permitted),
    versions: (permitted) => versions(reader, permitted),
    search: (permitted) => search(searches, reader.site, permitted),
    everything: (permitted) => everything(searches, reader.site, permitted),
    lastOfEach: (permitted) => lastOfEach(searches, reader.site, permitted),
    resolve: (permitted) => resolve(searches, reader.site, permitted),
  };
}

function inTransaction(connection: Connection, writer: Writer): ResourceTransaction {
  const { site } = writer;
  const reader: Reader = {
    site,
    keyed: connection,
    ruled: connection,
    byKey: async (key) => (await readKeys(site, connection, [key]))[0],
  };
  return {
    ...readerOf(reader, connection),
    write: (writes) => write(writer, connection, writes, true),
    guard: (keys) => holdKeys(connection, site, keys),
    hold: (permitted) => hold(reader, connection, permitted),
  };
}

/**
 * A write by itself is one statement behind one look, without a transaction around: half the round trips. Where others
 * keep changing the same resource it queues up for it, by locks.
 */
async function writeAlone(
  writer: Writer,
  database: Database,
  writes: readonly Write[],
): Promise<readonly StoredVersion[]> {
  try {
    return await write(writer, database.writes, writes, false);
  } catch (error) {
    if (!isCollision(error)) throw error;
  }
  return retrying(() => database.transaction((connection) => write(writer, connection, writes, true)));
}

/** Tries again what others got in the way of, ever later. @throws {FhirError} 409 when they keep doing so */
async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isCollision(error)) throw error;
      if (attempt === attempts) throw keptColliding(error);
    }
    await sleep(Math.random() * 10 * attempt);
  }
}

/** Serialization failure, deadlock, or a new resource whose id another one took first (23505). */
function isCollision(error: unknown): boolean {
  return error instanceof StaleRead || ['40001', '40P01', '23505'].includes(codeOf(error));
}

function keptColliding(cause: unknown): FhirError {
  const why =
    codeOf(cause) === '23505'
      ? 'A resource with an id that this request gives to a new one is there already.'
      : 'Other requests kept changing the same resources. Try again.';
  return new FhirError(409, [issue('conflict', why)], cause);
}
