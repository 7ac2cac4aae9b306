import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TestBrowser, testPassword } from '../../testing/accounts.ts';
import { softwareAuthenticator } from '../../testing/authenticator.ts';
import { addTotp, codeOf, gateWithMail, newOwner } from '../../testing/owner.ts';

const { node, clock, close } = await gateWithMail();
after(close);

const sessions = '/apis/default/account/sessions';

/** Somebody with a password and an authenticator app, whose next code is good. */
async function careful() {
  const passwordHash = await node.gate.accounts.passwords.hash(testPassword);
  const owner = await newOwner(node, { passwordHash });
  const { secret, recoveryCodes } = await addTotp(owner, clock);
  clock.now += 60_000;
  return { owner, userName: owner.account.userName, recoveryCodes, code: () => codeOf(secret, clock.now) };
}

/** Adds a passkey, and forgets how it was made. */
async function addPasskey({ owner }: Awaited<ReturnType<typeof careful>>) {
  const authenticator = softwareAuthenticator();
  const options = (await owner.call('POST', 'account/me/passkeys/options')).json;
  const made = { name: 'Phone', response: authenticator.create(options) };
  assert.equal((await owner.call('POST', 'account/me/passkeys', made)).status, 201);
  return authenticator;
}

const signIn = (username: string) => node.postJson(sessions, { username, password: testPassword });
const secondStep = (second_step: string, answer: Record<string, unknown>) =>
  node.postJson(`${sessions}/second-step`, { second_step, ...answer });
const amrOf = async (token: string) => {
  const { json } = await node.get('/apis/default/account/me/sessions', token);
  return json.sessions.find(({ is_current }: { is_current: boolean }) => is_current).amr;
};
const optionsIn = (html: string) =>
  JSON.parse(/data-options="([^"]+)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '{}');

test('with an authenticator app the password opens half a door, and a code the other half, without any script', async () => {
  const { userName, code } = await careful();
  const browser = new TestBrowser(node);
  assert.equal(
    (await browser.signIn(userName, testPassword, '?to=account/charts')).location,
    '/second-step?to=account%2Fcharts',
  );
  assert.equal(browser.cookie('session'), undefined);
  const shown = await browser.open('/second-step?to=account%2Fcharts');
  assert.match(shown.html, /id="totp" name="totp" type="text" autocomplete="one-time-code"/);
  assert.match(shown.html, /id="recovery_code"/);
  assert.doesNotMatch(shown.html, /<script|data-passkey/);
  const wrong = await browser.fill('/second-step?to=account%2Fcharts', { method: 'totp', totp: '000000' });
  assert.deepEqual([wrong.status, /id="fault" role="alert">This was not right/.test(wrong.html)], [401, true]);
  const right = await browser.fill('/second-step?to=account%2Fcharts', { method: 'totp', totp: code() });
  assert.equal(right.location, '/account/charts');
  assert.deepEqual(await amrOf(browser.cookie('session') ?? ''), ['pwd', 'otp', 'mfa']);
  assert.equal((await browser.open('/second-step')).status, 401, 'it was used up');
});

test('by API as well, and what was used is used', async () => {
  const { userName, code } = await careful();
  const half = await signIn(userName);
  assert.deepEqual([half.status, half.json.session_token, half.headers['set-cookie']], [202, undefined, undefined]);
  assert.deepEqual(half.json.methods, [{ method: 'totp' }, { method: 'recovery_code' }]);
  assert.equal((await node.get('/apis/default/account/me', half.json.second_step)).status, 401);
  const step = (answer: Record<string, unknown>) => secondStep(half.json.second_step, answer);
  assert.equal((await step({ method: 'nothing', totp: code() })).status, 401);
  assert.equal((await step({ method: 'totp' })).status, 403);
  assert.equal((await step({ method: 'passkey', totp: code() })).status, 401);
  const all = await Promise.all([0, 1].map(() => step({ method: 'totp', totp: code() })));
  assert.deepEqual(all.map(({ status }) => status).sort(), [201, 401]);
  const token = all.find(({ status }) => status === 201)?.json.session_token;
  assert.deepEqual(await amrOf(token), ['pwd', 'otp', 'mfa']);
  assert.equal((await step({ method: 'totp', totp: code() })).status, 401);
});

