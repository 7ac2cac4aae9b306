import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { FhirError, parseScope } from '@chartgate/fhir';
import type { Interaction } from '../../access/interaction.ts';
import { isDenied, type Permitted, permit } from '../../access/permit.ts';
import { testDatabase } from '../../testing/database.ts';
import { content } from '../../testing/permits.ts';
import type { Write } from '../ports.ts';
import { resourceStore } from './resource-store.ts';

const { database, site, drop } = await testDatabase();
after(drop);
const store = resourceStore(database, site);

const type = 'Observation';
const categorySystem = 'http://terminology.hl7.org/CodeSystem/observation-category';
const laboratory = `system/Observation.cruds?category=${categorySystem}|laboratory`;

/** A permit under a scope as its text stands in a token request. */
function under<I extends Interaction>(scope: string, interaction: I): Permitted<I> {
  const { scopes } = parseScope(scope);
  assert.equal(scopes.length, scope.split(' ').length);
  const answer = permit({ site: 'default', clientId: 'test', scopes, expiresAt: Date.now() + 60_000 }, interaction);
  if (isDenied(answer)) throw new Error(`${scope} does not open ${interaction.code}`);
  return answer;
}

const observation = (category: string, identifier = 'a') =>
  content({
    resourceType: type,
    identifier: [{ system: 'http://lab.example/order', value: identifier }],
    status: 'final',
    category: [{ coding: [{ system: categorySystem, code: category }] }],
    code: { text: 'x' },
    effectiveDateTime: '2026-02-03',
    issued: '2026-02-04T10:00:00Z',
    valueQuantity: { value: 5.4, unit: 'mmol/L' },
  });

function create(scope: string, id: string, category: string): Write {
  return { kind: 'create', id, permitted: under(scope, { code: 'create', type, content: observation(category) }) };
}

function update(
  scope: string,
  id: string,
  category: string,
  options: { createScope?: string; ifMatch?: string } = {},
): Write {
  const { createScope, ifMatch } = options;
  const body = observation(category);
  return {
    kind: 'update',
    permitted: under(scope, { code: 'update', type, id, content: body, ...(ifMatch ? { ifMatch: [ifMatch] } : {}) }),
    ...(createScope ? { createPermitted: under(createScope, { code: 'create', type, content: body }) } : {}),
  };
}

const remove = (scope: string, id: string): Write => ({
  kind: 'delete',
  permitted: under(scope, { code: 'delete', type, id }),
});
const read = (scope: string, id: string) => store.read(under(scope, { code: 'read', type, id }));
const vread = (scope: string, id: string, versionId: string) =>
  store.vread(under(scope, { code: 'vread', type, id, versionId }));
const history = (scope: string, id: string) =>
  store.history(under(scope, { code: 'history-instance', type, id, count: 10 }));
const refused = (status: number) => (error: unknown) => error instanceof FhirError && error.status === status;
const all = 'system/*.cruds';

async function given(category: string): Promise<string> {
  const id = randomUUID();
  await store.write([create(all, id, category)]);
  return id;
}

test('a granular scope reads what meets it; the rest is as absent as what never was', async () => {
  const [inside, outside] = [await given('laboratory'), await given('vital-signs')];
  assert.equal((await read(laboratory, inside))?.version, 1);
  assert.equal((await vread(laboratory, inside, '1'))?.version, 1);
  const seen = await history(laboratory, inside);
  assert.equal(seen?.versions.length, 1);
  assert.equal(seen?.total, undefined, 'how many lie outside is not told');
  assert.equal(await read(laboratory, outside), undefined);
  assert.equal(await vread(laboratory, outside, '1'), undefined);
  assert.equal(await history(laboratory, outside), undefined);
});

test('scopes are OR-ed', async () => {
  const id = await given('vital-signs');
  const both = `${laboratory} system/Observation.r?category=${categorySystem}|vital-signs`;
  assert.equal((await read(both, id))?.version, 1);
});

for (const [what, filter] of [
  ['a token kept in order alone', 'identifier=http://lab.example/order|a'],
  ['a date beside the clinical one', '_lastUpdated=gt2020-01-01'],
  ['a date', 'date=2026-02-03'],
  ['a quantity', 'value-quantity=5.4'],
] as const) {
  test(`a scope with ${what} reads what meets it`, async () => {
    const id = await given('laboratory');
    assert.equal((await read(`system/Observation.r?${filter}`, id))?.version, 1);
  });
}

