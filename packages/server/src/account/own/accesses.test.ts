import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { soleGate } from '../../testing/gate.ts';
import { testUser } from '../../testing/user.ts';

const { node, close } = await soleGate();
after(close);

const path = '/apis/default/account/me/accesses';

/** An account that opens these records, and the session in which its owner is signed in. */
async function signedIn(userName: string, charts: readonly string[]) {
  const { account, session: token } = await testUser(node.gate, { userName, charts });
  return { account, token };
}

const ada = await signedIn('ada', ['ada', 'child']);
const app = (
  await node.register({ client_name: 'Heart diary', redirect_uris: ['https://app.example/cb'], scope: 'patient/*.rs' })
).json.client_id;

const read = { interaction: 'read', what: 'Observation/1', status: 200 } as const;
const { accountId } = ada.account;
const record = (event: Parameters<typeof node.gate.audit.record>[1]) => node.gate.audit.record('default', event);
await record({ ...read, clientId: app, accountId, fhirUser: 'Patient/ada', patients: ['ada'] });
await record({
  interaction: 'search-type',
  what: 'Condition',
  status: 200,
  clientId: 'b',
  patients: ['ada', 'stranger'],
});
await record({ ...read, clientId: 'ehr', fhirUser: 'Practitioner/7', patients: ['child'] });
await record({ ...read, status: 404, clientId: 'ehr', patients: ['ada'] });
await record({ ...read, clientId: 'ehr', patients: ['stranger'] });
await record({
  ...read,
  clientId: 'ehr',
  fhirUser: 'Practitioner/8',
  patients: ['ada'],
  emergency: { patient: 'ada', reason: 'unconscious at the door' },
});

test('a patient sees which app saw the record, who, when, and what in words', async () => {
  const { status, json } = await node.get(path, ada.token);
  assert.equal(status, 200);
  assert.deepEqual(
    json.accesses.map(({ time: _, ...access }: { time: string }) => access),
    [
      {
        patients: ['ada'],
        app: { client_id: 'ehr', client_name: null },
        who: 'Somebody who works here (Practitioner/8)',
        kind: 'read',
        words: 'Read an Observation record, in an emergency: unconscious at the door.',
        emergency: true,
      },
      {
        patients: ['child'],
        app: { client_id: 'ehr', client_name: null },
        who: 'Somebody who works here (Practitioner/7)',
        kind: 'read',
        words: 'Read an Observation record.',
        emergency: false,
      },
      {
        patients: ['ada'],
        app: { client_id: 'b', client_name: null },
        who: 'The app by itself, with nobody signed in',
        kind: 'search',
        words: 'Searched Condition records.',
        emergency: false,
      },
      {
        patients: ['ada'],
        app: { client_id: app, client_name: 'Heart diary' },
        who: 'You',
        kind: 'read',
        words: 'Read an Observation record.',
        emergency: false,
      },
    ],
  );
});

test('one of the records can be asked for, and another’s looks as if it did not exist', async () => {
  const own = await node.get(`${path}?patient=child`, ada.token);
  assert.equal(own.json.accesses.length, 1);
  for (const patient of ['stranger', 'nobody', '']) {
    const { status, json } = await node.get(`${path}?patient=${patient}`, ada.token);
    assert.deepEqual([status, json.error_description], [404, 'This account has no such record.']);
  }
});

test('an account without a record sees nothing, and nobody sees anything without a session', async () => {
  const nobody = await signedIn('bob', []);
  assert.deepEqual((await node.get(path, nobody.token)).json, { accesses: [], next: null });
  for (const token of [undefined, 'x'.repeat(43), node.adminToken]) {
    const answer = await node.get(path, token);
    assert.equal(answer.status, 401);
    assert.match(String(answer.headers['www-authenticate']), /^Bearer /);
  }
  assert.equal((await node.postJson(path, {}, ada.token)).status, 405);
});

test('pages go on from one another, and what cannot be understood is refused', async () => {
  const first = await node.get(`${path}?count=3`, ada.token);
  const second = await node.get(`${path}?count=3&cursor=${first.json.next}`, ada.token);
  assert.deepEqual([first.json.accesses.length, second.json.accesses.length, second.json.next], [3, 1, null]);
  assert.equal((await node.get(`${path}?to=2020-01-01`, ada.token)).json.accesses.length, 0);
  for (const query of ['count=0', 'count=x', 'cursor=1', 'from=soon']) {
    assert.equal((await node.get(`${path}?${query}`, ada.token)).status, 400, query);
  }
});
