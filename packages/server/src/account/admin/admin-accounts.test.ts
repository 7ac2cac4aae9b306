import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { easyAccounts, mailedToken, mailsTo, newAccount, TestBrowser, testPassword } from '../../testing/accounts.ts';
import { type Json, newKeyPair, signAssertion, soleGate } from '../../testing/gate.ts';

let now = Date.now();
const { node, close } = await soleGate({
  config: { accounts: easyAccounts, registrations: { perMinute: 1e6, burst: 1e6 } },
  now: () => now,
});
after(close);

const accounts = '/apis/default/admin/accounts';
const create = (body: object, bearer = node.adminToken) => node.postJson(accounts, body, bearer);
const act = (id: string, action: string) => node.postJson(`${accounts}/${id}/${action}`, {}, node.adminToken);
const signIn = (username: string, password = testPassword) =>
  node.postJson('/apis/default/account/sessions', { username, password });

const practitioner = {
  role: 'practitioner',
  user_name: 'dr-lee',
  email: 'lee@clinic.example',
  fhir_user: 'Practitioner/lee',
};

test('an administrator makes an account, and its owner sets the password by a mailed link', async () => {
  const made = await create(practitioner);
  assert.equal(made.status, 200, JSON.stringify(made.json));
  assert.deepEqual([made.json.status, made.json.fhir_user], ['unverified', 'Practitioner/lee']);
  assert.equal((await signIn('dr-lee')).status, 401);
  const [mail] = await mailsTo(node, 'lee@clinic.example');
  assert.match(mail?.text ?? '', /Your user name is: dr-lee/);
  const set = await new TestBrowser(node).fill(`/reset?token=${await mailedToken(node, 'lee@clinic.example')}`, {
    password: testPassword,
  });
  assert.equal(set.status, 200);
  assert.equal((await signIn('lee@clinic.example')).status, 201);
  const { json } = await node.get(`${accounts}/${made.json.account_id}`, node.adminToken);
  assert.equal(json.status, 'active');
});

test('a patient’s account comes with its charts, and its own record is the one that is its own', async () => {
  const charts = [
    { patient: 'p1', relationship: 'self' },
    { patient: 'p2', relationship: 'guardian' },
  ];
  const { json } = await create({ role: 'patient', user_name: 'mum', email: 'mum@mail.example', charts });
  assert.equal(json.fhir_user, 'Patient/p1');
  assert.deepEqual(
    json.charts.map(({ patient, relationship }: Json) => ({ patient, relationship })),
    charts,
  );
});

test('what does not fit together is refused', async () => {
  const chart = { patient: 'p1', relationship: 'self' };
  const wrong = [
    { ...practitioner, user_name: 'a1x', fhir_user: undefined },
    { ...practitioner, user_name: 'a2x', fhir_user: 'Patient/p1' },
    { ...practitioner, user_name: 'a3x', charts: [chart] },
    { ...practitioner, user_name: 'a4x', fhir_user: 'Practitioner/../x' },
    { role: 'patient', user_name: 'a5x', email: 'a5@mail.example', charts: [chart, { ...chart, patient: 'p2' }] },
    { role: 'patient', user_name: 'a6x', email: 'a6@mail.example', charts: [chart, chart] },
    { role: 'king', user_name: 'a7x', email: 'a7@mail.example' },
    { role: 'patient', user_name: 'a8x', email: 'a8@mail.example', password: 'not by the administrator' },
  ];
  for (const body of wrong) assert.equal((await create(body)).status, 400, JSON.stringify(body));
  assert.equal((await create({ ...practitioner, email: 'other@clinic.example' })).status, 409, 'the name is taken');
  assert.equal((await create({ ...practitioner, user_name: 'dr-lee-2' })).status, 409, 'the address is taken');
});

