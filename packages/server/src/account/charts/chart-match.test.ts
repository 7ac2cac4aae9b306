import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Account } from '../../store/account-ports.ts';
import { gateWithMail, newOwner, type TestOwner } from '../../testing/owner.ts';

const { node, clock, subjects, putPatient, close } = await gateWithMail();
after(close);

let patients = 0;

/** A patient with an address of its own, and an account with that address. */
async function patientAndOwner(more: Record<string, unknown> = {}, account: Partial<Account> = {}) {
  const n = ++patients;
  const id = `patient-${n}`;
  const email = `Person${n}@Mail.example`;
  await putPatient({
    id,
    name: [{ family: `Müller ${n}`, given: ['Zoë', 'Maria'] }],
    birthDate: '1990-02-03',
    telecom: [{ system: 'email', value: email }],
    identifier: [{ system: 'https://clinic.example/mrn', value: `M-${n}` }],
    ...more,
  });
  const owner = await newOwner(node, { email, ...account });
  const claim = { given_name: 'zoe', family_name: `MULLER ${n}`, birth_date: '1990-02-03' };
  return { id, email, owner, claim };
}

const ask = (owner: TestOwner, claim: object, remoteAddress = `192.0.2.${patients}`) =>
  owner.call('POST', 'account/me/charts', claim, { remoteAddress });
const chartsOf = async (owner: TestOwner) =>
  (await owner.call('GET', 'account/me/charts')).json.charts.map((chart: { patient: string }) => chart.patient);

test('the verified address, name and date of birth together open the one record that has them', async () => {
  const { owner, claim, id } = await patientAndOwner();
  const answer = await ask(owner, claim);
  assert.deepEqual([answer.status, answer.json], [200, { status: 'linked' }]);
  assert.deepEqual(await chartsOf(owner), [id]);
  assert.deepEqual(subjects(owner.account.email), ['Your account opens a record now']);
});

test('a number of the clinic that is given must match as well', async () => {
  const right = await patientAndOwner();
  assert.equal((await ask(right.owner, { ...right.claim, identifier: `m-${patients}` })).json.status, 'linked');
  const wrong = await patientAndOwner();
  assert.equal((await ask(wrong.owner, { ...wrong.claim, identifier: 'M-other' })).json.status, 'in-review');
});

test('attack 72: a claim that does not match wholly waits for people, and never says what was wrong', async () => {
  const answers: string[] = [];
  const cases: [patient: Record<string, unknown>, claim: Record<string, unknown>, account?: Partial<Account>][] = [
    [{}, { birth_date: '1990-02-04' }],
    [{}, { family_name: 'Meier' }],
    [{}, { given_name: 'Maria' }],
    [{}, {}, { email: 'stranger@mail.example' }],
    [{ birthDate: '1990' }, { birth_date: '1990-01-01' }],
    [{ active: false }, {}],
    [{ deceasedBoolean: true }, {}],
    [{ link: [{ type: 'replaced-by', other: { reference: 'Patient/patient-1' } }] }, {}],
    [{}, { relationship: 'guardian' }],
  ];
  for (const [patient, change, account] of cases) {
    const { owner, claim } = await patientAndOwner(patient, account);
    const { status, json } = await ask(owner, { ...claim, ...change });
    answers.push(JSON.stringify([status, json]));
    assert.deepEqual(await chartsOf(owner), []);
  }
  assert.deepEqual([...new Set(answers)], ['[202,{"status":"in-review"}]']);
});

test('attack 72: an address that two records have, or a record that another account has, is for people', async () => {
  const shared = await patientAndOwner();
  await putPatient({ id: 'child', telecom: [{ system: 'email', value: shared.email }] });
  assert.equal((await ask(shared.owner, shared.claim)).json.status, 'in-review');
  const taken = await patientAndOwner();
  const other = await newOwner(node);
  const link = { patient: taken.id, relationship: 'self', linkedAt: clock.now } as const;
  await other.site.store.accounts.link(other.account.accountId, link);
  assert.equal((await ask(taken.owner, taken.claim)).json.status, 'in-review');
});

test('attack 72: asking is limited for an account, for a network, and in what may wait', async () => {
  const { owner, claim } = await patientAndOwner();
  const wrong = { ...claim, birth_date: '1991-01-01' };
  const statuses: number[] = [];
  for (let n = 0; n < 6; n++) statuses.push((await ask(owner, wrong, `198.51.100.${n}`)).status);
  assert.deepEqual(statuses, [202, 202, 202, 409, 409, 429]);
  assert.equal((await ask(owner, claim, '198.51.100.50')).status, 429);
  let stopped = 0;
  for (let n = 0; n < 22; n++) if ((await ask(await newOwner(node), wrong, '198.51.100.77')).status === 429) stopped++;
  assert.equal(stopped, 2);
});

