import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { easyAccounts, mailedToken, mailsTo, newAccount, TestBrowser, testPassword } from '../../testing/accounts.ts';
import { type Json, soleGate } from '../../testing/gate.ts';

let now = Date.now();
const { node, close } = await soleGate({ config: { accounts: easyAccounts }, now: () => now });
after(close);

const account = '/apis/default/account';
const signIn = async (username: string, password = testPassword) =>
  (await node.postJson(`${account}/sessions`, { username, password })).json.session_token as string;
const remove = (path: string, bearer: string) =>
  node.app.inject({ method: 'DELETE', url: `${account}${path}`, headers: { authorization: `Bearer ${bearer}` } });
const isAlive = async (bearer: string | undefined) => (await node.get(`${account}/me`, bearer)).status === 200;
const fresh = 'a fresh new password';

test('the account API shows the own account, and nothing secret of it', async () => {
  const owner = await newAccount(node, { fhirUser: 'Patient/p1' });
  const site = await node.gate.site('default');
  await site?.store.accounts.link(owner.accountId, { patient: 'p1', relationship: 'self', linkedAt: now });
  const { json } = await node.get(`${account}/me`, await signIn(owner.userName));
  assert.deepEqual(json, {
    account_id: owner.accountId,
    user_name: owner.userName,
    email: owner.email,
    status: 'active',
    role: 'patient',
    fhir_user: 'Patient/p1',
    charts: [{ patient: 'p1', relationship: 'self', linked_at: new Date(now).toISOString() }],
    created_at: new Date(owner.createdAt).toISOString(),
  });
});

test('a new password needs the old one, and ends all other sessions', async () => {
  const owner = await newAccount(node);
  const [here, elsewhere] = [await signIn(owner.userName), await signIn(owner.userName)];
  const change = (password: string, new_password: string) =>
    node.postJson(`${account}/me/password`, { password, new_password }, here);
  assert.equal((await change('not the password', fresh)).status, 403);
  assert.equal((await change(testPassword, 'short')).json.error, 'invalid_password');
  assert.equal((await change(testPassword, fresh)).status, 204);
  assert.deepEqual([await isAlive(here), await isAlive(elsewhere)], [true, false]);
  assert.ok(await signIn(owner.userName, fresh));
  assert.match((await mailsTo(node, owner.email))[0]?.subject ?? '', /Your password was changed/);
});

test('a new password by page, with what is wrong at its field', async () => {
  const owner = await newAccount(node);
  const browser = new TestBrowser(node);
  assert.equal((await browser.open('/account/password')).location, '/sign-in?to=account%2Fpassword');
  assert.equal(
    (await browser.signIn(owner.userName, testPassword, '?to=account/password')).location,
    '/account/password',
  );
  const wrong = await browser.fill('/account/password', { password: 'not the password', new_password: fresh });
  assert.match(wrong.html, /id="password-fault"/);
  const weak = await browser.fill('/account/password', { password: testPassword, new_password: 'password123' });
  assert.match(weak.html, /id="new_password-fault"/);
  const done = await browser.fill('/account/password', { password: testPassword, new_password: fresh });
  assert.deepEqual([done.status, done.location], [303, '/account']);
  assert.equal((await browser.open('/account')).status, 200);
});

test('a new address needs the password, is confirmed there, and told at the old one', async () => {
  const owner = await newAccount(node);
  const bearer = await signIn(owner.userName);
  const elsewhere = await signIn(owner.userName);
  const email = `new-${owner.userName}@mail.example`;
  const ask = (password: string) => node.postJson(`${account}/me/email`, { password, email }, bearer);
  assert.equal((await ask('not the password')).status, 403);
  assert.equal((await ask(testPassword)).status, 202);
  assert.match((await mailsTo(node, owner.email))[0]?.subject ?? '', /A new e-mail address/);
  assert.equal(await signIn(email), undefined, 'not yet');
  const token = await mailedToken(node, email);
  const browser = new TestBrowser(node);
  assert.match((await browser.open(`/confirm-email?token=${token}`)).html, new RegExp(email));
  assert.ok(await signIn(owner.email), 'opening the link changes nothing');
  assert.equal((await browser.fill(`/confirm-email?token=${token}`, {})).status, 200);
  assert.deepEqual([await isAlive(bearer), await isAlive(elsewhere)], [false, false]);
  assert.ok(await signIn(email));
  assert.equal(await signIn(owner.email), undefined);
  assert.match((await mailsTo(node, owner.email))[0]?.subject ?? '', /was changed/);
  assert.equal((await browser.open(`/confirm-email?token=${token}`)).status, 400);
});