test('a recovery code stands in for the authenticator, once', async () => {
  const { userName, recoveryCodes } = await careful();
  const answer = { method: 'recovery_code', recovery_code: recoveryCodes[0] };
  const first = await secondStep((await signIn(userName)).json.second_step, answer);
  assert.equal(first.status, 201);
  assert.deepEqual(await amrOf(first.json.session_token), ['pwd', 'otp', 'mfa']);
  assert.equal((await secondStep((await signIn(userName)).json.second_step, answer)).status, 401);
  const browser = new TestBrowser(node);
  await browser.signIn(userName);
  const page = await browser.fill('/second-step', { method: 'recovery_code', recovery_code: recoveryCodes[1] ?? '' });
  assert.equal(page.location, '/account');
});

test('a passkey is asked for by page and by API, and of this account alone', async () => {
  const one = await careful();
  const [authenticator, others] = [await addPasskey(one), await addPasskey(await careful())];
  const half = await signIn(one.userName);
  const [, asked] = half.json.methods;
  assert.equal(asked.method, 'passkey');
  assert.deepEqual(
    asked.challenge.allowCredentials.map(({ id }: { id: string }) => id),
    [authenticator.id],
  );
  const step = (passkey: object) => secondStep(half.json.second_step, { method: 'passkey', passkey });
  assert.equal((await step(others.get(asked.challenge))).status, 401);
  const again = (await signIn(one.userName)).json.methods[1].challenge;
  const done = await step(authenticator.get(again));
  assert.equal(done.status, 201, JSON.stringify(done.json));
  assert.deepEqual(await amrOf(done.json.session_token), ['pwd', 'hwk', 'mfa']);

  const browser = new TestBrowser(node);
  await browser.signIn(one.userName);
  const shown = await browser.open('/second-step');
  assert.match(
    String(shown.headers['content-security-policy']),
    /script-src https:\/\/clinic.example\/oauth2\/default\/passkey.js;/,
  );
  const passkey = JSON.stringify(authenticator.get(optionsIn(shown.html)));
  assert.equal((await browser.fill('/second-step', { method: 'passkey', passkey })).location, '/account');
  assert.deepEqual(await amrOf(browser.cookie('session') ?? ''), ['pwd', 'hwk', 'mfa']);
});

test('the sign-in page leads to passkeys, with the way to go on to', async () => {
  const one = await careful();
  const authenticator = await addPasskey(one);
  const browser = new TestBrowser(node);
  const { html } = await browser.open('/sign-in?to=account/charts');
  const path = /id="passkey" href="[^"]*\/default(\/passkey\?to=account%2Fcharts)"/.exec(html)?.[1] ?? '';
  const passkey = JSON.stringify(authenticator.get(optionsIn((await browser.open(path)).html)));
  assert.equal((await browser.fill(path, { passkey })).location, '/account/charts');
});

test('half a sign-in ends after five tries, and after five minutes', async () => {
  const { userName, code, recoveryCodes } = await careful();
  const half = await signIn(userName);
  const step = (answer: object) => secondStep(half.json.second_step, { method: 'recovery_code', ...answer });
  for (let n = 0; n < 5; n++) assert.equal((await step({ recovery_code: 'WRONG-WRONG' })).status, 401);
  assert.equal((await step({ recovery_code: recoveryCodes[0] })).json.error, 'login_required');
  clock.now += 3600_000;
  const late = await signIn(userName);
  clock.now += 5 * 60_000 + 1;
  assert.equal((await secondStep(late.json.second_step, { method: 'totp', totp: code() })).status, 401);
});

test('what matters asks for a sign-in of the last ten minutes, a password or a second factor, by API and by page', async () => {
  const { owner, recoveryCodes, code } = await careful();
  clock.now += 11 * 60_000;
  const options = (proof?: object) => owner.call('POST', 'account/me/passkeys/options', proof);
  assert.deepEqual([(await options()).status, (await options({})).status], [403, 403]);
  assert.equal((await options({ password: 'not the password' })).status, 403);
  assert.equal((await options({ totp: '000000' })).status, 401);
  assert.equal((await options({ password: testPassword })).status, 200);
  assert.equal((await options({ totp: code() })).status, 200);
  assert.equal((await options({ recovery_code: recoveryCodes[0] })).status, 200);
  const others = await owner.call('DELETE', 'account/me/sessions', { recovery_code: recoveryCodes[1] });
  assert.equal(others.status, 200);

  const page = await owner.open('account/passkeys');
  assert.equal(page.headers.location, 'https://clinic.example/oauth2/default/step-up?to=account%2Fpasskeys');
  const renewed = await owner.send('step-up?to=account%2Fpasskeys', {
    method: 'recovery_code',
    recovery_code: recoveryCodes[2] ?? '',
    to: 'account/passkeys',
  });
  assert.equal(renewed.headers.location, 'https://clinic.example/oauth2/default/account/passkeys');
  assert.match(String(renewed.headers['set-cookie']), /-session=[\w-]{43}/);
});