test('somebody of the clinic accepts what people can tell, and the owner hears of it', async () => {
  const { owner, claim, id } = await patientAndOwner({}, { email: 'new-address@mail.example' });
  await ask(owner, { ...claim, note: 'I moved' });
  const practitioner = await newOwner(node, { role: 'practitioner' });
  const patient = await newOwner(node);
  assert.equal((await patient.call('GET', 'admin/chart-requests')).status, 401);
  const { json } = await practitioner.call('GET', 'admin/chart-requests');
  const request = json.chart_requests.find(({ email }: { email: string }) => email === 'new-address@mail.example');
  assert.deepEqual([request.note, request.status], ['I moved', 'open']);
  const whole = (await practitioner.call('GET', `admin/chart-requests/${request.request_id}`)).json;
  assert.deepEqual(whole.candidates, [
    {
      patient: id,
      name: `Zoë Maria Müller ${patients}`,
      matches: { name: true, birth_date: true, email: false, identifier: false },
    },
  ]);
  const path = `admin/chart-requests/${request.request_id}/accept`;
  const nobody = await practitioner.call('POST', path, { patient: 'nobody', relationship: 'self' });
  assert.equal(nobody.status, 422);
  const accepted = await practitioner.call('POST', path, { patient: id, relationship: 'self' });
  assert.deepEqual([accepted.status, accepted.json.status], [200, 'accepted']);
  assert.equal((await practitioner.call('POST', path, { patient: id, relationship: 'self' })).status, 404);
  assert.deepEqual(await chartsOf(owner), [id]);
  assert.deepEqual(subjects(owner.account.email), ['Your account opens a record now']);
});

test('somebody of the clinic says no, and why', async () => {
  const { owner, claim } = await patientAndOwner({}, { email: 'other-address@mail.example' });
  await ask(owner, claim);
  const [request] = (await owner.call('GET', 'account/me/charts')).json.requests;
  const path = `/apis/default/admin/chart-requests/${request.request_id}/reject`;
  assert.equal((await node.postJson(path, { reason: 'Please come by' }, node.adminToken)).status, 200);
  assert.equal((await owner.call('GET', 'account/me/charts')).json.requests[0].reason, 'Please come by');
  assert.deepEqual(subjects(owner.account.email), ['The record that you asked for']);
  assert.match((await owner.open('account/charts')).body, /The clinic could not open a record to you: Please come by/);
});

test('owner and clinic take a chart from an account, and its name with it', async () => {
  const { owner, claim, id } = await patientAndOwner();
  await ask(owner, claim);
  const { accountId } = owner.account;
  assert.equal((await owner.call('DELETE', 'account/me/charts/other')).status, 404);
  assert.equal((await owner.call('DELETE', `account/me/charts/${id}`)).status, 204);
  assert.equal((await owner.site.store.accounts.find(accountId))?.fhirUser, undefined);
  await owner.site.store.accounts.link(accountId, { patient: id, relationship: 'guardian', linkedAt: clock.now });
  const path = `admin/accounts/${accountId}/charts`;
  const practitioner = await newOwner(node, { role: 'practitioner' });
  assert.equal((await practitioner.call('GET', path)).json.charts[0].patient, id);
  assert.equal((await owner.call('DELETE', `${path}/${id}`)).status, 401);
  assert.equal((await practitioner.call('DELETE', `${path}/${id}`)).status, 204);
  assert.deepEqual(await chartsOf(owner), []);
  assert.equal(subjects(owner.account.email).at(-1), 'Your account no longer opens a record');
});

test('the page finds a record without any script, and shows names, never ids', async () => {
  const { owner, claim, id } = await patientAndOwner();
  const found = await owner.send('account/charts', { action: 'claim', ...claim });
  assert.match(found.body, /id="linked"/, found.body);
  const shown = await owner.open('account/charts');
  assert.match(shown.body, new RegExp(`Zoë Maria Müller ${patients}`));
  assert.equal((await owner.send('account/charts', { action: 'code', invitation_code: 'x' })).statusCode, 400);
  assert.equal((await owner.send('account/charts', { action: 'claim' })).statusCode, 400);
  const removed = await owner.send('account/charts', { action: 'remove', patient: id });
  assert.match(removed.body, /The record is removed/);
});
