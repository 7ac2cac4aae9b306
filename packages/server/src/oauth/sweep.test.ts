import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { newKeyPair, signAssertion, soleGate, testGate } from '../testing/gate.ts';
import { sweep } from './sweep.ts';

const { test: database, node, close } = await soleGate();
after(close);

async function count(table: string): Promise<number> {
  const [row] = await database.database.reads.query<{ n: number }>({
    text: `select count(*)::int4 as n from "${database.site.schema}".${table}`,
    values: [],
  });
  return row?.n ?? 0;
}

test('the clean-up deletes what is past, and keeps the newest tickets of each client', async () => {
  const key = newKeyPair();
  const client = await node.approvedClient([key]);
  const forgotten = { scope: 'system/Patient.rs', jwks: { keys: [key.publicJwk] } };
  const pending = (await node.register({ ...forgotten, token_endpoint_auth_method: 'private_key_jwt' })).json;
  for (let i = 0; i < 3; i++) await node.requestToken(signAssertion(client.client_id, key));
  for (let i = 0; i < 5; i++)
    await node.requestToken(signAssertion(client.client_id, key), { scope: 'system/Group.rs' });
  for (let i = 0; i < 4; i++) await node.requestToken(signAssertion('nobody', key));

  await sweep(node.gate);
  assert.deepEqual([await count('access_token'), await count('assertion'), await count('ticket')], [3, 3, 9]);

  const capped = await testGate(database, { config: { tickets: { days: 7, perClient: 2, withoutClient: 1 } } });
  await sweep(capped.gate);
  assert.equal(await count('ticket'), 3);
  await capped.close();

  let now = Date.now() + 391_000;
  const later = await testGate(database, { now: () => now });
  await sweep(later.gate);
  assert.deepEqual([await count('access_token'), await count('assertion'), await count('ticket')], [0, 0, 3]);
  now += 91 * 24 * 3600_000;
  await sweep(later.gate);
  assert.equal(await count('ticket'), 0);
  const { clients } = (await node.get('/apis/default/admin/clients', node.adminToken)).json;
  const ids = clients.map((c: { client_id: string }) => c.client_id);
  assert.ok(ids.includes(client.client_id) && !ids.includes(pending.client_id));
  await later.close();
});

test('where something else that is looked after fails, the log says so and the deleting goes on', async () => {
  await node.get('/oauth2/default/jwk');
  await node.requestToken(signAssertion('nobody', newKeyPair()));
  assert.equal(await count('ticket'), 1);
  const said: string[] = [];
  const stranger = await testGate(database, {
    sealingKey: randomBytes(32), // it cannot make the next signing key
    now: () => Date.now() + 100 * 24 * 3600_000,
    log: { error: (_cause, message) => void said.push(message) },
  });
  await sweep(stranger.gate);
  assert.deepEqual(said, ['the signing keys of default need care']);
  assert.equal(await count('ticket'), 0);
  await stranger.close();
});
