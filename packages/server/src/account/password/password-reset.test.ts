import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { secretHash } from '../../oauth/secret.ts';
import type { Account } from '../../store/account-ports.ts';
import { easyAccounts, mailedToken, mailsTo, newAccount, TestBrowser, testPassword } from '../../testing/accounts.ts';
import { soleGate, testGate } from '../../testing/gate.ts';
import { addTotp, newOwner } from '../../testing/owner.ts';

let now = Date.now();
const { test: database, node, close } = await soleGate({ config: { accounts: easyAccounts }, now: () => now });
after(close);

const account = '/apis/default/account';
const forgot = (username: string) => node.postJson(`${account}/password-reset`, { username });
const confirm = (token: string, password: string) =>
  node.postJson(`${account}/password-reset/confirm`, { token, password });
const signIn = (username: string, password = testPassword) =>
  node.postJson(`${account}/sessions`, { username, password });
const fresh = 'a fresh new password';

async function count(table: string): Promise<number> {
  const [row] = await database.database.reads.query<{ n: number }>({
    text: `select count(*)::int4 as n from "${database.site.schema}".${table}`,
    values: [],
  });
  return row?.n ?? 0;
}

/** Something that an app was given: an access token with a refresh token, that live. */
async function allowApp({ accountId, epoch }: Account) {
  const { json: client } = await node.register({
    redirect_uris: ['https://app.example/cb'],
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'patient/*.rs',
  });
  await node.postJson(`/apis/default/admin/clients/${client.client_id}/approve`, {}, node.adminToken);
  const site = (await node.gate.site('default'))!;
  const found = (await site.store.clients.find(client.client_id))!;
  const [code, access, refresh] = ['code', 'access', 'refresh'].map((name) =>
    `${name}${accountId}`.padEnd(43, 'x'),
  ) as [string, string, string];
  const clientId = found.clientId;
  await site.store.authorizations.insert(
    {
      authorizationId: `a-${accountId}`,
      clientId,
      clientEpoch: found.epoch,
      accountId,
      accountEpoch: epoch,
      scope: 'patient/*.rs',
      context: {},
      authTime: now,
      amr: ['pwd'],
      createdAt: now,
    },
    { hash: secretHash(code), expiresAt: now + 60_000, redirectUri: 'https://app.example/cb', codeChallenge: 'x' },
  );
  const isExchanged = await site.store.authorizations.exchangeCode(secretHash(code), {
    accessToken: {
      hash: secretHash(access),
      clientId,
      epoch: found.epoch,
      scope: 'patient/*.rs',
      issuedAt: now,
      expiresAt: now + 3600_000,
    },
    refreshToken: { hash: secretHash(refresh), expiresAt: now + 86_400_000 },
  });
  assert.equal(isExchanged, true);
  return {
    isAlive: async () => [
      (await site.store.tokens.find(secretHash(access), now)) !== undefined,
      (await site.store.authorizations.findRefreshToken(secretHash(refresh), now)) !== undefined,
    ],
    /** As this node answers a request with the token, right now. */
    isTaken: async () => (await site.token(access)) !== undefined,
  };
}

test('attack 70: whether a name has an account, neither the answer nor the work for it tells', async () => {
  const known = await newAccount(node);
  const closed = await newAccount(node, { status: 'closed' });
  const answers = [];
  for (const name of [
    known.userName,
    known.email,
    closed.userName,
    'nobody-here',
    'nobody@mail.example',
    'x'.repeat(900),
  ]) {
    const before = await count('account_link');
    const { status, json } = await forgot(name);
    const page = await new TestBrowser(node).fill('/forgot', { username: name });
    answers.push([status, JSON.stringify(json), page.status, page.html, (await count('account_link')) - before].join());
  }
  assert.equal(new Set(answers).size, 1);
  assert.match(answers[0] ?? '', /^202,.*,2$/s);
  assert.equal((await mailsTo(node, known.email)).length, 4);
  assert.equal((await mailsTo(node, closed.email)).length, 0);
});

test('attack 71: a reset token is good once, for 30 minutes, and for its own account', async () => {
  const [one, two] = [await newAccount(node), await newAccount(node)];
  await forgot(one.userName);
  await forgot(two.userName);
  const token = await mailedToken(node, one.email);
  assert.equal((await confirm(token, 'short')).status, 400);
  assert.equal((await confirm(token, one.email)).json.error, 'invalid_password');
  assert.equal((await confirm(token, fresh)).status, 204);
  assert.equal((await confirm(token, 'yet another password')).json.error, 'invalid_token');
  assert.equal((await signIn(one.userName, fresh)).status, 201);
  assert.equal((await signIn(one.userName)).status, 401);
  assert.equal((await signIn(two.userName)).status, 201, 'the other account is as it was');
  const late = await mailedToken(node, two.email);
  now += 30 * 60_000 + 1;
  assert.equal((await confirm(late, fresh)).status, 400);
  assert.equal((await new TestBrowser(node).open(`/reset?token=${late}`)).status, 400);
});

