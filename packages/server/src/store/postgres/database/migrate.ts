import { hash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, Database } from './database.ts';
import { raw, sql } from './sql.ts';
import { codeOf } from './unavailable.ts';

/** `control/*.sql` for what all sites share, `site/*.sql` for each of them; applied in the order of their names. */
const bundled = join(import.meta.dirname, '../migrations');

type Migration = { readonly name: string; readonly text: string; readonly checksum: string };

/**
 * Brings the database up to this version's schema, in one transaction: the control tables, the site `default` where
 * there is none yet, and the tables of every site. Nodes that start together wait for the first of them.
 * @throws Error when a migration that was applied has another text now, or is not known to this version
 */
export async function migrate(database: Database, directory: string = bundled): Promise<void> {
  const files = {
    control: await migrations(join(directory, 'control')),
    site: await migrations(join(directory, 'site')),
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction((connection) => migrateAll(connection, files));
    } catch (error) {
      if (attempt === 10 || !isRace(error)) throw error;
      await sleep(50 * attempt);
    }
  }
}

async function migrateAll(connection: Connection, files: Record<'control' | 'site', Migration[]>): Promise<void> {
  const [server] = await connection.query<{ version: string }>(
    sql`select current_setting('server_version_num') as version`,
  );
  if (Number(server?.version) < 150_000) throw new Error('Chartgate needs PostgreSQL 15 or later.');
  await connection.query(sql`set local statement_timeout = 0`);
  await connection.query(sql`create schema if not exists chartgate`);
  await connection.query(sql`create table if not exists chartgate.migration (
    schema_name text, name text, checksum text not null, applied_at timestamptz not null default now(),
    primary key (schema_name, name))`);
  await connection.query(sql`lock table chartgate.migration in access exclusive mode`);
  await applyTo(connection, 'chartgate', files.control);
  await connection.query(sql`
    insert into chartgate.site (name, schema_name, hash_key)
    values ('default', 'site_default', ${randomBytes(32).toString('base64url')}) on conflict do nothing`);
  const sites = await connection.query<{ schema_name: string }>(sql`select schema_name from chartgate.site`);
  for (const site of sites) await applyTo(connection, site.schema_name, files.site);
}

async function applyTo(connection: Connection, schema: string, files: readonly Migration[]): Promise<void> {
  const applied = await connection.query<{ name: string; checksum: string }>(
    sql`select name, checksum from chartgate.migration where schema_name = ${schema}`,
  );
  const checksums = new Map(applied.map((row) => [row.name, row.checksum]));
  const unknown = applied.find((row) => !files.some((file) => file.name === row.name));
  if (unknown) {
    throw new Error(
      `The database has the migration ${schema}/${unknown.name}, which this version of Chartgate does not know: ` +
        'a later version made it. Run that version.',
    );
  }
  await connection.query(sql`create schema if not exists ${raw(`"${schema}"`)}`);
  await connection.query(sql`set local search_path to ${raw(`"${schema}"`)}`);
  for (const { name, text, checksum } of files) {
    const known = checksums.get(name);
    if (known === checksum) continue;
    if (known !== undefined) {
      throw new Error(
        `The migration ${name} was changed after it was applied to ${schema}. ` +
          'Put its text back as it was, and write the change as a new migration.',
      );
    }
    await connection.query({ text, values: [] });
    await connection.query(
      sql`insert into chartgate.migration (schema_name, name, checksum) values (${schema}, ${name}, ${checksum})`,
    );
  }
  await connection.query(sql`set local search_path to default`);
}

async function migrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(directory, name), 'utf8');
      return { name, text, checksum: hash('sha256', text.replaceAll('\r\n', '\n')) };
    }),
  );
}

/** Two nodes that make the schema or the table at once: `if not exists` does not wait, the loser gets one of these. */
function isRace(error: unknown): boolean {
  return ['23505', '42P06', '42P07', '42710', '40001', '40P01', 'XX000'].includes(codeOf(error));
}
