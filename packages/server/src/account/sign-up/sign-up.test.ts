import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sweep } from '../../oauth/sweep.ts';
import { easyAccounts, mailedToken, mailsTo, newAccount, TestBrowser } from '../../testing/accounts.ts';
import { soleGate, testGate } from '../../testing/gate.ts';

let now = Date.now();
const { test: database, node, close } = await soleGate({ config: { accounts: easyAccounts }, now: () => now });
after(close);

const account = '/apis/default/account';
const password = 'nine brown foxes';
const signUp = (user_name: string, email: string, more = {}) =>
  node.postJson(account, { user_name, email, password, ...more });
const signIn = (username: string, secret = password) =>
  node.postJson(`${account}/sessions`, { username, password: secret });

async function count(table: string): Promise<number> {
  const [row] = await database.database.reads.query<{ n: number }>({
    text: `select count(*)::int4 as n from "${database.site.schema}".${table}`,
    values: [],
  });
  return row?.n ?? 0;
}

test('who signs up by API gets a mail, confirms the address, and can sign in', async () => {
  const answer = await signUp('ada', 'ada@mail.example');
  assert.deepEqual([answer.status, answer.json], [202, { status: 'look-into-your-mail' }]);
  assert.equal((await signIn('ada')).status, 401);
  const token = await mailedToken(node, 'ada@mail.example');
  const verified = await node.postJson(`${account}/verify`, { token, password });
  assert.equal(verified.status, 200);
  assert.equal(verified.json.user_name, 'ada');
  for (const name of ['ada', 'ADA', 'Ada@mail.example']) assert.equal((await signIn(name)).status, 201);
});

test('who signs up by page gets a mail, and is signed in once the address is confirmed', async () => {
  const browser = new TestBrowser(node);
  const asked = await browser.fill('/sign-up', { username: 'grace', email: 'grace@mail.example', password });
  assert.equal(asked.status, 200);
  assert.match(asked.html, /Look into your mail/);
  const token = await mailedToken(node, 'grace@mail.example');
  const opened = await browser.open(`/verify?token=${token}`);
  assert.equal(opened.status, 200);
  assert.match(opened.html, /id="password"/);
  assert.equal((await signIn('grace')).status, 401, 'to open the link confirms nothing');
  const done = await browser.fill(`/verify?token=${token}`, { password });
  assert.deepEqual([done.status, done.location], [303, '/account']);
  assert.match((await browser.open('/account')).html, /<td id="name">grace<\/td>/);
});

test('a mailed token is good once, and for 24 hours', async () => {
  await signUp('once', 'once@mail.example');
  const token = await mailedToken(node, 'once@mail.example');
  assert.equal((await node.postJson(`${account}/verify`, { token, password })).status, 200);
  assert.equal((await node.postJson(`${account}/verify`, { token, password })).json.error, 'invalid_token');
  await signUp('late', 'late@mail.example');
  const late = await mailedToken(node, 'late@mail.example');
  now += 24 * 3600_000 + 1;
  assert.equal((await node.postJson(`${account}/verify`, { token: late, password })).status, 400);
  assert.equal((await new TestBrowser(node).open(`/verify?token=${late}`)).status, 400);
});

test('two that confirm at once make one account', async () => {
  await signUp('twice', 'twice@mail.example');
  const token = await mailedToken(node, 'twice@mail.example');
  const both = await Promise.all([1, 2, 3].map(() => node.postJson(`${account}/verify`, { token, password })));
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 400, 400]);
});

