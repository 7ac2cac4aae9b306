import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newIdentifier, newSecret, secretHash } from '../../oauth/secret.ts';
import { soleGate, testGate } from '../../testing/gate.ts';
import { putResources } from '../../testing/put-resource.ts';
import { signedIn, testBrowser } from '../../testing/signed-in.ts';

const { test: database, node, close } = await soleGate();
after(close);
const issuer = 'https://clinic.example/oauth2/default';

before(() =>
  putResources(
    database,
    { resourceType: 'Patient', id: 'anna', name: [{ given: ['Anna'], family: 'Berg' }] },
    { resourceType: 'Patient', id: 'kim', name: [{ given: ['Kim'], family: 'Berg' }] },
  ),
);

/** A guardian who let an app in, and the app's live access token. */
async function allowed(name = 'My Health', patients: readonly string[] = ['anna']) {
  const scope = 'openid offline_access patient/Observation.rs patient/Goal.cu';
  const { json } = await node.register({
    client_name: name,
    redirect_uris: ['https://app.example/callback'],
    token_endpoint_auth_method: 'none',
    scope,
  });
  const clientId: string = json.client_id;
  const user = await signedIn(node, { charts: { anna: 'self', kim: 'guardian' } });
  const { accountId } = user.account;
  const at = node.gate.now();
  const tokens = [];
  for (const patient of patients) {
    await user.site.store.consents.put({ accountId, clientId, patient, scope, refused: '', decidedAt: at });
    const [code, token] = [newSecret(), newSecret()];
    const authorizationId = newIdentifier();
    await user.site.store.authorizations.insert(
      {
        authorizationId,
        clientId,
        clientEpoch: 0,
        accountId,
        accountEpoch: 0,
        scope,
        patient,
        context: {},
        authTime: at,
        amr: ['pwd'],
        createdAt: at,
      },
      {
        hash: secretHash(code),
        expiresAt: at + 60_000,
        redirectUri: 'https://app.example/callback',
        codeChallenge: 'c',
      },
    );
    await user.site.store.authorizations.exchangeCode(secretHash(code), {
      accessToken: {
        hash: secretHash(token),
        clientId,
        epoch: 0,
        authorizationId,
        scope,
        issuedAt: at,
        expiresAt: at + 3_600_000,
      },
    });
    assert.ok(await user.site.token(token));
    tokens.push(token);
  }
  return { ...user, clientId, tokens };
}

test('the page lists which app sees what, of whom, since when', async () => {
  const { browser, clientId } = await allowed('My <b>Health</b>', ['anna', 'kim']);
  const page = await browser.get(`${issuer}/account/apps`);
  assert.equal(page.status, 200);
  const today = new Date().toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
  for (const words of [
    'Apps that can see my records',
    'My &lt;b&gt;Health&lt;/b&gt;',
    'Your own record (Anna Berg)',
    'The record of Kim Berg',
    '<li>Your test results, vital signs and other measurements</li>',
    '<li>Test results, vital signs and other measurements</li>',
    '<li>Add and change your health goals</li>',
    `Since ${today} · last used ${today} · keeps its access until you remove it`,
  ]) {
    assert.ok(page.text.includes(words), words);
  }
  assert.equal(page.text.split(`id="remove-${clientId}"`).length, 2, 'one button for the app');
  assert.ok(!/patient\/|offline_access/.test(page.text));
});

test('Remove kills the app’s tokens at once, on other nodes too, and no other app’s', async () => {
  const { browser, clientId, tokens, site } = await allowed('One', ['anna', 'kim']);
  const other = await allowed('Two');
  const second = await testGate(database);
  const there = await second.gate.site('default');
  for (const token of tokens) assert.ok(await there?.token(token));
  await browser.get(`${issuer}/account/apps`);
  const after = await browser.post(`${issuer}/account/apps`, [['client_id', clientId]]);
  assert.equal(after.status, 303);
  for (const token of tokens) assert.equal(await site.token(token), undefined);
  for (let n = 0; n < 200 && (await there?.token(tokens[0] ?? '')); n++) await new Promise((r) => setTimeout(r, 10));
  for (const token of tokens) assert.equal(await there?.token(token), undefined);
  assert.ok(await site.token(other.tokens[0] ?? ''));
  const page = await browser.get(after.location);
  assert.match(page.text, /id="removed"/);
  assert.match(page.text, /id="none"/);
  await second.close();
});

