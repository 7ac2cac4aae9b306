import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { testDatabase } from '../../../testing/database.ts';
import { content, permitted } from '../../../testing/permits.ts';
import type { Connection } from '../database/database.ts';
import { typeKey } from '../index/type-key.ts';
import { resourceStore } from '../resource-store.ts';
import { coalescedReads } from './coalesced-reads.ts';

const { database, site, drop } = await testDatabase();
after(drop);

const ids = Array.from({ length: 20 }, (_, i) => `p${i}`);

test('what is read while two statements are under way goes together in the next one', async () => {
  const patient = (id: string) => content({ resourceType: 'Patient', id });
  await resourceStore(database, site).write(
    ids.map((id) => {
      return { kind: 'create', id, permitted: permitted({ code: 'create', type: 'Patient', content: patient(id) }) };
    }),
  );
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  let statements = 0;
  const slow: Connection = {
    query: async (statement, name) => {
      statements += 1;
      await answered;
      return database.reads.query(statement, name);
    },
  };
  const read = coalescedReads(site, slow);
  const reads: ReturnType<typeof read>[] = [];
  for (const id of [...ids, 'nobody']) {
    reads.push(read({ tk: typeKey('Patient'), id }));
    await turn();
    await turn();
  }
  assert.equal(statements, 2);
  answer();
  const found = await Promise.all(reads);
  assert.equal(statements, 3);
  assert.deepEqual(
    found.map((row) => row?.id),
    [...ids, undefined],
  );
});