test('attack 70: sign-up answers the same for a known and an unknown address, and does the same work', async () => {
  const known = await newAccount(node);
  const done: unknown[] = [];
  for (const email of [known.email, 'unknown@mail.example']) {
    const before = [node.gate.accounts.passwords.queue.count, await count('sign_up'), await count('outbox')];
    const answer = await signUp(`new-${before[1]}`, email);
    const { date: _, ...headers } = answer.headers;
    const work = [node.gate.accounts.passwords.queue.count, await count('sign_up'), await count('outbox')];
    done.push([answer.status, answer.json, headers, work.map((n, i) => n - (before[i] ?? 0))]);
  }
  assert.deepEqual(done[0], done[1]);
  assert.deepEqual((done[0] as unknown[]).at(-1), [1, 1, 1]);
  const [mail] = await mailsTo(node, known.email);
  assert.match(mail?.text ?? '', /There is one already/);
  assert.doesNotMatch(mail?.text ?? '', /token=/);

  const pages = [known.email, 'nobody@mail.example'].map(async (email, i) => {
    const { status, html } = await new TestBrowser(node).fill('/sign-up', { username: `page-${i}`, email, password });
    return [status, html.replaceAll(email, '')];
  });
  const [one, two] = await Promise.all(pages);
  assert.deepEqual(one, two);
});

test('attack 70: sign-in answers the same for an unknown name and a wrong password, at the same cost', async () => {
  const known = await newAccount(node);
  const closed = await newAccount(node, { status: 'closed' });
  const answers = [];
  for (const name of [
    known.userName,
    known.email,
    closed.userName,
    'nobody-at-all',
    'nobody@mail.example',
    'x'.repeat(300),
  ]) {
    const before = node.gate.accounts.passwords.queue.count;
    const { status, json } = await signIn(name, 'a wrong password');
    answers.push([status, json.error, json.error_description, node.gate.accounts.passwords.queue.count - before]);
  }
  assert.deepEqual(new Set(answers.map((answer) => answer.join())).size, 1);
  assert.deepEqual(answers[0], [401, 'invalid_credentials', 'The user name or the password is wrong.', 1]);
  assert.equal((await new TestBrowser(node).signIn('a\0b')).status, 401);
});

test('nobody can take an address or a user name by asking for it', async () => {
  for (let i = 0; i < 3; i++) await signUp('wanted', 'wanted@mail.example', { password: `squatters word ${i}` });
  await signUp('wanted', 'wanted@mail.example');
  const token = await mailedToken(node, 'wanted@mail.example');
  assert.equal((await node.postJson(`${account}/verify`, { token, password })).status, 200);
  assert.equal((await signIn('wanted@mail.example')).status, 201);
});

test('a link that another asked for makes no account, whoever follows it', async () => {
  await signUp('mallory', 'victim@mail.example', { password: 'only mallory knows' });
  const token = await mailedToken(node, 'victim@mail.example');
  const browser = new TestBrowser(node);
  const refused = await browser.fill(`/verify?token=${token}`, { password: 'what the victim tries' });
  assert.equal(refused.status, 403);
  assert.match(refused.html, /id="password-fault"/);
  assert.equal((await signIn('victim@mail.example', 'only mallory knows')).status, 401);
});

test('a user name that was taken meanwhile can be chosen anew', async () => {
  await signUp('popular', 'first@mail.example');
  await signUp('popular', 'second@mail.example');
  const [first, second] = [
    await mailedToken(node, 'first@mail.example'),
    await mailedToken(node, 'second@mail.example'),
  ];
  assert.equal((await node.postJson(`${account}/verify`, { token: first, password })).status, 200);
  assert.equal((await node.postJson(`${account}/verify`, { token: second, password })).status, 409);
  const browser = new TestBrowser(node);
  const asked = await browser.fill(`/verify?token=${second}`, { password });
  assert.equal(asked.status, 409);
  assert.match(asked.html, /id="username-fault"/);
  const chosen = await browser.fill(`/verify?token=${second}`, { username: 'popular-2', password });
  assert.equal(chosen.status, 303);
  assert.equal((await signIn('popular-2')).status, 201);
  assert.equal((await signUp('popular', 'third@mail.example')).json.error_description, 'This user name is taken.');
});