test('attack 71: of many at once with one token, one sets the password', async () => {
  const owner = await newAccount(node);
  await forgot(owner.userName);
  const token = await mailedToken(node, owner.email);
  const all = await Promise.all(Array.from({ length: 8 }, (_, i) => confirm(token, `password number ${i}`)));
  assert.equal(all.filter(({ status }) => status === 204).length, 1);
});

test('attack 71: older tokens die with the password, and so do links to confirm an address', async () => {
  const owner = await newAccount(node);
  await forgot(owner.userName);
  const older = await mailedToken(node, owner.email);
  now += 1;
  await forgot(owner.email);
  const newer = await mailedToken(node, owner.email);
  assert.notEqual(older, newer);
  const { json } = await signIn(owner.userName);
  const moved = `moved-${owner.userName}@mail.example`;
  await node.postJson(`${account}/me/email`, { password: testPassword, email: moved }, json.session_token);
  const change = await mailedToken(node, moved);
  assert.equal((await confirm(newer, fresh)).status, 204);
  assert.equal((await confirm(older, 'yet another password')).status, 400);
  assert.equal((await node.postJson(`${account}/email/confirm`, { token: change })).status, 400);
});

test('attack 71: a reset kills sessions, refresh tokens and access tokens on all nodes, and signs nobody in', async () => {
  const owner = await newAccount(node);
  const other = await testGate(database, { config: { accounts: easyAccounts }, now: () => now });
  const app = await allowApp(owner);
  const browser = new TestBrowser(node);
  await browser.signIn(owner.userName);
  const { json } = await other.postJson(`${account}/sessions`, { username: owner.userName, password: testPassword });
  assert.deepEqual(await app.isAlive(), [true, true]);
  assert.equal(await app.isTaken(), true);

  await forgot(owner.userName);
  const stranger = new TestBrowser(other);
  const done = await stranger.fill(`/reset?token=${await mailedToken(node, owner.email)}`, { password: fresh });
  assert.equal(done.status, 200);
  assert.equal(stranger.cookie('session'), undefined);
  assert.equal((await browser.open('/account')).location, '/sign-in?to=account');
  assert.equal((await other.get(`${account}/me`, json.session_token)).status, 401);
  assert.deepEqual(await app.isAlive(), [false, false]);
  for (let i = 0; i < 100 && (await app.isTaken()); i++) await new Promise((wait) => setTimeout(wait, 10));
  assert.equal(await app.isTaken(), false);
  const [mail] = await mailsTo(node, owner.email);
  assert.match(mail?.subject ?? '', /Your password was changed/);
  await other.close();
});

test('attack 71: a reset leaves the second factor, and half a sign-in does not survive it', async () => {
  const passwordHash = await node.gate.accounts.passwords.hash(testPassword);
  const owner = await newOwner(node, { passwordHash });
  const { recoveryCodes } = await addTotp(owner, { now });
  const { userName, email } = owner.account;
  const half = await signIn(userName);
  await forgot(userName);
  assert.equal((await confirm(await mailedToken(node, email), fresh)).status, 204);
  const late = { second_step: half.json.second_step, method: 'recovery_code', recovery_code: recoveryCodes[0] };
  assert.equal((await node.postJson(`${account}/sessions/second-step`, late)).status, 401);
  const anew = await signIn(userName, fresh);
  assert.equal(anew.status, 202, 'the second factor is asked for');
  const right = { ...late, second_step: anew.json.second_step };
  assert.equal((await node.postJson(`${account}/sessions/second-step`, right)).status, 201);
});

test('to open the link changes nothing, and the page says whose password it sets', async () => {
  const owner = await newAccount(node);
  await forgot(owner.email);
  const token = await mailedToken(node, owner.email);
  const browser = new TestBrowser(node);
  for (let i = 0; i < 3; i++)
    assert.match((await browser.open(`/reset?token=${token}`)).html, new RegExp(owner.userName));
  assert.equal((await signIn(owner.userName)).status, 201);
  const refused = await browser.fill(`/reset?token=${token}`, { password: 'password123' });
  assert.match(refused.html, /id="password-fault"/);
  assert.equal((await browser.fill(`/reset?token=${token}`, { password: fresh })).status, 200);
  assert.equal((await signIn(owner.userName, fresh)).status, 201);
});

test('a token of a stranger’s making opens nothing', async () => {
  for (const token of ['', 'x', 'x'.repeat(43), '../../x', 'x\0']) {
    assert.equal((await confirm(token, fresh)).status, 400, JSON.stringify(token));
    assert.equal((await new TestBrowser(node).open(`/reset?token=${encodeURIComponent(token)}`)).status, 400);
  }
});
