import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { easyAccounts, newAccount, TestBrowser, testPassword } from '../../testing/accounts.ts';
import { publicUrl, soleGate, testGate } from '../../testing/gate.ts';
import { passwords } from '../password/password-hash.ts';

let now = Date.now();
const { test: database, node, close } = await soleGate({ config: { accounts: easyAccounts }, now: () => now });
after(close);

const sessions = '/apis/default/account/sessions';
const me = '/apis/default/account/me';
const signIn = (username: string, password = testPassword, headers = {}) =>
  node.postJson(sessions, { username, password }, undefined, headers);
const cookiesOf = (headers: Readonly<Record<string, unknown>>) => [headers['set-cookie'] ?? []].flat().map(String);

test('a sign-in by API gives a session token for the account API, and the session’s cookies', async () => {
  const account = await newAccount(node);
  const { status, json, headers } = await signIn(account.userName);
  assert.equal(status, 201);
  assert.deepEqual([json.token_type, json.expires_in, json.user_name], ['Bearer', 8 * 3600, account.userName]);
  assert.equal(headers['cache-control'], 'no-store');
  const shown = await node.get(me, json.session_token);
  assert.equal(shown.json.user_name, account.userName);
  const cookies = cookiesOf(headers).join('\n');
  assert.match(cookies, /__Host-chartgate-default-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Secure/);
});

test('a session token opens no API of administrators to anybody else, and nothing else opens the account API', async () => {
  const { json } = await signIn((await newAccount(node, { role: 'practitioner' })).userName);
  assert.equal((await node.get('/apis/default/admin/clients', json.session_token)).status, 401);
  assert.equal((await node.get(me, node.adminToken)).status, 401);
  assert.equal((await node.get(me)).status, 401);
  const cookie = `__Host-chartgate-default-session=${json.session_token}`;
  assert.equal((await node.get(me, undefined, { cookie })).status, 401, 'a cookie opens no API');
});

test('attack 34: a page of another origin signs no browser in', async () => {
  const account = await newAccount(node);
  const { status, headers } = await signIn(account.userName, testPassword, { origin: 'https://evil.example' });
  assert.equal(status, 201);
  assert.deepEqual(cookiesOf(headers), []);
  const plain = await node.postForm(sessions, { username: account.userName, password: testPassword });
  assert.equal(plain.status, 400);

  const browser = new TestBrowser(node);
  await browser.open('/sign-in');
  const form = { username: account.userName, password: testPassword };
  assert.equal((await browser.post('/sign-in', form)).status, 403, 'no form_token');
  const stolen =
    (await new TestBrowser(node).open('/sign-in')).html.match(/name="form_token" value="([\w-]+)"/)?.[1] ?? '';
  assert.equal((await browser.post('/sign-in', { ...form, form_token: stolen })).status, 403, 'another browser’s');
  assert.equal(browser.cookie('session'), undefined);
});

test('attack 34: session and browser secret change at each sign-in, and at step-up', async () => {
  const account = await newAccount(node);
  const browser = new TestBrowser(node);
  await browser.open('/sign-in');
  browser.cookies.set('__Host-chartgate-default-session', 'x'.repeat(43)); // planted
  const secrets = [browser.cookie('session')];
  const browsers = [browser.cookie('browser')];
  const note = () => {
    secrets.push(browser.cookie('session'));
    browsers.push(browser.cookie('browser'));
  };
  assert.equal((await browser.signIn(account.userName)).location, '/account');
  note();
  await browser.signIn(account.userName);
  note();
  const stepped = await browser.fill('/step-up?to=account/sessions', { password: testPassword });
  assert.equal(stepped.location, '/account/sessions');
  note();
  assert.equal(new Set(secrets).size, 4);
  assert.equal(new Set(browsers.filter(Boolean)).size, browsers.filter(Boolean).length);
  for (const old of secrets.slice(0, -1)) assert.equal((await node.get(me, old)).status, 401);
  const list = await node.get(`${me}/sessions`, secrets.at(-1));
  assert.equal(list.json.sessions.length, 1, 'the session went on under new names');
  assert.equal(list.json.sessions[0].is_current, true);
});

