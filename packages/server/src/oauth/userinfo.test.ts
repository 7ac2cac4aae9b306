import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { publicUrl, soleGate } from '../testing/gate.ts';
import { exchangeAt, newAccount, newAuthorization, newPatientApp } from '../testing/user.ts';

const { node, close } = await soleGate();
after(close);

const path = '/oauth2/default/userinfo';
const client = await newPatientApp(node);
const account = await newAccount(node, { userName: 'pat', email: 'pat@mail.example', fhirUser: 'RelatedPerson/7' });
const tokenWith = async (scope: string) => (await newAuthorization(node, account, client, { scope })).accessToken;

test('userinfo tells who the user is, and what the scopes of the token tell', async () => {
  const told: readonly [scope: string, claims: object][] = [
    ['openid', {}],
    ['openid fhirUser', { fhirUser: `${publicUrl}/apis/default/fhir/RelatedPerson/7` }],
    ['openid email', { email: 'pat@mail.example', email_verified: true }],
  ];
  for (const [scope, claims] of told) {
    const { status, json, headers } = await node.get(path, await tokenWith(scope), { origin: 'https://app.example' });
    assert.equal(status, 200);
    assert.deepEqual(json, { sub: account.accountId, ...claims });
    assert.match(String(headers['content-type']), /^application\/json/);
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['access-control-allow-origin'], '*');
  }
});

test('the token may come by POST, in the header or in the form, and never in the URL', async () => {
  const token = await tokenWith('openid');
  const bearer = { authorization: `Bearer ${token}` };
  assert.equal((await node.postForm(path, {}, bearer)).json.sub, account.accountId);
  assert.equal((await node.postForm(path, { access_token: token })).json.sub, account.accountId);
  const inUrl = await node.get(`${path}?access_token=${token}`);
  assert.equal(inUrl.status, 401);
  assert.equal(inUrl.headers['www-authenticate'], `Bearer realm="${publicUrl}/oauth2/default"`);
  const twice = await node.postForm(path, { access_token: token }, bearer);
  assert.deepEqual([twice.status, twice.json.error], [400, 'invalid_request']);
  assert.match(String(twice.headers['www-authenticate']), /error="invalid_request"/);
});

test('a token that is unknown, revoked or of a user who ended everything is refused with its scheme', async () => {
  const [revoked, orphaned] = [
    await newAuthorization(node, account, client),
    await newAuthorization(node, account, client),
  ];
  const { site } = await exchangeAt(node);
  assert.equal((await node.get(path, revoked.accessToken)).status, 200);
  await site.store.authorizations.revoke(revoked.authorization.authorizationId);
  site.forget({ users: true });
  await site.store.accounts.endEverything(account.accountId);
  site.forget({ users: true });
  for (const token of [revoked.accessToken, orphaned.accessToken, 'x'.repeat(43), 'guess']) {
    const { status, json, headers } = await node.get(path, token);
    assert.equal(status, 401);
    assert.equal(json.error, 'invalid_token');
    assert.equal(headers['www-authenticate'], `Bearer realm="${publicUrl}/oauth2/default", error="invalid_token"`);
    assert.ok(!JSON.stringify(json).includes(token) || token === 'guess');
  }
});

test('a token without openid, or without a user, says nothing of anybody', async () => {
  const other = await newAccount(node);
  const { accessToken } = await newAuthorization(node, other, client, { scope: 'fhirUser profile patient/*.rs' });
  const issued = await node.postJson('/apis/default/admin/tokens', { scope: 'system/*.rs' }, node.adminToken);
  for (const token of [accessToken, issued.json.access_token]) {
    const { status, json, headers } = await node.get(path, token);
    assert.equal(status, 403);
    assert.equal(json.error, 'insufficient_scope');
    assert.match(String(headers['www-authenticate']), /error="insufficient_scope", scope="openid"$/);
  }
});

test('other methods are refused, and a page of another origin may ask before', async () => {
  assert.equal((await node.app.inject({ method: 'DELETE', url: path })).statusCode, 405);
  const asked = await node.app.inject({ method: 'OPTIONS', url: path, headers: { origin: 'https://app.example' } });
  assert.equal(asked.statusCode, 204);
  assert.match(String(asked.headers['access-control-allow-headers']), /authorization/);
});
