import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CanonicalResource, type CanonicalSource, FhirError, parseSearch } from '@chartgate/fhir';
import { table } from '../store/postgres/database/site.ts';
import { sql } from '../store/postgres/database/sql.ts';
import { parameterStore } from '../store/postgres/parameters/parameter-store.ts';
import { resourceStore } from '../store/postgres/resource-store.ts';
import { type TestDatabase, testDatabase } from '../testing/database.ts';
import { content, permitted } from '../testing/permits.ts';
import { startIndexing } from './indexing.ts';

const extension = 'http://clinic.example/StructureDefinition/ward';

const ward: CanonicalResource = {
  resourceType: 'SearchParameter',
  url: 'http://clinic.example/SearchParameter/ward',
  status: 'active',
  code: 'ward',
  type: 'string',
  base: ['Patient'],
  expression: `Patient.extension.where(url = '${extension}').value`,
};

function source(...resources: CanonicalResource[]): CanonicalSource {
  return {
    find: (type, canonical) => resources.find((one) => one.resourceType === type && one.url === canonical),
    list: (type) => resources.filter((one) => one.resourceType === type).map(({ url }) => url),
  };
}

const patient = (id: string, value: string) => ({
  resourceType: 'Patient',
  id,
  extension: [{ url: extension, valueString: value }],
});

const opened: TestDatabase[] = [];
after(async () => {
  for (const test of opened) await test.drop();
});

let chart: Awaited<ReturnType<typeof open>>;
beforeEach(async () => {
  chart = await open();
});

async function open() {
  const test = await testDatabase();
  opened.push(test);
  const { database, site, address } = test;
  const store = resourceStore(database, site);
  const parameters = parameterStore(database, address, site);
  const errors: unknown[] = [];
  return {
    ...test,
    parameters,
    errors,
    start: () => startIndexing(parameters, site.conformance, { error: (cause) => errors.push(cause) }),
    put: (resource: ReturnType<typeof patient>) =>
      store.write([
        {
          kind: 'create',
          id: resource.id,
          permitted: permitted({ code: 'create', type: 'Patient', content: content(resource) }),
        },
      ]),
    find: async (text: string) => {
      const { query } = parseSearch('Patient', new URLSearchParams(text), { parameters: site.conformance.parameters });
      const page = await store.search(permitted({ code: 'search-type', type: 'Patient', query }));
      return page.matches.map(({ id }) => id).sort();
    },
  };
}

/** Waits for what happens in the background. */
async function eventually<T>(look: () => Promise<T>, expected: T): Promise<void> {
  for (let n = 0; n < 200; n++) {
    const seen = await look().catch((error) => {
      if (error instanceof FhirError) return undefined;
      throw error;
    });
    try {
      assert.deepEqual(seen, expected);
      return;
    } catch {
      await sleep(50);
    }
  }
  assert.deepEqual(await look(), expected);
}

test('a new parameter finds what was stored before, without a restart', async () => {
  const rows = Array.from({ length: 450 }, (_, n) => patient(`p${n}`, n % 150 === 0 ? 'North' : 'South'));
  for (const row of rows) await chart.put(row);
  const indexing = await chart.start();
  after(() => indexing.close());
  await assert.rejects(chart.find('ward=north'), /no such parameter/);

  chart.site.conformance.canonicals = source(ward);
  indexing.canonicalsChanged();
  await assert.rejects(chart.find('ward=north'), /no such parameter|still being indexed/);
  await chart.put(patient('new', 'North'));
  await eventually(() => chart.find('ward=north'), ['new', 'p0', 'p150', 'p300']);
  assert.deepEqual(await chart.parameters.progress(), []);
  assert.equal((await chart.find('ward:missing=true')).length, 0);

  chart.site.conformance.canonicals = source();
  indexing.canonicalsChanged();
  await eventually(async () => chart.site.conformance.parameters.find('Patient', 'ward'), undefined);
  assert.deepEqual(chart.errors, []);
});

test('while it is being indexed a search by it says so', async () => {
  await chart.put(patient('a', 'North'));
  await chart.parameters.replace([
    { code: 'ward', type: 'string', resourceType: 'Patient', expression: 'Patient.name', target: [], url: 'u' },
  ]);
  const [parameter] = await chart.parameters.list();
  assert.equal(parameter?.isIndexing, true);
  assert.deepEqual(await chart.parameters.progress(), [{ type: 'Patient', done: 0, total: 1 }]);
  assert.equal(await chart.parameters.claim(), undefined, 'too young: other nodes may not have heard of it');
});

test('what a dead node left is taken up by another, and gone on with', async () => {
  for (let n = 0; n < 250; n++) await chart.put(patient(`p${n}`, 'North'));
  await chart.parameters.replace([
    {
      code: 'ward',
      type: 'string',
      resourceType: 'Patient',
      expression: ward.expression as string,
      target: [],
      url: ward.url,
    },
  ]);
  await age();
  const dead = await chart.parameters.claim();
  assert.ok(dead);
  assert.equal(await chart.parameters.indexSome(dead), 'more');
  assert.equal(await chart.parameters.claim(), undefined, 'it is held');
  await chart.database.writes.query(sql`update ${table(chart.site, 'reindex')} set leased_until = 0`);
  const next = await chart.parameters.claim();
  assert.ok(next);
  assert.equal((await chart.parameters.progress())[0]?.done, 200);
  assert.equal(await chart.parameters.indexSome(next), 'more');
  assert.equal(await chart.parameters.indexSome(next), 'finished');
  assert.equal(await chart.parameters.indexSome(dead), 'lost');
  assert.equal((await chart.parameters.list())[0]?.isIndexing, undefined);
});

async function age(): Promise<void> {
  await chart.database.writes.query(sql`update ${table(chart.site, 'reindex')} set since = since - 60000`);
  await chart.database.writes.query(sql`update ${table(chart.site, 'search_parameter')} set since = since - 60000`);
}

test('rows that an earlier version indexed are indexed anew', async () => {
  await chart.put(patient('a', 'North'));
  await chart.database.writes.query(sql`update ${table(chart.site, 'sx')} set terms = '{}'`);
  await chart.database.writes.query(sql`delete from ${table(chart.site, 'str')}`);
  await chart.database.writes.query(sql`update ${table(chart.site, 'index_state')} set version = 0`);
  const indexing = await chart.start();
  after(() => indexing.close());
  await eventually(() => chart.parameters.progress(), []);
  const [row] = await chart.database.writes.query<{ n: number }>(
    sql`select count(*)::int4 as n from ${table(chart.site, 'sx')} where terms <> '{}'`,
  );
  assert.equal(row?.n, 1);
});