test('who signs in as another ends the other’s session in this browser', async () => {
  const [one, two] = [await newAccount(node), await newAccount(node)];
  const browser = new TestBrowser(node);
  await browser.signIn(one.userName);
  const old = browser.cookie('session');
  await browser.signIn(two.userName);
  assert.equal((await node.get(me, old)).status, 401);
  assert.match((await browser.open('/account')).html, new RegExp(two.userName));
});

test('a session ends without use, and lives on with it', async () => {
  const { json } = await signIn((await newAccount(node)).userName);
  for (let i = 0; i < 4; i++) {
    now += 7 * 3600_000;
    assert.equal((await node.get(me, json.session_token)).status, 200);
  }
  now += 8 * 3600_000 + 1;
  assert.equal((await node.get(me, json.session_token)).status, 401);
});

test('after the sign-in a browser goes on to the app it came from, and nowhere else', async () => {
  const account = await newAccount(node);
  const client = await node.register({
    client_name: 'Pill <b>box</b>',
    redirect_uris: ['https://app.example/callback'],
    scope: 'openid patient/*.rs',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
  });
  await node.postJson(`/apis/default/admin/clients/${client.json.client_id}/approve`, {}, node.adminToken);
  const { secretHash, newSecret } = await import('../../oauth/secret.ts');
  const secret = newSecret();
  const request = {
    clientId: client.json.client_id,
    redirectUri: 'https://app.example/callback',
    scope: 'openid',
    codeChallenge: 'x'.repeat(43),
    prompt: [],
    loginHint: account.email,
  };
  const site = await node.gate.site('default');
  await site?.store.authorizationRequests.insert(secretHash(secret), request, now, now + 60_000);
  const browser = new TestBrowser(node);
  const shown = await browser.open(`/sign-in?request=${secret}`);
  assert.match(shown.html, /Pill &lt;b&gt;box/);
  assert.match(shown.html, new RegExp(`value="${account.email}"`));
  assert.match(String(shown.headers['content-security-policy']), /form-action 'self' https:\/\/app\.example;/);
  assert.equal((await browser.signIn(account.email, 'wrong password', `?request=${secret}`)).status, 401);
  const done = await browser.signIn(account.email, testPassword, `?request=${secret}`);
  assert.equal(done.location, `/continue?request=${secret}`);
  assert.equal((await browser.open(`/sign-in?request=${newSecret()}`)).status, 400);
  for (const to of ['https://evil.example', '//evil.example', '/evil', 'account/../../x', 'account?x=y']) {
    const { location } = await browser.signIn(account.userName, testPassword, `?to=${encodeURIComponent(to)}`);
    assert.equal(location, '/account', to);
  }
});

test('a hash of an older cost is made anew at the next sign-in', async () => {
  const weak = passwords({ memory: 32, passes: 1, parallelism: 1 }, { atOnce: 1, waiting: 9 });
  const account = await newAccount(node, { passwordHash: await weak.hash(testPassword) });
  const stored = async () => (await node.gate.site('default'))?.store.accounts.find(account.accountId);
  assert.equal((await signIn(account.userName, 'wrong password')).status, 401);
  assert.equal((await stored())?.passwordHash, account.passwordHash);
  assert.equal((await signIn(account.userName)).status, 201);
  assert.match((await stored())?.passwordHash ?? '', /m=64,t=1,p=1/);
  assert.equal((await signIn(account.userName)).status, 201);
});

const limits = {
  ...easyAccounts.limits,
  network: { perMinute: 10, burst: 12 },
  nameInNetwork: { perMinute: 1, burst: 3 },
  name: { perMinute: 1, burst: 6 },
  known: { perMinute: 1, burst: 4 },
};

async function withLimits(run: (strict: typeof node) => Promise<void>): Promise<void> {
  const strict = await testGate(database, { config: { accounts: { ...easyAccounts, limits } }, now: () => now });
  await run(strict);
  await strict.close();
}

test('who guesses is made to wait, told how long, and may go on then', () =>
  withLimits(async (strict) => {
    const account = await newAccount(strict);
    const guesser = new TestBrowser(strict, '198.51.100.7');
    for (let i = 0; i < 3; i++) assert.equal((await guesser.signIn(account.userName, `guess number ${i}`)).status, 401);
    const waiting = await guesser.signIn(account.userName);
    assert.equal(waiting.status, 429);
    assert.match(waiting.html, /Too many tries\. Try again in 60 seconds\./);
    assert.equal(waiting.headers['retry-after'], '60');
    now += 60_000;
    assert.equal((await guesser.signIn(account.userName)).status, 303);
  }));

