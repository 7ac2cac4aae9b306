import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { raw, sql } from '../store/postgres/database/sql.ts';
import { type Json, newKeyPair, signAssertion, soleGate } from '../testing/gate.ts';

const { test: database, node, close } = await soleGate({ config: { registrations: { perMinute: 1e6, burst: 1e6 } } });
after(close);

const audit = '/apis/default/admin/audit';
const key = newKeyPair();

const list = async (query: string): Promise<readonly Json[]> => {
  const answer = await node.get(`${audit}?format=compact&${query}`, node.adminToken);
  assert.equal(answer.status, 200, JSON.stringify(answer.json));
  return answer.json.events;
};

test('what a client and its administrator do is in the audit, each under the other’s name', async () => {
  const client = await node.approvedClient([key]);
  const id = client.client_id;
  const token = await node.requestToken(signAssertion(id, key));
  assert.equal(token.status, 200);
  const refused = await node.requestToken(signAssertion(id, key, { claims: { aud: 'elsewhere' } }));
  await node.postForm('/oauth2/default/revoke', {
    token: token.json.access_token,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signAssertion(id, key),
  });
  await node.postJson(`/apis/default/admin/clients/${id}/suspend`, { reason: 'too curious' }, node.adminToken);
  const events = (await list(`client=${id}`)).toReversed();
  assert.deepEqual(
    events.map(({ action }) => action),
    ['client-registered', 'client-decided', 'token-granted', 'refused', 'token-revoked', 'client-decided'],
  );
  assert.deepEqual(events[2]?.details, {
    address: '127.0.0.1',
    grantType: 'client_credentials',
    scope: 'system/Patient.rs',
  });
  assert.equal(events[3]?.details.ticket, refused.json.ticket);
  assert.equal(events[3]?.status, refused.status);
  assert.match(events[5]?.details.administrator, /^token:test /);
  assert.equal(events[5]?.details.reason, 'too curious');
});

test('attack 43: no token, assertion or secret of the gate is in an audit row', async () => {
  const { json: client } = await node.register({
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'system/*.rs',
  });
  const assertion = signAssertion(client.client_id, key);
  await node.requestToken(assertion);
  await node.get(audit, client.client_secret);
  await node.get(`${audit}?patient=${client.client_secret}`, node.adminToken);
  await node.get(`${audit}?patient=${'a1'.repeat(22)}`, node.adminToken);
  await node.postForm('/oauth2/default/token', { grant_type: client.client_secret });
  await node.gate.audit.flush('default');
  const rows = await database.database.reads.query(sql`select * from ${raw(`"${database.site.schema}".audit_event`)}`);
  const text = JSON.stringify(rows);
  for (const secret of [
    client.client_secret,
    client.registration_access_token,
    assertion.slice(-40),
    node.adminToken,
  ]) {
    assert.ok(!text.includes(secret));
  }
});

test('settings, tokens and reading the audit are acts of an administrator', async () => {
  const from = new Date().toISOString();
  await node.app.inject({
    method: 'PATCH',
    url: '/apis/default/admin/settings',
    headers: { authorization: `Bearer ${node.adminToken}`, 'content-type': 'application/json' },
    payload: '{"audit_reads":"before-answer","code_lifetime":30}',
  });
  await node.postJson('/apis/default/admin/tokens', { scope: 'system/Patient.rs' }, node.adminToken);
  await list('patient=p1');
  const events = (await list(`from=${from}`)).toReversed();
  assert.deepEqual(
    events.map(({ action, patients }) => [action, patients]),
    [
      ['settings-changed', []],
      ['admin-token-issued', []],
      ['audit-read', ['p1']],
    ],
  );
  assert.deepEqual(events[0]?.details.names.toSorted(), ['audit_reads', 'code_lifetime']);
});

test('the audit is for administrators alone, and a stranger at its door is written down', async () => {
  const from = new Date().toISOString();
  for (const path of [audit, `${audit}/verify`]) {
    assert.equal((await node.get(path)).status, 401);
    assert.equal((await node.get(path, 'x'.repeat(43))).status, 401);
  }
  const events = await list(`from=${from}&outcome=refusal&action=refused`);
  assert.equal(events.length, 4);
  assert.ok(events.every(({ details }) => details.endpoint === 'admin'));
});

