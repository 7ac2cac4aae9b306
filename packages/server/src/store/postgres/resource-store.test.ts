import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { FhirError } from '@chartgate/fhir';
import { testDatabase } from '../../testing/database.ts';
import { content, permitted } from '../../testing/permits.ts';
import type { StoredVersion, Write } from '../ports.ts';
import { table } from './database/site.ts';
import { sql } from './database/sql.ts';
import { resourceStore } from './resource-store.ts';

const { database, site, drop } = await testDatabase();
after(drop);
const store = resourceStore(database, site);

const type = 'Patient';
const patient = (family: string) => content({ resourceType: type, name: [{ family }], birthDate: '1970-01-01' });

function create(id: string, family = 'Marsh'): Write {
  return { kind: 'create', id, permitted: permitted({ code: 'create', type, content: patient(family) }) };
}

function update(id: string, family: string, options: { ifMatch?: string; mayCreate?: boolean } = {}): Write {
  const { ifMatch, mayCreate } = options;
  return {
    kind: 'update',
    permitted: permitted({
      code: 'update',
      type,
      id,
      content: patient(family),
      ...(ifMatch ? { ifMatch: [ifMatch] } : {}),
    }),
    ...(mayCreate ? { createPermitted: permitted({ code: 'create', type, content: patient(family) }) } : {}),
  };
}

const remove = (id: string, ifMatch?: string): Write => ({
  kind: 'delete',
  permitted: permitted({ code: 'delete', type, id, ...(ifMatch ? { ifMatch: [ifMatch] } : {}) }),
});
const read = (id: string) => store.read(permitted({ code: 'read', type, id }));
const vread = (id: string, versionId: string) => store.vread(permitted({ code: 'vread', type, id, versionId }));
const history = (id: string, count = 100, before?: number) =>
  store.history(permitted({ code: 'history-instance', type, id, count, ...(before ? { before } : {}) }));
const family = (version: StoredVersion | undefined) => JSON.parse(version?.body ?? 'null')?.name[0].family;
const refused = (status: number) => (error: unknown) => error instanceof FhirError && error.status === status;
const created = async (): Promise<string> => {
  const id = randomUUID();
  await store.write([create(id)]);
  return id;
};

test('what is created is read as it was sent, with id and meta in it', async () => {
  const id = randomUUID();
  const [answer] = await store.write([create(id)]);
  const found = await read(id);
  assert.deepEqual(found, answer);
  assert.equal(found?.version, 1);
  assert.equal(found.method, 'POST');
  const { meta, ...rest } = JSON.parse(found.body);
  assert.deepEqual(meta, { versionId: '1', lastUpdated: new Date(found.lastUpdated).toISOString() });
  assert.deepEqual(rest, { resourceType: type, id, name: [{ family: 'Marsh' }], birthDate: '1970-01-01' });
  assert.equal(await read(randomUUID()), undefined);
});

test('reads asked for at once get each their own', async () => {
  const ids = Array.from({ length: 150 }, () => randomUUID());
  await store.write(ids.map((id, i) => create(id, `Family ${i}`)));
  const found = await Promise.all(['missing', ...ids, ...ids].map(read));
  assert.deepEqual(found.map(family), [
    undefined,
    ...ids.map((_, i) => `Family ${i}`),
    ...ids.map((_, i) => `Family ${i}`),
  ]);
});

test('a create under an id that is taken is refused with 409', async () => {
  const id = await created();
  await assert.rejects(store.write([create(randomUUID()), create(id)]), refused(409));
});

test('an update makes a new version and keeps the old one', async () => {
  const id = await created();
  const [second] = await store.write([update(id, 'Reed')]);
  assert.equal(second?.version, 2);
  assert.equal(second.method, 'PUT');
  assert.equal(family(await read(id)), 'Reed');
  assert.equal(family(await vread(id, '1')), 'Marsh');
  assert.equal(family(await vread(id, '2')), 'Reed');
  for (const unknown of ['3', '0', '01', 'x', '99999999999']) assert.equal(await vread(id, unknown), undefined);
});

test('versions of one resource are later and later, however fast they follow', async () => {
  const id = await created();
  for (let i = 0; i < 20; i++) await store.write([update(id, `Reed ${i}`)]);
  const times = (await history(id))?.versions.map((version) => version.lastUpdated) ?? [];
  assert.equal(times.length, 21);
  for (let i = 1; i < times.length; i++) assert.ok(Number(times[i - 1]) > Number(times[i]));
});