test('attack 70: whether the new address has an account, only its owner is told', async () => {
  const [owner, other] = [await newAccount(node), await newAccount(node)];
  const bearer = await signIn(owner.userName);
  const answers = [];
  for (const email of [other.email, 'free@mail.example']) {
    const { status, json } = await node.postJson(`${account}/me/email`, { password: testPassword, email }, bearer);
    answers.push(JSON.stringify([status, json]));
  }
  assert.equal(new Set(answers).size, 1);
  const [mail] = await mailsTo(node, other.email);
  assert.match(mail?.subject ?? '', /has an account already/);
  assert.doesNotMatch(mail?.text ?? '', /token=/);
});

test('of two that want one address, one gets it', async () => {
  const [one, two] = [await newAccount(node), await newAccount(node)];
  const tokens = [];
  for (const owner of [one, two]) {
    await node.postJson(
      `${account}/me/email`,
      { password: testPassword, email: 'both@mail.example' },
      await signIn(owner.userName),
    );
    tokens.push(await mailedToken(node, 'both@mail.example'));
    now += 1;
  }
  const all = await Promise.all(tokens.map((token) => node.postJson(`${account}/email/confirm`, { token })));
  assert.deepEqual(all.map(({ status }) => status).sort(), [204, 400]);
});

test('sessions are listed, and ended one by one or all others', async () => {
  const [owner, stranger] = [await newAccount(node), await newAccount(node)];
  const [here, second, third] = [
    await signIn(owner.userName),
    await signIn(owner.userName),
    await signIn(owner.userName),
  ];
  const foreign = await signIn(stranger.userName);
  const { sessions } = (await node.get(`${account}/me/sessions`, here)).json;
  assert.equal(sessions.length, 3);
  const current = sessions.filter((session: Json) => session.is_current);
  assert.equal(current.length, 1);
  const other = (await node.get(`${account}/me/sessions`, second)).json.sessions.find((one: Json) => one.is_current);
  assert.equal((await remove(`/me/sessions/${other.session_id}`, foreign)).statusCode, 404, 'another’s session');
  assert.equal(await isAlive(second), true);
  assert.equal((await remove(`/me/sessions/${other.session_id}`, here)).statusCode, 204);
  assert.equal(await isAlive(second), false);
  assert.equal((await remove(`/me/sessions/${other.session_id}`, here)).statusCode, 404);
  assert.equal((await remove('/me/sessions', here)).json().sessions_ended, 1);
  assert.deepEqual([await isAlive(here), await isAlive(third)], [true, false]);
  assert.equal((await remove('/sessions/current', here)).statusCode, 204);
  assert.equal(await isAlive(here), false);
});

test('to end sessions by page a fresh sign-in is needed, or the password once more', async () => {
  const owner = await newAccount(node);
  const elsewhere = await signIn(owner.userName);
  const browser = new TestBrowser(node);
  await browser.signIn(owner.userName);
  now += 10 * 60_000 + 1;
  const { html } = await browser.open('/account/sessions');
  const id = html.match(/id="end-(\w+)"/)?.[1] ?? '';
  const old = await browser.fill('/account/sessions', { session: id });
  assert.equal(old.location, '/step-up?to=account%2Fsessions');
  assert.equal(await isAlive(elsewhere), true);
  assert.match(
    (await browser.fill('/step-up?to=account/sessions', { password: 'not it' })).html,
    /id="password-fault"/,
  );
  await browser.fill('/step-up?to=account/sessions', { password: testPassword });
  assert.equal((await browser.fill('/account/sessions', { session: id })).location, '/account/sessions');
  assert.equal(await isAlive(elsewhere), false);
});

test('step-up by API renews the session’s token', async () => {
  const owner = await newAccount(node);
  const old = await signIn(owner.userName);
  assert.equal((await node.postJson(`${account}/sessions/current`, { password: 'not it' }, old)).status, 403);
  const { json } = await node.postJson(`${account}/sessions/current`, { password: testPassword }, old);
  assert.deepEqual([await isAlive(old), await isAlive(json.session_token)], [false, true]);
});

test('to end other sessions by API a fresh sign-in is needed as well', async () => {
  const owner = await newAccount(node);
  const [here, elsewhere] = [await signIn(owner.userName), await signIn(owner.userName)];
  now += 10 * 60_000 + 1;
  const refused = await remove('/me/sessions', here);
  assert.deepEqual([refused.statusCode, refused.json().error], [403, 'login_required']);
  assert.equal(await isAlive(elsewhere), true);
  const { json } = await node.postJson(`${account}/sessions/current`, { password: testPassword }, here);
  assert.equal((await remove('/me/sessions', json.session_token)).statusCode, 200);
  assert.equal(await isAlive(elsewhere), false);
});