test('accounts are listed and found, and invited once more while they wait', async () => {
  const { json: made } = await create({ role: 'patient', user_name: 'waits', email: 'waits@mail.example' });
  const find = async (query: string) => (await node.get(`${accounts}?${query}`, node.adminToken)).json.accounts;
  assert.deepEqual(
    (await find('name=WAITS@mail.example')).map((one: Json) => one.user_name),
    ['waits'],
  );
  assert.ok((await find('status=unverified&role=patient')).some((one: Json) => one.user_name === 'waits'));
  assert.equal((await find('role=practitioner')).length, 1);
  now += 7 * 24 * 3600_000 + 1;
  const late = await mailedToken(node, 'waits@mail.example');
  assert.equal((await new TestBrowser(node).open(`/reset?token=${late}`)).status, 400);
  assert.equal((await act(made.account_id, 'invite')).status, 200);
  const token = await mailedToken(node, 'waits@mail.example');
  assert.equal((await new TestBrowser(node).open(`/reset?token=${token}`)).status, 200);
  assert.equal((await node.get(`${accounts}/nobody`, node.adminToken)).status, 404);
});

test('an account that an administrator closes is closed at once, and for good', async () => {
  const owner = await newAccount(node);
  const { json } = await signIn(owner.userName);
  const closed = await act(owner.accountId, 'close');
  assert.equal(closed.json.status, 'closed');
  assert.equal((await node.get('/apis/default/account/me', json.session_token)).status, 401);
  assert.equal((await act(owner.accountId, 'close')).status, 404);
  assert.equal((await act(owner.accountId, 'invite')).status, 404);
});

test('attack 75: the last administrator cannot be closed, by nobody, nor by two at once', async () => {
  const [one, two] = [
    await newAccount(node, { role: 'administrator' }),
    await newAccount(node, { role: 'administrator' }),
  ];
  const both = await Promise.all([act(one.accountId, 'close'), act(two.accountId, 'close')]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
  const { accounts: left } = (await node.get(`${accounts}?role=administrator&status=active`, node.adminToken)).json;
  assert.equal(left.length, 1);
  const last = left[0].user_name;
  const { json } = await signIn(last);
  const own = await node.postJson('/apis/default/account/me/close', { password: testPassword }, json.session_token);
  assert.equal(own.status, 409);
  const browser = new TestBrowser(node);
  await browser.signIn(last);
  const page = await browser.fill('/account/close', { password: testPassword });
  assert.equal(page.status, 409);
  assert.match(page.html, /This is the last administrator/);
  assert.equal((await browser.open('/account')).status, 200);
});

test('attack 75: no access token opens an account or the administrators’ API', async () => {
  const key = newKeyPair();
  const client = await node.approvedClient([key], { scope: 'system/*.cruds' });
  const { json } = await node.requestToken(signAssertion(client.client_id, key, { now }), { scope: 'system/*.cruds' });
  assert.ok(json.access_token);
  const own = await node.postJson('/apis/default/admin/tokens', { scope: 'system/*.cruds' }, node.adminToken);
  for (const token of [json.access_token, own.json.access_token]) {
    for (const path of ['/admin/accounts', '/admin/clients', '/admin/mailbox', '/account/me', '/account/me/sessions']) {
      assert.equal((await node.get(`/apis/default${path}`, token)).status, 401, path);
    }
    assert.equal(
      (await create({ role: 'administrator', user_name: 'evil', email: 'evil@mail.example' }, token)).status,
      401,
    );
    assert.equal((await node.postJson('/apis/default/admin/tokens', { scope: 'system/*.cruds' }, token)).status, 401);
  }
});

test('attack 75: nobody signs up as an administrator', async () => {
  const body = { user_name: 'climber', email: 'climber@mail.example', password: testPassword, role: 'administrator' };
  assert.equal((await node.postJson('/apis/default/account', body)).status, 400);
  await new TestBrowser(node).fill('/sign-up', {
    username: 'climber',
    email: 'climber@mail.example',
    password: testPassword,
    role: 'administrator',
  });
  const token = await mailedToken(node, 'climber@mail.example');
  await node.postJson('/apis/default/account/verify', { token, password: testPassword });
  const [made] = (await node.get(`${accounts}?name=climber`, node.adminToken)).json.accounts;
  assert.deepEqual([made.role, made.charts, made.fhir_user], ['patient', [], null]);
});