test('an update of an unknown id is 404, and creates where it may', async () => {
  const id = randomUUID();
  await assert.rejects(store.write([update(id, 'Reed')]), refused(404));
  const [first] = await store.write([update(id, 'Reed', { mayCreate: true })]);
  assert.deepEqual([first?.version, first?.method], [1, 'PUT']);
  assert.equal(family(await read(id)), 'Reed');
});

test('If-Match holds for the current version alone', async () => {
  const id = await created();
  await store.write([update(id, 'Reed', { ifMatch: '1' })]);
  await assert.rejects(store.write([update(id, 'Stone', { ifMatch: '1' })]), (error: unknown) => {
    assert.ok(refused(412)(error));
    assert.match(String(error), /version 1 .* current version is 2/);
    return true;
  });
  await assert.rejects(store.write([remove(id, '1')]), refused(412));
  await assert.rejects(store.write([update(randomUUID(), 'Stone', { ifMatch: '1', mayCreate: true })]), refused(412));
  assert.equal(family(await read(id)), 'Reed');
});

test('of 50 updates of one version at once exactly one wins', async () => {
  const id = await created();
  for (const version of ['1', '2', '3']) {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => store.write([update(id, `Reed ${i}`, { ifMatch: version })])),
    );
    assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 1);
    for (const outcome of outcomes) if (outcome.status === 'rejected') assert.ok(refused(412)(outcome.reason));
  }
  assert.equal((await history(id))?.total, 4);
});

test('of 50 unconditional updates at once none is lost', async () => {
  const id = await created();
  const written = await Promise.all(Array.from({ length: 50 }, (_, i) => store.write([update(id, `Reed ${i}`)])));
  const versions = (await history(id))?.versions ?? [];
  assert.deepEqual(
    versions.map((v) => v.version),
    Array.from({ length: 51 }, (_, i) => 51 - i),
  );
  for (const [answer] of written) {
    assert.deepEqual(
      versions.find((v) => v.version === answer?.version),
      answer,
    );
  }
});

test('20 requests that create the same id by PUT at once make versions of one resource', async () => {
  const id = randomUUID();
  await Promise.all(Array.from({ length: 20 }, (_, i) => store.write([update(id, `Reed ${i}`, { mayCreate: true })])));
  assert.equal((await history(id))?.total, 20);
});

test('a deleted resource is known as deleted, keeps its history, and comes back by an update that may create', async () => {
  const id = await created();
  const [deleted] = await store.write([remove(id)]);
  assert.deepEqual([deleted?.version, deleted?.method, deleted?.body], [2, 'DELETE', '']);
  assert.deepEqual(await read(id), deleted);
  assert.deepEqual(await vread(id, '2'), deleted);
  assert.equal(family(await vread(id, '1')), 'Marsh');
  assert.deepEqual(await store.write([remove(id)]), [deleted]);
  await assert.rejects(store.write([update(id, 'Reed')]), refused(410));
  const [back] = await store.write([update(id, 'Reed', { mayCreate: true })]);
  assert.equal(back?.version, 3);
  assert.deepEqual(
    (await history(id))?.versions.map((v) => v.method),
    ['PUT', 'DELETE', 'POST'],
  );
});

test('a delete of what is not there changes nothing', async () => {
  const id = randomUUID();
  const [answer] = await store.write([remove(id)]);
  assert.deepEqual([answer?.version, answer?.method], [0, 'DELETE']);
  assert.equal(await read(id), undefined);
});

test('the search rows follow create, update, delete and return', async () => {
  const id = randomUUID();
  const idh = site.terms.resource(type, id);
  const rows = async () => {
    const [sx] = await database.writes.query<{ tk: number; rid: string; patient: boolean }>(sql`
      select tk, rid, terms @> ${[site.terms.compartment(type, id)]}::int8[] as patient
      from ${table(site, 'sx')} where idh = ${idh}`);
    const str = await database.writes.query<{ val: string }>(
      sql`select distinct val from ${table(site, 'str')} where rid = ${sx?.rid} order by val`,
    );
    return { tk: sx?.tk, patient: sx?.patient, str: str.map(({ val }) => val) };
  };
  await store.write([create(id, 'Äbten')]);
  const { tk } = await rows();
  assert.deepEqual(await rows(), { tk, patient: true, str: ['abten'] });
  await store.write([update(id, 'Reed')]);
  assert.deepEqual(await rows(), { tk, patient: true, str: ['reed'] });
  await store.write([remove(id)]);
  assert.deepEqual(await rows(), { tk: -Number(tk), patient: true, str: [] });
  await store.write([update(id, 'Stone', { mayCreate: true })]);
  assert.deepEqual(await rows(), { tk, patient: true, str: ['stone'] });
});