test('what is wrong is said at its field, and what was written stays but for the password', async () => {
  const browser = new TestBrowser(node);
  const good = { username: 'field', email: 'field@mail.example', password };
  for (const [field, value] of [
    ['username', 'a@b'],
    ['email', 'nowhere'],
    ['password', 'short'],
  ] as const) {
    const { status, html } = await browser.fill('/sign-up', { ...good, [field]: value });
    assert.equal(status, 400);
    assert.match(html, new RegExp(`aria-describedby="${field}-hint ${field}-fault"[^>]*aria-invalid="true"`));
    assert.match(html, field === 'username' ? /value="a@b"/ : /value="field"/);
    assert.doesNotMatch(html, /value="(short|nine brown foxes)"/);
  }
});

test('every field has a label and says what it is for', async () => {
  for (const path of ['/sign-up', '/sign-in', '/forgot']) {
    const { html, headers } = await new TestBrowser(node).open(path);
    const inputs = [...html.matchAll(/<input id="(\w+)"[^>]*autocomplete="([\w-]+)"/g)];
    assert.ok(inputs.length > 0);
    for (const [, id] of inputs) assert.match(html, new RegExp(`<label for="${id}">`));
    assert.match(html, /<button id="submit" type="submit"/);
    assert.doesNotMatch(html, /<script/);
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
  }
});

test('a site that is closed to sign-ups takes none', async () => {
  const settings = (value: string | null) =>
    node.app.inject({
      method: 'PATCH',
      url: '/apis/default/admin/settings',
      headers: { authorization: `Bearer ${node.adminToken}`, 'content-type': 'application/json' },
      payload: JSON.stringify({ sign_up: value }),
    });
  await settings('closed');
  assert.equal((await signUp('closed', 'closed@mail.example')).status, 403);
  assert.equal((await new TestBrowser(node).open('/sign-up')).status, 403);
  assert.doesNotMatch((await new TestBrowser(node).open('/sign-in')).html, /id="sign-up"/);
  await settings(null);
  assert.equal((await signUp('reopened', 'reopened@mail.example')).status, 202);
});

test('sign-ups of a network, mails to an address and sign-ups of a day are limited', async () => {
  const few = { perMinute: 1, burst: 2 };
  const accounts = { ...easyAccounts, limits: { ...easyAccounts.limits, mail: few } };
  const strict = await testGate(database, { config: { accounts }, now: () => now });
  const ask = (email: string) => strict.postJson(account, { user_name: `u${Math.random()}`, email, password });
  assert.deepEqual(
    [await ask('flood@mail.example'), await ask('flood@mail.example')].map(({ status }) => status),
    [202, 202],
  );
  const refused = await ask('FLOOD@mail.example');
  assert.equal(refused.status, 429);
  assert.match(refused.json.error_description, /Try again in \d+ (seconds|minutes)\./);
  assert.ok(Number(refused.headers['retry-after']) > 0);
  assert.equal((await ask('other@mail.example')).status, 202);
  await strict.close();

  const full = await testGate(database, {
    config: { accounts: { ...easyAccounts, signUpsPerDay: 1 } },
    now: () => now,
  });
  assert.equal(
    (await full.postJson(account, { user_name: 'too-late', email: 'l@mail.example', password })).status,
    429,
  );
  await full.close();
});

test('what nobody confirmed is swept after a day, and mail after a week', async () => {
  await signUp('swept', 'swept@mail.example');
  assert.ok((await count('sign_up')) > 0 && (await count('outbox')) > 0);
  now += 25 * 3600_000;
  await sweep(node.gate);
  assert.equal(await count('sign_up'), 0);
  assert.ok((await count('outbox')) > 0);
  now += 7 * 24 * 3600_000;
  await sweep(node.gate);
  assert.equal(await count('outbox'), 0);
});

test('a body that is no JSON, or has other members, is refused', async () => {
  const form = await node.postForm(account, { user_name: 'x', email: 'x@mail.example', password });
  assert.equal(form.status, 400);
  assert.equal(
    (await node.postJson(account, { user_name: 'admin', email: 'x@mail.example', password, role: 'administrator' }))
      .status,
    400,
  );
  assert.equal((await node.postJson(account, { user_name: 7, email: 'x@mail.example', password })).status, 400);
  assert.equal((await node.get(account)).status, 405);
});
