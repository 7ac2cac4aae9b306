import type {
  Installation,
  InstalledPackage,
  PackageContent,
  PackageStore,
  PackedCanonical,
} from '../../conformance-ports.ts';
import type { Connection, Database } from '../database/database.ts';
import { type Site, table } from '../database/site.ts';
import { sql } from '../database/sql.ts';
import { announcePackages } from './events.ts';

/** Canonical resources that one statement inserts. */
const insertSize = 200;

type Row = {
  name: string;
  version: string;
  digest: Buffer;
  about: InstalledPackage['about'];
  installed_at: string;
  resources: number;
};

type CanonicalRow = { type: string; url: string; version: string | null; body: Buffer };

/** The packages of a site. */
export function packageStore(database: Database, site: Site): PackageStore {
  const [packages, canonicals] = [table(site, 'package'), table(site, 'package_canonical')];
  return {
    async list() {
      const rows = await database.searches.query<Row>(sql`
        select p.*, (select count(*)::int4 from ${canonicals} c where c.name = p.name and c.package_version = p.version)
          as resources
        from ${packages} p order by installed_at, name, version`);
      return rows.map(packageOf);
    },

    async canonicals({ name, version }) {
      const rows = await database.searches.query<CanonicalRow>(sql`
        select type, url, version, body from ${canonicals}
        where name = ${name} and package_version = ${version} order by n`);
      return rows.map(({ body, version: canonicalVersion, ...row }) => ({
        ...row,
        ...(canonicalVersion === null ? {} : { version: canonicalVersion }),
        packed: body,
      }));
    },

    install: (content, replace) => database.transaction((connection) => install(connection, site, content, replace)),

    async remove({ name, version }) {
      const rows = await database.writes.query(sql`
        with gone as (delete from ${packages} where name = ${name} and version = ${version} returning name)
        select ${announcePackages(site)} from gone`);
      return rows.length > 0;
    },
  };
}

async function install(
  connection: Connection,
  site: Site,
  content: PackageContent,
  replace: boolean,
): Promise<Installation> {
  const { name, version, about, digest, canonicals } = content;
  const packages = table(site, 'package');
  // Two who install the same at once wait here for each other.
  const inserted = await connection.query(sql`
    insert into ${packages} (name, version, digest, about, installed_at)
    values (${name}, ${version}, ${digest}, ${JSON.stringify(about)}, ${Date.now()})
    on conflict do nothing returning name`);
  if (inserted.length === 0) {
    const [there] = await connection.query<{ digest: Buffer }>(
      sql`select digest from ${packages} where name = ${name} and version = ${version} for update`,
    );
    if (there?.digest.equals(digest)) return 'unchanged';
    if (!replace) return 'different';
    await clear(connection, site, content);
  }
  for (let from = 0; from < canonicals.length; from += insertSize) {
    await insert(connection, site, content, from);
  }
  await connection.query(sql`select ${announcePackages(site)}`);
  return inserted.length === 0 ? 'replaced' : 'installed';
}

async function clear(connection: Connection, site: Site, { name, version, about, digest }: PackageContent) {
  await connection.query(sql`
    delete from ${table(site, 'package_canonical')} where name = ${name} and package_version = ${version}`);
  await connection.query(sql`
    update ${table(site, 'package')} set digest = ${digest}, about = ${JSON.stringify(about)}, installed_at = ${Date.now()}
    where name = ${name} and version = ${version}`);
}

async function insert(connection: Connection, site: Site, { name, version, canonicals }: PackageContent, from: number) {
  const some: readonly PackedCanonical[] = canonicals.slice(from, from + insertSize);
  await connection.query(sql`
    insert into ${table(site, 'package_canonical')} (name, package_version, n, type, url, version, body)
    select ${name}, ${version}, ${from}::int4 + i.n, i.type, i.url, i.version, i.body
    from unnest(${some.map((one) => one.type)}::text[], ${some.map((one) => one.url)}::text[],
      ${some.map((one) => one.version ?? null)}::text[], ${some.map((one) => Buffer.from(one.packed))}::bytea[])
      with ordinality as i(type, url, version, body, n)`);
}

function packageOf(row: Row): InstalledPackage {
  const { name, version, digest, about, resources } = row;
  return { name, version, digest, about, resources, installedAt: Number(row.installed_at) };
}
