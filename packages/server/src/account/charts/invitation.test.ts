import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gateWithMail, newOwner, type TestOwner } from '../../testing/owner.ts';

const { node, clock, mails, subjects, putPatient, close } = await gateWithMail();
after(close);

before(async () => {
  await putPatient({ id: 'anna', name: [{ family: 'Berg', given: ['Anna'] }], birthDate: '1984-05-03' });
  await putPatient({ id: 'year', birthDate: '1984' });
  await putPatient({ id: 'inactive', birthDate: '1984-05-03', active: false });
});

const day = 24 * 3600_000;

async function invite(more: Record<string, unknown> = {}, bearer = node.adminToken) {
  const body = { patient: 'anna', relationship: 'self', ...more };
  return node.postJson('/apis/default/admin/invitations', body, bearer);
}

const redeem = (owner: TestOwner, invitation_code: string, birth_date = '1984-05-03', remoteAddress = '192.0.2.7') =>
  owner.call('POST', 'account/me/charts', { invitation_code, birth_date }, { remoteAddress });

const chartsOf = async (owner: TestOwner) => (await owner.call('GET', 'account/me/charts')).json.charts;

test('a code with the date of birth opens the chart, once, and the owner hears of it', async () => {
  const owner = await newOwner(node);
  const { status, json } = await invite();
  assert.equal(status, 201);
  assert.match(json.invitation_code, /^[A-HJKMNP-TV-Z2-9]{4}(-[A-HJKMNP-TV-Z2-9]{4}){2}$/);
  assert.equal(json.expires_at, new Date(clock.now + 14 * day).toISOString());
  const typed = json.invitation_code.toLowerCase().replaceAll('-', ' ');
  assert.deepEqual((await redeem(owner, typed)).json, { status: 'linked' });
  const [chart] = await chartsOf(owner);
  assert.deepEqual([chart.patient, chart.relationship], ['anna', 'self']);
  assert.equal((await owner.site.store.accounts.find(owner.account.accountId))?.fhirUser, 'Patient/anna');
  assert.deepEqual(subjects(owner.account.email), ['Your account opens a record now']);
  const again = await redeem(await newOwner(node), json.invitation_code);
  assert.deepEqual([again.status, again.json.error], [400, 'invalid_invitation']);
});

test('a guardian holds several charts, by codes of each', async () => {
  const owner = await newOwner(node);
  await putPatient({ id: 'kim', birthDate: '2019-01-01' });
  for (const [patient, born] of [
    ['anna', '1984-05-03'],
    ['kim', '2019-01-01'],
  ] as const) {
    const { json } = await invite({ patient, relationship: 'guardian' });
    assert.equal((await redeem(owner, json.invitation_code, born)).status, 200);
  }
  assert.equal((await chartsOf(owner)).length, 2);
  assert.equal((await owner.site.store.accounts.find(owner.account.accountId))?.fhirUser, undefined);
});

test('attack 72: a code dies after five wrong dates of birth, whoever tries', async () => {
  const { json } = await invite();
  for (let n = 0; n < 5; n++) {
    const wrong = await redeem(await newOwner(node), json.invitation_code, `1984-05-1${n}`, `198.51.100.${n}`);
    assert.deepEqual([wrong.status, wrong.json.error], [400, 'invalid_invitation']);
  }
  assert.equal((await redeem(await newOwner(node), json.invitation_code)).status, 400);
});

test('attack 72: unknown, used, old and others’ codes and wrong dates are answered alike', async () => {
  const used = (await invite()).json.invitation_code;
  await redeem(await newOwner(node), used);
  const old = (await invite({ expires_in: 3600 })).json.invitation_code;
  const others = (await invite({ email: 'else@mail.example' })).json.invitation_code;
  const good = (await invite()).json.invitation_code;
  clock.now += 3600_000;
  const answers = [];
  for (const [code, born] of [[used], [old], [others], [good, '1984-05-04'], ['AAAA-BBBB-CCCC'], ['x']] as const) {
    const { status, json } = await redeem(await newOwner(node), code, born, '198.51.100.99');
    answers.push(JSON.stringify([status, json.error, json.error_description]));
  }
  assert.equal(new Set(answers).size, 1, answers.join('\n'));
});

test('attack 72: an account, and a network with many accounts, cannot try codes without end', async () => {
  const owner = await newOwner(node);
  const statuses: number[] = [];
  for (let n = 0; n < 7; n++)
    statuses.push((await redeem(owner, 'AAAA-BBBB-CCCC', undefined, `203.0.113.${n}`)).status);
  assert.deepEqual(statuses, [400, 400, 400, 400, 400, 429, 429]);
  const last = await redeem(owner, (await invite()).json.invitation_code);
  assert.deepEqual([last.status, last.headers['retry-after']], [429, '3600']);
  let stopped = 0;
  for (let n = 0; n < 25; n++) {
    if ((await redeem(await newOwner(node), 'AAAA-BBBB-CCCC', undefined, '203.0.113.200')).status === 429) stopped++;
  }
  assert.equal(stopped, 5);
});

test('attack 72: of many uses of one code at once, one opens the chart', async () => {
  const { json } = await invite();
  const owners = await Promise.all(Array.from({ length: 5 }, () => newOwner(node)));
  const answers = await Promise.all(
    owners.map((owner, n) => redeem(owner, json.invitation_code, undefined, `192.0.2.${n + 100}`)),
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
});

test('a code for an address is mailed there, and is good for that account alone', async () => {
  const owner = await newOwner(node);
  const { json } = await invite({ email: owner.account.email.toUpperCase() });
  assert.ok(mails.some(({ text }) => text.includes(json.invitation_code)));
  assert.equal((await redeem(owner, json.invitation_code)).status, 200);
});

test('codes are made by who works here, and nobody else', async () => {
  const patient = await newOwner(node);
  const practitioner = await newOwner(node, { role: 'practitioner' });
  assert.equal((await invite({}, patient.token)).status, 401);
  const made = await invite({}, practitioner.token);
  assert.deepEqual([made.status, made.json.made_by], [201, practitioner.account.accountId]);
  assert.equal((await redeem(practitioner, made.json.invitation_code)).status, 403);
  for (const patient of ['nobody', 'year', 'inactive']) assert.equal((await invite({ patient })).status, 422);
  const listed = await node.get('/apis/default/admin/invitations', node.adminToken);
  assert.ok(listed.json.invitations.length > 0 && !JSON.stringify(listed.json).includes('invitation_code'));
  const { invitation_id, invitation_code } = (await invite()).json;
  const back = await practitioner.call('DELETE', `admin/invitations/${invitation_id}`);
  assert.equal(back.status, 204);
  assert.equal((await redeem(await newOwner(node), invitation_code)).status, 400);
});