test('signing out by page takes the session and its cookie away', async () => {
  const browser = new TestBrowser(node);
  await browser.signIn((await newAccount(node)).userName);
  const token = browser.cookie('session');
  const { html } = await browser.open('/account');
  const form_token = html.match(/name="form_token" value="([\w-]+)"/)?.[1] ?? '';
  assert.equal((await browser.post('/sign-out', {})).status, 403, 'not by another’s form');
  assert.equal((await browser.open('/sign-out')).status, 405);
  assert.equal(await isAlive(token), true);
  assert.equal((await browser.post('/sign-out', { form_token })).location, '/sign-in');
  assert.deepEqual([browser.cookie('session'), await isAlive(token)], [undefined, false]);
});

test('a closed account opens nothing, stays closed, and its address is free again', async () => {
  const owner = await newAccount(node);
  const bearer = await signIn(owner.userName);
  const browser = new TestBrowser(node);
  await browser.signIn(owner.userName);
  assert.equal((await node.postJson(`${account}/me/close`, { password: 'not it' }, bearer)).status, 403);
  const done = await browser.fill('/account/close', { password: testPassword });
  assert.equal(done.status, 200);
  assert.equal(browser.cookie('session'), undefined);
  assert.equal(await isAlive(bearer), false);
  assert.equal(await signIn(owner.userName), undefined);
  const site = await node.gate.site('default');
  assert.equal((await site?.store.accounts.find(owner.accountId))?.passwordHash, undefined);
  assert.match((await mailsTo(node, owner.email))[0]?.subject ?? '', /was closed/);
  assert.ok(await newAccount(node, { email: owner.email }));
});

test('passwords of who is signed in are limited too', async () => {
  const owner = await newAccount(node);
  const strictLimits = { ...easyAccounts.limits, known: { perMinute: 1, burst: 2 } };
  const { node: strict, close: end } = await soleGate({
    config: { accounts: { ...easyAccounts, limits: strictLimits } },
  });
  const mine = await newAccount(strict, { userName: owner.userName });
  const { json } = await strict.postJson(`${account}/sessions`, { username: mine.userName, password: testPassword });
  const tries = [];
  for (let i = 0; i < 3; i++) {
    tries.push(await strict.postJson(`${account}/me/close`, { password: `guess ${i}` }, json.session_token));
  }
  assert.deepEqual(
    tries.map(({ status }) => status),
    [403, 403, 429],
  );
  await end();
});

test('an account without a password is asked for a fresh sign-in instead', async () => {
  const { passwordHash: _, ...rest } = await newAccount(node);
  const site = (await node.gate.site('default'))!;
  await site.store.accountAdministration.putPassword(rest.accountId, undefined);
  const account = (await site.store.accounts.find(rest.accountId))!;
  const { newSecret, secretHash, newIdentifier } = await import('../../oauth/secret.ts');
  const token = newSecret();
  const { accountId, epoch } = account;
  await site.store.sessions.insert({
    hash: secretHash(token),
    sessionId: newIdentifier(),
    accountId,
    epoch,
    amr: ['hwk'],
    authTime: now,
    seenAt: now,
    expiresAt: now + 3600_000,
    userAgent: '',
  });
  const browser = new TestBrowser(node);
  browser.cookies.set('__Host-chartgate-default-session', token);
  assert.doesNotMatch((await browser.open('/account/password')).html, /id="password"/);
  now += 10 * 60_000 + 1;
  const late = await browser.fill('/account/password', { new_password: fresh });
  assert.equal(late.location, '/sign-in?to=account%2Fpassword');
  now -= 10 * 60_000;
  assert.equal((await browser.fill('/account/password', { new_password: fresh })).location, '/account');
  assert.ok(await signIn(account.userName, fresh));
});

test('an account has a hundred sessions at most: the one that was not used for the longest time ends', async () => {
  const owner = await newAccount(node);
  const first = await signIn(owner.userName);
  now += 1;
  const rest = [];
  for (let i = 0; i < 100; i++) rest.push(await signIn(owner.userName));
  assert.deepEqual([await isAlive(first), await isAlive(rest.at(0)), await isAlive(rest.at(-1))], [false, true, true]);
});
