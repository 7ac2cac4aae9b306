import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { r4Conformance } from '@chartgate/fhir';
import type { Update } from '../access/interaction.ts';
import type { PackageContent } from '../store/conformance-ports.ts';
import { conformanceStore } from '../store/postgres/conformance/conformance-store.ts';
import { resourceStore } from '../store/postgres/resource-store.ts';
import { testDatabase } from '../testing/database.ts';
import { content, permitted } from '../testing/permits.ts';
import { openConformance } from './site-conformance.ts';

const { database, site, address, drop } = await testDatabase();
after(drop);
const chart = resourceStore(database, site);
const url = 'http://a.example/ValueSet/v';

async function node() {
  const store = conformanceStore(database, site, address);
  const conformance = { ...r4Conformance };
  const opened = await openConformance({ store, conformance, failed: (error) => assert.fail(String(error)) });
  after(() => opened.close());
  return { store, conformance, ...opened };
}

/** What others wrote is heard of within a moment. */
async function soon(check: () => boolean): Promise<void> {
  for (let i = 0; i < 100 && !check(); i++) await sleep(20);
  assert.ok(check());
}

async function put(id: string, resource: Record<string, unknown>): Promise<void> {
  const written = content({ resourceType: 'ValueSet', status: 'active', id, ...resource });
  const update: Update = { code: 'update', type: 'ValueSet', id, content: written };
  const create = { code: 'create', type: 'ValueSet', content: written } as const;
  await chart.write([{ kind: 'update', permitted: permitted(update), createPermitted: permitted(create) }]);
}

function packaged(version: string, name: string): PackageContent {
  const resource = { resourceType: 'ValueSet', url, version, name };
  return {
    name: 'a.package',
    version,
    about: { fhirVersions: ['4.0.1'], dependencies: {} },
    digest: Buffer.from(name),
    canonicals: [{ type: 'ValueSet', url, version, packed: deflateRawSync(JSON.stringify(resource)) }],
  };
}

test("what is written to the chart's conformance resources is known on every node", async () => {
  await put('before', { url, version: '1.0.0', name: 'Before' });
  const [one, two] = [await node(), await node()];
  const nameOn = (of: typeof one) => of.conformance.canonicals.find('ValueSet', url)?.name;
  assert.equal(nameOn(one), 'Before');

  let told = 0;
  one.subscribe(() => told++);
  await put('newer', { url, version: '1.1.0', name: 'Newer', description: 'x'.repeat(10_000) });
  await soon(() => nameOn(one) === 'Newer' && nameOn(two) === 'Newer');
  assert.ok(told > 0, 'those who asked are told');
  await put('newer', { url, version: '0.9.0', name: 'Older' });
  await soon(() => nameOn(one) === 'Before');
  await chart.write([{ kind: 'delete', permitted: permitted({ code: 'delete', type: 'ValueSet', id: 'before' }) }]);
  await soon(() => nameOn(one) === 'Older' && nameOn(two) === 'Older');
  await chart.write([{ kind: 'delete', permitted: permitted({ code: 'delete', type: 'ValueSet', id: 'newer' }) }]);
  await soon(() => nameOn(two) === undefined);
});

test('what breaks the structure of R4, written while nothing was validated, is passed over', async () => {
  const { conformance } = await node();
  await put('broken', { url: 'http://a.example/broken', compose: { include: 'everything' } });
  await put('whole', { url: 'http://a.example/whole' });
  await soon(() => conformance.canonicals.find('ValueSet', 'http://a.example/whole') !== undefined);
  assert.equal(conformance.canonicals.find('ValueSet', 'http://a.example/broken'), undefined);
});

test('what is written to the chart takes the place of nothing that is built in', async () => {
  const store = conformanceStore(database, site, address);
  const conformance = { ...r4Conformance };
  const gender = { resourceType: 'ValueSet', url: 'http://hl7.org/fhir/ValueSet/administrative-gender', name: 'R4' };
  const builtin = {
    find: (_: string, canonical: string) => (canonical === gender.url ? gender : undefined),
    list: () => [],
  };
  const failed = (error: unknown) => assert.fail(String(error));
  const opened = await openConformance({ store, conformance, builtin, failed });
  after(() => opened.close());
  await put('gender', { url: gender.url, version: '99.0.0', name: 'Forged' });
  await put('own', { url: 'http://a.example/own', name: 'Own' });
  await soon(() => conformance.canonicals.find('ValueSet', 'http://a.example/own')?.name === 'Own');
  assert.equal(conformance.canonicals.find('ValueSet', gender.url)?.name, 'R4');
  assert.equal(conformance.canonicals.find('ValueSet', `${gender.url}|99.0.0`), undefined);
});

test('packages are kept side by side, and every node hears of a change', async () => {
  const [one, two] = [await node(), await node()];
  assert.equal(await one.store.packages.install(packaged('1.0.0', 'First'), false), 'installed');
  assert.equal(await one.store.packages.install(packaged('2.0.0', 'Second'), false), 'installed');
  await one.reloadPackages();
  const nameOn = (of: typeof one, version: string) => of.conformance.canonicals.find('ValueSet', url + version)?.name;
  assert.deepEqual([nameOn(one, ''), nameOn(one, '|1.0.0')], ['Second', 'First']);
  await soon(() => nameOn(two, '') === 'Second');

  assert.equal(await two.store.packages.install(packaged('2.0.0', 'Second'), false), 'unchanged');
  assert.equal(await two.store.packages.install(packaged('2.0.0', 'Other'), false), 'different');
  assert.equal(await two.store.packages.install(packaged('2.0.0', 'Other'), true), 'replaced');
  await soon(() => nameOn(one, '') === 'Other' && nameOn(two, '') === 'Other');
  assert.deepEqual(
    (await one.store.packages.list()).map(({ version, resources }) => [version, resources]),
    [
      ['1.0.0', 1],
      ['2.0.0', 1],
    ],
  );

  assert.equal(await one.store.packages.remove({ name: 'a.package', version: '2.0.0' }), true);
  assert.equal(await one.store.packages.remove({ name: 'a.package', version: '2.0.0' }), false);
  await soon(() => nameOn(two, '') === 'First');
});

test('the same package installed twice at once is there once', async () => {
  const { store } = await node();
  const made = await Promise.all([1, 2, 3].map(() => store.packages.install(packaged('3.0.0', 'Third'), false)));
  assert.deepEqual(made.sort(), ['installed', 'unchanged', 'unchanged']);
});
