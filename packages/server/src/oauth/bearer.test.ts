import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from '../store/postgres/database/sql.ts';
import { newKeyPair, signAssertion, soleGate, testGate } from '../testing/gate.ts';
import { authenticateBearer } from './bearer.ts';
import type { Gate } from './gate.ts';
import { OAuthError } from './oauth-error.ts';

const { test: database, node, close } = await soleGate();
after(close);

const key = newKeyPair();
const client = await node.approvedClient([key], { token_endpoint_auth_method: 'client_secret_basic' });
const newToken = async (): Promise<string> =>
  (await node.requestToken(signAssertion(client.client_id, key))).json.access_token;

const isRefused = (error: string) => (thrown: unknown) => {
  assert.ok(thrown instanceof OAuthError);
  assert.equal(thrown.status, 401);
  assert.equal(thrown.error, error);
  assert.match(thrown.headers['www-authenticate'] ?? '', /^Bearer /);
  return true;
};
const bearer = (token: string, gate: Gate = node.gate, site = 'default') =>
  authenticateBearer(gate, `Bearer ${token}`, site);
const revoke = (token: string, secret = client.client_secret) =>
  node.postForm('/oauth2/default/revoke', { token, client_id: client.client_id, client_secret: secret });

test('a request without a token is told how to bring one', async () => {
  for (const header of [undefined, '', 'Basic abc', 'Bearer', 'Bearer a b']) {
    await assert.rejects(authenticateBearer(node.gate, header, 'default'), isRefused('invalid_request'));
  }
});

test('attack 35: what is no access token is refused: an id_token, a secret, an assertion, a guess', async () => {
  const assertion = signAssertion(client.client_id, key);
  for (const token of [
    assertion,
    client.client_secret,
    client.registration_access_token,
    node.adminToken,
    'x'.repeat(43),
  ]) {
    await assert.rejects(bearer(token), isRefused('invalid_token'));
  }
});

test('attack 57: a token of one site is nothing at another', async () => {
  const { database: db } = database;
  await db.writes.query(
    sql`insert into chartgate.site (name, schema_name, hash_key) values ('other', 'site_other', 'k')`,
  );
  const { migrate } = await import('../store/postgres/database/migrate.ts');
  await migrate(db);
  const token = await newToken();
  await bearer(token);
  await assert.rejects(bearer(token, node.gate, 'other'), isRefused('invalid_token'));
  await assert.rejects(bearer(token, node.gate, 'nowhere'), (error: OAuthError) => error.status === 404);
  const elsewhere = await node.postForm('/oauth2/other/introspect', {
    token,
    client_id: client.client_id,
    client_secret: client.client_secret,
  });
  assert.equal(elsewhere.status, 401, 'the client is unknown there');
});

test('attack 57: an assertion for one site is refused at another', async () => {
  const answer = await node.postForm('/oauth2/other/token', {
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signAssertion(client.client_id, key),
    scope: 'system/Patient.rs',
  });
  assert.equal(answer.status, 401);
});

test('an expired token is refused', async () => {
  let now = Date.now();
  const later = await testGate(database, { now: () => now });
  try {
    const token = await newToken();
    await bearer(token, later.gate);
    now += 301_000;
    await assert.rejects(bearer(token, later.gate), isRefused('invalid_token'));
  } finally {
    await later.close();
  }
});

async function diesWithinASecond(token: string, gate: Gate): Promise<void> {
  const begun = performance.now();
  const isAlive = () =>
    bearer(token, gate).then(
      () => true,
      () => false,
    );
  while (await isAlive()) {
    assert.ok(performance.now() - begun < 1000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('attack 37: a revoked token is refused at once here, and on another node within a second', async () => {
  const other = await testGate(database);
  try {
    const token = await newToken();
    await bearer(token);
    await bearer(token, other.gate);
    assert.equal((await revoke(token)).status, 200);
    await assert.rejects(bearer(token), isRefused('invalid_token'));
    await diesWithinASecond(token, other.gate);
  } finally {
    await other.close();
  }
});

test("attack 37: a suspended client's tokens are refused on another node within a second", async () => {
  const other = await testGate(database);
  try {
    const second = await node.approvedClient([key]);
    const token = (await node.requestToken(signAssertion(second.client_id, key))).json.access_token;
    await bearer(token, other.gate);
    await node.postJson(`/apis/default/admin/clients/${second.client_id}/suspend`, {}, node.adminToken);
    await diesWithinASecond(token, other.gate);
  } finally {
    await other.close();
  }
});

test('the database holds no token, secret or assertion, only hashes', async () => {
  const token = await newToken();
  const assertion = signAssertion(client.client_id, key);
  await node.requestToken(assertion);
  const secrets = [token, client.client_secret, client.registration_access_token, node.adminToken, assertion];
  const { schema } = database.site;
  for (const table of ['client', 'access_token', 'assertion', 'ticket', 'admin_token', 'signing_key']) {
    const rows = await database.database.reads.query<{ text: string }>({
      text: `select t::text as text from "${schema}".${table} t`,
      values: [],
    });
    const all = rows.map((row) => row.text).join('\n');
    for (const secret of secrets) assert.ok(!all.includes(secret), table);
  }
});

test('events are heard again after the connection that carries them broke', async () => {
  const other = await testGate(database);
  try {
    const token = await newToken();
    await database.database.writes.query(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'chartgate-events' and datname = current_database()`,
    );
    await database.database.writes.query(sql`select pg_notify('chartgate_gate', 'not ours')`);
    await bearer(token, other.gate);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const [row] = await database.database.reads.query<{ n: number }>(
      sql`select count(*)::int4 as n from pg_stat_activity where application_name = 'chartgate-events' and datname = current_database()`,
    );
    assert.equal(row?.n, 2);
    await database.database.writes.query(sql`select pg_notify('chartgate_gate', 'not ours')`);
    await revoke(token);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await assert.rejects(bearer(token, other.gate), isRefused('invalid_token'));
  } finally {
    await other.close();
  }
});
