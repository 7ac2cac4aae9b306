import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { easyAccounts, mailedToken, TestBrowser } from '../testing/accounts.ts';
import { testApp } from '../testing/app.ts';
import type { Json } from '../testing/gate.ts';
import { putAll, solePlatform } from '../testing/platform.ts';

const { test: database, node, ask, close } = await solePlatform({ config: { accounts: easyAccounts } });
after(close);

const api = '/apis/default';
const email = 'ann@mail.example';
const password = 'seven green kettles';

/** What an administrator reads, oldest first, without what administrators did. */
async function acts(): Promise<readonly Json[]> {
  const { status, json } = await node.get(`${api}/admin/audit?format=compact&count=200`, node.adminToken);
  assert.equal(status, 200, JSON.stringify(json));
  return json.events.toReversed().map(({ details, ...event }: Json) => ({ ...details, ...event }));
}

test('the whole way from the sign-up to the sign-out stands in the audit, for administrators and for the patient', async () => {
  await putAll(database, [{ resourceType: 'Patient', id: 'ann', name: [{ family: 'Ann' }], birthDate: '1984-05-03' }]);
  const app = await testApp(node, { metadata: { client_name: 'Heart diary' } });

  await node.postJson(`${api}/account`, { user_name: 'ann', email, password });
  await node.postJson(`${api}/account/verify`, { token: await mailedToken(node, email), password });
  const asked = { patient: 'ann', relationship: 'self' };
  const { json: invitation } = await node.postJson(`${api}/admin/invitations`, asked, node.adminToken);
  const browser = new TestBrowser(node);
  assert.equal((await browser.signIn('ann', 'not the password')).status, 401);
  assert.equal((await browser.signIn('ann', password)).location, '/account');
  const charts = { action: 'code', invitation_code: invitation.invitation_code, birth_date: '1984-05-03' };
  assert.match((await browser.fill('/account/charts', charts)).html, /id="linked"/);

  const account = await (await node.gate.site('default'))?.store.accounts.findByName('ann');
  assert.ok(account);
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const user = { account, cookie, session: browser.cookie('session') ?? '' };
  const { access_token: token } = await app.tokensFor(user, { scope: 'openid launch/patient patient/Patient.rs' });
  assert.equal((await ask('Patient/ann', token)).status, 200);
  const seen = await browser.open('/account/accesses');
  const client_id: string = app.client.client_id;
  const removed = await browser.fill('/account/apps', { client_id });
  assert.equal(removed.location, '/account/apps?removed');
  assert.equal((await ask('Patient/ann', token)).status, 401);
  const session = browser.cookie('session') ?? '';
  const { json: mine } = await node.get(`${api}/account/me/accesses`, session);
  const formToken = /name="form_token" value="([^"]+)"/.exec((await browser.open('/account')).html)?.[1] ?? '';
  assert.equal((await browser.post('/sign-out', { form_token: formToken })).location, '/sign-in');

  const all = await acts();
  const ofAnn = all.filter(({ account_id }) => account_id === account.accountId);
  assert.deepEqual(
    ofAnn.map(({ action }) => action),
    [
      'account-changed',
      'sign-in-refused',
      'signed-in',
      'chart-linked',
      'authorization-given',
      'token-granted',
      'read',
      'authorization-ended',
      'signed-out',
    ],
  );
  const one = (action: string) => ofAnn.find((event) => event.action === action) ?? {};
  assert.equal(one('account-changed').change, 'verified');
  assert.deepEqual([one('signed-in').amr, one('sign-in-refused').why], [['pwd'], 'sign-in-failed']);
  for (const action of ['authorization-given', 'token-granted', 'read', 'authorization-ended']) {
    assert.deepEqual([one(action).client_id, one(action).patients], [client_id, ['ann']], action);
  }
  assert.equal(one('authorization-ended').by, 'user');
  const ids = ['authorization-given', 'token-granted', 'read'].map((action) => one(action).authorizationId);
  assert.equal(new Set(ids).size, 1);
  assert.ok(ids[0]);
  assert.equal(
    all.some((event) => JSON.stringify(event).includes(password)),
    false,
  );

  assert.deepEqual(
    mine.accesses.map(({ words, who }: Json) => `${who}: ${words}`),
    [
      'You: What a user allowed an app has ended.',
      'You: Read the name, address and birth date.',
      'You: An access token was issued.',
      'You: A user let an app in.',
      'You: A record was opened to an account.',
    ],
  );
  assert.match(seen.html, /id="accesses"[\s\S]*Read the name, address and birth date[\s\S]*Ann/);
  assert.match(seen.html, /by Heart diary/);
  const verified = await node.get(`${api}/admin/audit/verify`, node.adminToken);
  assert.equal(verified.json.intact, true, JSON.stringify(verified.json));
});
