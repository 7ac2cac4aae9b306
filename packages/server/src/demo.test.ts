import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { showcase } from '@chartgate/synth';
import { startIndexing } from './conformance/indexing.ts';
import { loadDemo } from './demo.ts';
import { parameterStore } from './store/postgres/parameters/parameter-store.ts';
import { resourceStore } from './store/postgres/resource-store.ts';
import { testDatabase } from './testing/database.ts';
import { permitted } from './testing/permits.ts';

const { database, site, address, drop } = await testDatabase();
const log = { error: (cause: unknown) => assert.fail(String(cause)) };
const indexing = await startIndexing(parameterStore(database, address, site), site.conformance, log);
after(async () => {
  await indexing.close();
  await drop();
});
const store = resourceStore(database, site);
const chart = { store, indexing, conformance: site.conformance, base: 'http://localhost/apis/default/fhir' };

async function stored(type: string, id: string): Promise<Record<string, unknown>> {
  const found = await store.read(permitted({ code: 'read', type, id }));
  assert.ok(found?.body, `${type}/${id}`);
  return JSON.parse(found.body);
}

test('the demo has fifty patients, loaded once', async () => {
  assert.equal(await loadDemo(chart), 50);
  assert.equal(await loadDemo(chart), 0);
});

test('what the showcase refers to is there, by id, and its files are read', async () => {
  const bundles = showcase({ seed: 'demo' });
  const [group] = bundles.at(-1)?.entry ?? [];
  const { member } = (await stored('Group', String(group?.resource.id))) as {
    member: { entity: { reference: string } }[];
  };
  assert.equal(member.length, 6);
  const texts: string[] = [];
  for (const { resource } of bundles.flatMap(({ entry }) => entry)) {
    const { meta, ...rest } = await stored(resource.resourceType, resource.id);
    assert.match(String((meta as { lastUpdated?: string }).lastUpdated), /^\d{4}-/);
    texts.push(JSON.stringify(rest));
  }
  const references = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/"(?:reference|url)":"([A-Z]\w+\/[^"]+)"/g)].map(([, name]) => name ?? ''),
    ),
  );
  assert.ok(references.size > 400);
  for (const reference of references) {
    const [type = '', id = ''] = reference.split('/');
    await stored(type, id);
  }
  assert.doesNotMatch(texts.join(), /"reference":"(urn:|\w+\?)/);
});