test('history comes in pages, newest first', async () => {
  const id = await created();
  for (let i = 2; i <= 7; i++) await store.write([update(id, `Reed ${i}`)]);
  const pages: number[][] = [];
  let before: number | undefined;
  do {
    const page = await history(id, 3, before);
    assert.equal(page?.total, 7);
    pages.push(page.versions.map((v) => v.version));
    before = page.next;
  } while (before !== undefined);
  assert.deepEqual(pages, [[7, 6, 5], [4, 3, 2], [1]]);
  assert.deepEqual(await history(id, 0), { versions: [], total: 7 });
  assert.equal(await history(randomUUID()), undefined);
});

test('many writes are one: all kinds together, or nothing at all', async () => {
  const [changed, gone, fresh, put] = [await created(), await created(), randomUUID(), randomUUID()];
  const answers = await store.write([
    remove(gone),
    create(fresh),
    update(put, 'Reed', { mayCreate: true }),
    update(changed, 'Stone'),
  ]);
  assert.deepEqual(
    answers.map(({ id, version, method }) => [id, version, method]),
    [
      [gone, 2, 'DELETE'],
      [fresh, 1, 'POST'],
      [put, 1, 'PUT'],
      [changed, 2, 'PUT'],
    ],
  );
  const late = randomUUID();
  await assert.rejects(store.write([create(late), update(changed, 'Sand', { ifMatch: '1' })]), refused(412));
  await assert.rejects(store.write([update(changed, 'Sand'), create(late), create(fresh)]), refused(409));
  await assert.rejects(store.write([create(late), update(changed, 'Sand'), remove(changed)]), refused(400));
  assert.equal(await read(late), undefined);
  assert.equal((await history(changed))?.total, 2);
});

test('a transaction reads what it wrote, and an exception undoes all of it', async () => {
  const id = await created();
  const fresh = randomUUID();
  const work = store.transaction(async (transaction) => {
    await transaction.write([create(fresh), update(id, 'Reed')]);
    assert.equal(family(await transaction.read(permitted({ code: 'read', type, id }))), 'Reed');
    assert.equal(family(await read(id)), 'Marsh');
    throw new FhirError(400, []);
  });
  await assert.rejects(work, refused(400));
  assert.equal(await read(fresh), undefined);
  assert.equal((await history(id))?.total, 1);
});

test('more transactions at once than there are connections all come through', async () => {
  const ids = Array.from({ length: 40 }, () => randomUUID());
  // More new resources than a block has row ids: each needs another block while it holds its connection.
  const fresh = () => Array.from({ length: 60 }, () => create(randomUUID()));
  await Promise.all(ids.map((id) => store.transaction((transaction) => transaction.write([create(id), ...fresh()]))));
  assert.deepEqual(
    (await Promise.all(ids.map(read))).map((found) => found?.version),
    ids.map(() => 1),
  );
});

test('two transactions that change two resources the other way round both come through', async () => {
  const [a, b] = [await created(), await created()];
  const cross = (first: string, second: string) =>
    store.transaction(async (transaction) => {
      await transaction.write([update(first, 'Reed')]);
      await transaction.read(permitted({ code: 'read', type, id: second }));
      await transaction.write([update(second, 'Reed')]);
    });
  await Promise.all([cross(a, b), cross(b, a)]);
  assert.equal((await read(a))?.version, 3);
  assert.equal((await read(b))?.version, 3);
});

test('only one of many holds a guarded key at a time, and a rollback gives it free', async () => {
  let holders = 0;
  let most = 0;
  const hold = (fails: boolean) =>
    store.transaction(async (transaction) => {
      await transaction.guard(['Patient?identifier=1', 'Patient?identifier=2']);
      most = Math.max(most, ++holders);
      await transaction.read(permitted({ code: 'read', type, id: randomUUID() }));
      holders--;
      if (fails) throw new FhirError(400, []);
    });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => hold(i % 3 === 0)));
  assert.equal(most, 1);
  assert.equal(outcomes.filter((outcome) => outcome.status === 'fulfilled').length, 13);
});

test('what is no permit, or one for another type than its content, is not taken', async () => {
  const forged = { ...permitted({ code: 'read', type, id: 'x' }) };
  await assert.rejects(store.read(forged), TypeError);
  const other = content({ resourceType: 'Observation', status: 'final', code: { text: 'x' } });
  const mismatched = permitted({ code: 'update', type, id: await created(), content: other });
  await assert.rejects(store.write([{ kind: 'update', permitted: mismatched }]), TypeError);
  await assert.rejects(store.write([{ ...create(randomUUID()), permitted: forged } as unknown as Write]), TypeError);
});