test('a create is refused when its content is outside of the scope', async () => {
  const [inside, outside] = [randomUUID(), randomUUID()];
  await assert.rejects(
    store.write([create(laboratory, inside, 'laboratory'), create(laboratory, outside, 'vital-signs')]),
    refused(403),
  );
  await store.write([create(laboratory, inside, 'laboratory')]);
  assert.equal(await read(all, outside), undefined);
});

test('an update can neither reach a resource outside of the scope nor move one out of it', async () => {
  const [inside, outside] = [await given('laboratory'), await given('vital-signs')];
  await assert.rejects(store.write([update(laboratory, outside, 'laboratory')]), refused(404));
  await assert.rejects(store.write([update(laboratory, outside, 'laboratory', { createScope: all })]), refused(404));
  await assert.rejects(store.write([update(laboratory, outside, 'laboratory', { ifMatch: '1' })]), refused(412));
  await assert.rejects(store.write([update(laboratory, inside, 'vital-signs')]), refused(403));
  await store.write([update(laboratory, inside, 'laboratory')]);
  assert.equal((await read(all, inside))?.version, 2);
  assert.equal((await read(all, outside))?.version, 1);
});

test('an update that creates needs the content to be open to both of its scopes', async () => {
  const id = randomUUID();
  await assert.rejects(store.write([update(all, id, 'vital-signs', { createScope: laboratory })]), refused(403));
  await assert.rejects(store.write([update(laboratory, id, 'vital-signs', { createScope: all })]), refused(403));
  await store.write([update(all, id, 'laboratory', { createScope: laboratory })]);
});

test('a delete outside of the scope changes nothing and tells nothing', async () => {
  const [inside, outside] = [await given('laboratory'), await given('vital-signs')];
  const answers = await store.write([
    remove(laboratory, outside),
    remove(laboratory, randomUUID()),
    remove(laboratory, inside),
  ]);
  assert.deepEqual(
    answers.map(({ version }) => version),
    [0, 0, 2],
  );
  assert.equal((await read(all, outside))?.method, 'POST');
});

test('a deleted resource is still judged by what it was', async () => {
  const [inside, outside] = [await given('laboratory'), await given('vital-signs')];
  await store.write([remove(all, inside), remove(all, outside)]);
  assert.equal((await read(laboratory, inside))?.method, 'DELETE');
  assert.deepEqual(
    (await history(laboratory, inside))?.versions.map(({ version }) => version),
    [2, 1],
  );
  assert.equal(await read(laboratory, outside), undefined);
  assert.equal(await history(laboratory, outside), undefined);
  await assert.rejects(store.write([update(laboratory, inside, 'laboratory')]), refused(410));
  await assert.rejects(store.write([update(laboratory, outside, 'laboratory', { createScope: all })]), refused(404));
});

test('earlier versions that were outside of the scope are not shown with later ones', async () => {
  const id = await given('vital-signs');
  await store.write([update(all, id, 'laboratory')]);
  await store.write([update(all, id, 'laboratory')]);
  assert.deepEqual(
    (await history(laboratory, id))?.versions.map(({ version }) => version),
    [3, 2],
  );
  assert.equal(await vread(laboratory, id, '1'), undefined);
  assert.equal((await vread(laboratory, id, '2'))?.version, 2);
});

test('in a transaction the rule is the same', async () => {
  const [inside, outside] = [await given('laboratory'), await given('vital-signs')];
  await store.transaction(async (transaction) => {
    assert.equal(await transaction.read(under(laboratory, { code: 'read', type, id: outside })), undefined);
    await transaction.write([update(laboratory, inside, 'laboratory'), remove(laboratory, outside)]);
    await assert.rejects(transaction.write([update(laboratory, outside, 'laboratory')]), refused(404));
  });
  assert.equal((await read(all, inside))?.version, 2);
  assert.equal((await read(all, outside))?.version, 1);
});

test('writes under several rules at once are each judged by their own', async () => {
  const vitals = `system/Observation.u?category=${categorySystem}|vital-signs`;
  const ids = [await given('laboratory'), await given('vital-signs'), await given('survey')] as const;
  await store.write([
    update(laboratory, ids[0], 'laboratory'),
    update(vitals, ids[1], 'vital-signs'),
    update(all, ids[2], 'survey'),
  ]);
  await assert.rejects(
    store.write([update(all, ids[2], 'survey'), update(vitals, ids[0], 'vital-signs')]),
    refused(404),
  );
  assert.equal((await read(all, ids[2]))?.version, 2);
});