test('lists are narrowed by patient, account, time, outcome and action', async () => {
  const write = (clientId: string, accountId: string, patient: string, status: number, interaction: string) =>
    node.gate.audit.record('default', {
      interaction,
      what: 'Observation',
      status,
      clientId,
      accountId,
      patients: [patient],
    });
  await write('c1', 'a1', 'x', 200, 'search-type');
  await write('c1', 'a2', 'y', 404, 'read');
  await write('c2', 'a1', 'x', 503, 'update');
  const found = async (query: string) =>
    (await list(`${query}&action=search-type,read,update`)).map(
      ({ client_id, account_id }) => `${client_id} ${account_id}`,
    );
  assert.deepEqual(await found('patient=x'), ['c2 a1', 'c1 a1']);
  assert.deepEqual(await found('account=a2'), ['c1 a2']);
  assert.deepEqual(await found('client=c1&outcome=success'), ['c1 a1']);
  assert.deepEqual(await found('outcome=refusal&client=c1'), ['c1 a2']);
  assert.deepEqual(await found('outcome=error'), ['c2 a1']);
  assert.deepEqual(await found('to=2020-01-01'), []);
  for (const query of [
    'patient=a/b',
    'from=yesterday',
    'outcome=none',
    'count=0',
    'count=501',
    'cursor=x',
    'sort=at',
    "action=a'b",
  ]) {
    assert.equal((await node.get(`${audit}?${query}`, node.adminToken)).status, 400, query);
  }
});

test('pages go on from one another, as rows and as a Bundle of AuditEvent, without a gap', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 7; i++) {
    await node.gate.audit.record('default', {
      interaction: 'read',
      what: `Patient/page-${i}`,
      status: 200,
      patients: ['pages'],
    });
  }
  let cursor = '';
  do {
    const { json } = await node.get(
      `${audit}?format=compact&patient=pages&action=read&count=3${cursor && `&cursor=${cursor}`}`,
      node.adminToken,
    );
    ids.push(...json.events.map(({ details }: Json) => details.what));
    cursor = json.next ?? '';
  } while (cursor !== '');
  assert.deepEqual(
    ids,
    [6, 5, 4, 3, 2, 1, 0].map((i) => `Patient/page-${i}`),
  );
  const first = await node.get(`${audit}?patient=pages&action=read&count=4`, node.adminToken);
  assert.deepEqual([first.json.resourceType, first.json.entry.length], ['Bundle', 4]);
  assert.equal(first.json.entry[0].resource.resourceType, 'AuditEvent');
  const next = new URL(first.json.link.find(({ relation }: Json) => relation === 'next').url);
  const second = await node.get(`${next.pathname}${next.search}`, node.adminToken);
  assert.equal(second.json.entry.length, 3);
});

test('attack 76: verify names the first break, and heads from elsewhere are compared', async () => {
  const { json: intact } = await node.get(`${audit}/verify`, node.adminToken);
  assert.deepEqual([intact.intact, intact.first_break], [true, null]);
  const [head] = intact.heads;
  const ask = async (heads: readonly object[]) =>
    (await node.postJson(`${audit}/verify`, { heads }, node.adminToken)).json;
  assert.equal((await ask([head])).intact, true);
  assert.match((await ask([{ ...head, hash: '0'.repeat(64) }])).first_break.what, /another hash|differ/);
  assert.match((await ask([{ ...head, seq: 1_000_000 }])).first_break.what, /taken away at the end/);
  const events = raw(`"${database.site.schema}".audit_event`);
  await database.database.transaction(async (connection) => {
    await connection.query(sql`set local session_replication_role = replica`);
    await connection.query(sql`update ${events} set client_id = 'nobody' where seq = 2`);
  });
  const { json: broken } = await node.get(`${audit}/verify`, node.adminToken);
  assert.deepEqual([broken.intact, broken.first_break.chain, broken.first_break.seq], [false, 1, 2]);
});
