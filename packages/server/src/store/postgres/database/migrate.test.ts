import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testDatabase } from '../../../testing/database.ts';
import { type Database, openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { openSite } from './open-site.ts';
import { sql } from './sql.ts';

const { address, drop } = await testDatabase();
const nodes = Array.from({ length: 4 }, () => openDatabase(address));
const [one] = nodes as [Database];
const files = await mkdtemp(join(tmpdir(), 'chartgate-migrations-'));
await cp(join(import.meta.dirname, '../migrations'), files, { recursive: true });
after(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await rm(files, { recursive: true });
  await drop();
});

const empty = async () => {
  await one.writes.query(sql`drop schema if exists site_default cascade`);
  await one.writes.query(sql`drop schema if exists chartgate cascade`);
};

test('four nodes that start at once on an empty database make one schema and one site', async () => {
  for (let round = 0; round < 3; round++) {
    await empty();
    await Promise.all(nodes.map((node) => migrate(node)));
    const sites = await Promise.all(nodes.map((node) => openSite(node, 'default')));
    assert.equal(new Set(sites.map((site) => site?.hashKey)).size, 1);
    assert.equal(Buffer.from(sites[0]?.hashKey ?? '', 'base64url').length, 32);
  }
});

test('a second run changes nothing', async () => {
  const before = await one.writes.query(sql`select * from chartgate.migration order by 1, 2`);
  await migrate(one);
  assert.deepEqual(await one.writes.query(sql`select * from chartgate.migration order by 1, 2`), before);
});

test('a new migration is applied to every site that is there', async () => {
  await writeFile(join(files, 'site/0999_more.sql'), 'create table more (n int);\ninsert into more values (1);\n');
  await migrate(one, files);
  assert.deepEqual(await one.writes.query(sql`select n from site_default.more`), [{ n: 1 }]);
});

test('a database that a later version migrated is refused', async () => {
  await assert.rejects(migrate(one), /0999_more\.sql, which this version of Chartgate does not know/);
});

test('a migration whose text was changed is refused, and nothing is applied', async () => {
  await writeFile(join(files, 'site/0999_more.sql'), 'create table more (n int8);\n');
  await writeFile(join(files, 'control/0999_other.sql'), 'create table other (n int);\n');
  await assert.rejects(migrate(one, files), /0999_more\.sql was changed after it was applied/);
  assert.deepEqual(await one.writes.query(sql`select to_regclass('chartgate.other') as other`), [{ other: null }]);
});

test('a migration that fails leaves nothing behind', async () => {
  await empty();
  await writeFile(join(files, 'site/0999_more.sql'), 'create table half (n int);\nselect 1 / 0;\n');
  await assert.rejects(migrate(one, files), /division by zero/);
  assert.deepEqual(await one.writes.query(sql`select to_regclass('chartgate.site') as site`), [{ site: null }]);
});

test('an unknown site is not there', async () => {
  await migrate(one);
  assert.equal(await openSite(one, 'elsewhere'), undefined);
});
