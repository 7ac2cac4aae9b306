import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { replaceSigningKeys } from '../oauth/key-rotation.ts';
import { currentSigningKey } from '../oauth/signing-key.ts';
import { testApp } from '../testing/app.ts';
import type { Json } from '../testing/gate.ts';
import { patientWithRecord, solePlatform } from '../testing/platform.ts';
import { putResources } from '../testing/put-resource.ts';
import { testBrowser } from '../testing/signed-in.ts';
import { testUser } from '../testing/user.ts';

const { test: database, node, close } = await solePlatform();
after(close);
await putResources(database, ...patientWithRecord('ann'));
const app = await testApp(node);
const offline = 'launch/patient offline_access patient/Patient.rs';

/** What the audit holds of these acts, the newest first. */
async function written(action: string): Promise<readonly Json[]> {
  const path = `/apis/default/admin/audit?format=compact&action=${action}`;
  return (await node.get(path, node.adminToken)).json.events;
}

/** What the newest one says: about whom, of whose record, and by whose doing. */
async function last(action: string) {
  const [event] = await written(action);
  return { account: event?.account_id, client: event?.client_id, patients: event?.patients, by: event?.details.by };
}

test('what a user gave a client ends in the audit by whose doing it was', async () => {
  const { account, ...user } = await testUser(node.gate, { charts: ['ann'] });
  const about = { account: account.accountId, client: app.client.client_id, patients: ['ann'] };
  const authorized = await app.codeFor({ account, ...user }, { scope: offline });
  assert.equal((await app.exchange(authorized)).status, 200);
  assert.equal((await app.exchange(authorized)).status, 400);
  assert.deepEqual(await last('authorization-ended'), { ...about, by: 'replay' });
  const { refresh_token } = await app.tokensFor({ account, ...user }, { scope: offline });
  assert.equal((await app.post({ token: refresh_token }, '/oauth2/default/revoke')).status, 200);
  assert.deepEqual(await last('authorization-ended'), { ...about, by: 'client' });
  assert.deepEqual(await last('authorization-given'), { ...about, by: undefined });
});

test('who does not let an app in stands in the audit', async () => {
  const { account, cookie } = await testUser(node.gate, { charts: ['ann'] });
  const { location } = await app.authorize({ scope: 'launch/patient patient/Patient.rs' });
  const browser = testBrowser(node.app, cookie.split('; '));
  const next = await browser.get(String(location));
  await browser.get(next.location);
  const request = new URL(next.location).searchParams.get('request') ?? '';
  const denied = await browser.post('/oauth2/default/consent', [
    ['request', request],
    ['decision', 'deny'],
  ]);
  assert.match(denied.location, /error=access_denied/);
  const { account: who, client } = await last('authorization-denied');
  assert.deepEqual([who, client], [account.accountId, app.client.client_id]);
});

test('each signing key stands in the audit, once', async () => {
  const site = await node.gate.site('default');
  assert.ok(site);
  await currentSigningKey(node.gate, site);
  const before = (await written('signing-key-made')).length;
  assert.ok(before > 0);
  await replaceSigningKeys(node.gate, site);
  assert.equal((await written('signing-key-made')).length, before + 1);
});
