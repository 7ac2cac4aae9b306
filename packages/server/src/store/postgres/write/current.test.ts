import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import type { AccessRule } from '../../../access/rule.ts';
import { testDatabase } from '../../../testing/database.ts';
import { content, permitted } from '../../../testing/permits.ts';
import { opens } from '../access/content-rule.ts';
import { factsOf } from '../index/content-facts.ts';
import { resourceStore } from '../resource-store.ts';
import { findCurrent } from './current.ts';

const { database, site, drop } = await testDatabase();
after(drop);
const store = resourceStore(database, site);

const compartment = (id: string): AccessRule => ({
  opens: [{ type: '*', letters: ['r', 'u', 'd'], compartment: { type: 'Patient', ids: [id] }, criteria: [] }],
});

test("a patient's compartment opens what lies in it, in SQL and in the exact check alike", async () => {
  const [mine, other] = [randomUUID(), randomUUID()];
  const resources = [
    { resourceType: 'Patient', id: mine },
    { resourceType: 'Patient', id: other },
    { resourceType: 'Observation', id: randomUUID(), subject: { reference: `Patient/${mine}` } },
    { resourceType: 'Observation', id: randomUUID(), subject: { reference: `Patient/${other}` } },
    { resourceType: 'Observation', id: randomUUID(), subject: { reference: `Group/${mine}` } },
    { resourceType: 'Practitioner', id: mine },
  ];
  await store.write(
    resources.map((resource) => {
      const { resourceType: type, id } = resource;
      return { kind: 'create', id, permitted: permitted({ code: 'create', type, content: content(resource) }) };
    }),
  );
  const rule = compartment(mine);
  const targets = resources.map(({ resourceType: type, id }) => ({ type, id, rule, letter: 'u' as const }));
  const expected = [true, false, true, false, false, false];
  const current = await findCurrent(database.writes, site, targets, false);
  assert.deepEqual(
    current.map((found) => found?.open),
    expected,
  );
  const locked = await database.transaction((connection) => findCurrent(connection, site, targets, true));
  assert.deepEqual(locked, current);
  const exact = resources.map((resource) =>
    opens(rule, 'u', { ...factsOf(site, resource, resource.id), lastUpdated: 0 }),
  );
  assert.deepEqual(exact, expected);
  assert.ok(!opens(rule, 'c', { ...factsOf(site, resources[0] as { resourceType: string }, mine), lastUpdated: 0 }));
});

test('what never was has no current state', async () => {
  const target = { type: 'Patient', id: randomUUID(), rule: compartment('x'), letter: 'd' as const };
  assert.deepEqual(await findCurrent(database.writes, site, [target], false), [undefined]);
});