test('the page is for whoever is signed in', async () => {
  const { location } = await testBrowser(node.app).get(`${issuer}/account/apps`);
  assert.equal(location, `${issuer}/sign-in?to=account%2Fapps`);
});

test('nobody removes another user’s app', async () => {
  const { tokens, clientId, site } = await allowed();
  const other = await allowed();
  await other.browser.get(`${issuer}/account/apps`);
  assert.equal((await other.browser.post(`${issuer}/account/apps`, [['client_id', clientId]])).status, 404);
  const headers = { authorization: `Bearer ${other.token}` };
  const url = `/apis/default/account/me/apps/${clientId}`;
  assert.equal((await node.app.inject({ method: 'DELETE', url, headers })).statusCode, 404);
  assert.ok(await site.token(tokens[0] ?? ''));
});

test('attack 31: a form that the page did not show removes nothing', async () => {
  const { browser, clientId, tokens, site } = await allowed();
  const page = await browser.get(`${issuer}/account/apps`);
  assert.match(String(page.headers['content-security-policy']), /frame-ancestors 'none'/);
  const headers = { cookie: browser.cookies(), 'content-type': 'application/x-www-form-urlencoded' };
  const payload = `client_id=${clientId}`;
  const bare = await node.app.inject({ method: 'POST', url: '/oauth2/default/account/apps', headers, payload });
  assert.equal(bare.statusCode, 403);
  const fields = [['client_id', clientId]] as const;
  const foreign = await browser.post(`${issuer}/account/apps`, fields, { origin: 'https://evil.example' });
  assert.equal(foreign.status, 403);
  assert.ok(await site.token(tokens[0] ?? ''));
});

test('the API lists and removes the apps of the session’s user', async () => {
  const { token, clientId, tokens, site } = await allowed();
  const url = '/apis/default/account/me/apps';
  const { status, headers, json } = await node.get(url, token);
  assert.equal(status, 200);
  assert.equal(headers['cache-control'], 'no-store');
  const [app] = json.apps;
  assert.deepEqual(
    { ...app, since: typeof app.since, last_used: typeof app.last_used },
    {
      client_id: clientId,
      client_name: 'My Health',
      patient: 'anna',
      patient_name: 'Anna Berg',
      scope: 'openid offline_access patient/Observation.rs patient/Goal.cu',
      description: ['Your test results, vital signs and other measurements', 'Add and change your health goals'],
      since: 'string',
      last_used: 'string',
    },
  );
  const removed = await node.app.inject({
    method: 'DELETE',
    url: `${url}/${clientId}`,
    headers: { authorization: `Bearer ${token}` },
  });
  assert.deepEqual([removed.statusCode, removed.json()], [200, { tokens_revoked: 1 }]);
  assert.equal(await site.token(tokens[0] ?? ''), undefined);
  assert.deepEqual((await node.get(url, token)).json, { apps: [] });
});

test('no access token and no cookie opens the API', async () => {
  const { browser, tokens } = await allowed();
  const url = '/apis/default/account/me/apps';
  for (const bearer of [undefined, tokens[0], node.adminToken]) assert.equal((await node.get(url, bearer)).status, 401);
  assert.equal((await node.get(url, undefined, { cookie: browser.cookies() })).status, 401);
  assert.equal((await node.postJson(url, {}, tokens[0])).status, 405);
});

test('discovery names the page', async () => {
  const { json } = await node.get('/apis/default/fhir/.well-known/smart-configuration');
  assert.equal(json.management_endpoint, `${issuer}/account/apps`);
});