test('many guesses at once are counted before they are judged', () =>
  withLimits(async (strict) => {
    const account = await newAccount(strict);
    const tries = Array.from({ length: 10 }, (_, i) =>
      strict.postJson(sessions, { username: account.userName, password: `guess number ${i}` }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 401).length, 3);
  }));

test('guesses from everywhere make strangers wait, never a browser that the account knows', () =>
  withLimits(async (strict) => {
    const account = await newAccount(strict);
    const own = new TestBrowser(strict, '203.0.113.5');
    assert.equal((await own.signIn(account.userName)).status, 303);
    for (let i = 0; i < 8; i++) {
      await new TestBrowser(strict, `198.51.100.${i}`).signIn(account.userName, `guess number ${i}`);
    }
    // from the owner's own network as well
    for (let i = 0; i < 14; i++)
      await new TestBrowser(strict, '203.0.113.5').signIn(`somebody-${i}`, 'a wrong password');
    assert.equal((await new TestBrowser(strict, '192.0.2.77').signIn(account.userName)).status, 429);
    assert.equal((await new TestBrowser(strict, '203.0.113.5').signIn(account.userName)).status, 429);
    assert.equal((await own.signIn(account.userName)).status, 303);
    const other = await newAccount(strict);
    assert.equal((await own.signIn(other.userName)).status, 429, 'it is known to its own account alone');
    for (let i = 0; i < 4; i++) await own.signIn(account.userName, `guess number ${i}`);
    assert.equal((await own.signIn(account.userName)).status, 429, 'and guesses there are counted too');
  }));

test('attack 70: an unknown name is made to wait like a known one', () =>
  withLimits(async (strict) => {
    const account = await newAccount(strict);
    const seen = [account.userName, 'nobody-here-at-all'].map(async (name, i) => {
      const browser = new TestBrowser(strict, `198.51.100.${100 + i}`);
      const answers: unknown[] = [];
      for (let n = 0; n < 5; n++) {
        const { status, html, headers } = await browser.signIn(name, `guess number ${n}`);
        answers.push([status, html.replaceAll(name, '').replace(/value="[\w-]{43}"/, ''), headers['retry-after']]);
      }
      return answers;
    });
    const [known, unknown] = await Promise.all(seen);
    assert.deepEqual(known, unknown);
  }));

test('a sign-in that went well is not counted', () =>
  withLimits(async (strict) => {
    const account = await newAccount(strict);
    for (let i = 0; i < 12; i++)
      assert.equal(
        (await strict.postJson(sessions, { username: account.userName, password: testPassword })).status,
        201,
      );
  }));

test('too many passwords at once are refused, not kept', async () => {
  const accounts = { ...easyAccounts, hashing: { atOnce: 1, waiting: 1 } };
  const small = await testGate(database, { config: { accounts }, now: () => now });
  const { queue } = small.gate.accounts.passwords;
  let open = () => {};
  const blocked = queue.run(() => new Promise<void>((done) => (open = done)));
  const ask = () => small.postJson(sessions, { username: 'anybody', password: 'any password' });
  const waiting = queue.run(async () => {});
  const refused = await ask();
  assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '2']);
  const page = await new TestBrowser(small).signIn('anybody', 'any password');
  assert.match(page.html, /Too many people are signing in/);
  open();
  await Promise.all([blocked, waiting]);
  assert.equal((await ask()).status, 401);
  await small.close();
});

test('the cookies of a sign-in are for this server alone, and no address of it goes elsewhere', async () => {
  const account = await newAccount(node);
  const { headers } = await new TestBrowser(node).signIn(account.userName);
  const cookies = cookiesOf(headers);
  assert.equal(cookies.length, 3);
  for (const cookie of cookies) assert.match(cookie, /^__Host-[^;]+; Path=\/; HttpOnly; SameSite=Lax; Secure/);
  assert.equal(String(headers.location).startsWith(publicUrl), true);
  assert.equal(headers['referrer-policy'], 'no-referrer');
});
