import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { soleGate, testGate } from '../testing/gate.ts';
import { exchangeAt, newAccount, newAuthorization, newPatientApp, newSession } from '../testing/user.ts';
import { idToken } from './id-token.ts';

const { test: database, node, close } = await soleGate();
after(close);

const issuer = 'https://clinic.example/oauth2/default';
const path = '/oauth2/default/logout';
const bye = 'https://app.example/bye?from=clinic';
const app = { post_logout_redirect_uris: [bye, 'com.example.app:/bye'] };
const client = await newPatientApp(node, app);
const { site } = await exchangeAt(node);

type Parameters = Readonly<Record<string, string>>;

async function ask(parameters: Parameters, cookie?: string) {
  const headers = cookie === undefined ? {} : { cookie };
  const answer = await node.app.inject({ method: 'GET', url: `${path}?${new URLSearchParams(parameters)}`, headers });
  return { status: answer.statusCode, headers: answer.headers, location: answer.headers.location, text: answer.body };
}

async function send(form: Parameters, headers: Parameters = {}) {
  const answer = await node.app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(form).toString(),
  });
  return { status: answer.statusCode, headers: answer.headers, location: answer.headers.location, text: answer.body };
}

/** Somebody who is signed in and let the app in, with the app's id_token. */
async function signedIn(of = client) {
  const account = await newAccount(node);
  const session = await newSession(node, account);
  const given = await newAuthorization(node, account, of);
  const hint = await idToken(await exchangeAt(node), given.authorization, of);
  return { account, ...session, ...given, hint };
}

const hidden = (text: string) =>
  Object.fromEntries([...text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
const isSignedIn = async ({ hash }: { hash: Uint8Array }) =>
  (await site.store.sessions.find(hash, node.gate.now())) !== undefined;

test('with an id_token of who is signed in: the session ends, all that the app was given dies, and the browser goes back', async () => {
  const user = await signedIn();
  const again = await newAuthorization(node, user.account, client);
  const other = await newPatientApp(node);
  const elsewhere = await newAuthorization(node, user.account, other);
  for (const { accessToken } of [user, again, elsewhere]) assert.ok(await site.token(accessToken));
  const answer = await ask({ id_token_hint: user.hint, post_logout_redirect_uri: bye, state: 'a&b' }, user.cookie);
  assert.equal(answer.status, 303);
  assert.equal(answer.location, `${bye}&state=a%26b`);
  assert.equal(await isSignedIn(user), false);
  for (const { accessToken } of [user, again]) assert.equal(await site.token(accessToken), undefined);
  assert.ok(await site.token(elsewhere.accessToken), 'what other apps were given stays');
  const cookies = [answer.headers['set-cookie']].flat().map(String);
  assert.equal(cookies.length, 2);
  for (const cookie of cookies) assert.match(cookie, /^__Host-chartgate-default-(session|browser)=;.*Max-Age=0/);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal(answer.headers['referrer-policy'], 'no-referrer');
});

test('without an address to go back to, a page says that it is done', async () => {
  const user = await signedIn();
  const { status, text, headers } = await ask({ id_token_hint: user.hint }, user.cookie);
  assert.equal(status, 200);
  assert.match(text, /<h1>You are signed out<\/h1>/);
  assert.match(text, /You have been signed out\. Thank you\./);
  assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
  assert.equal(headers['access-control-allow-origin'], undefined);
  assert.equal(await isSignedIn(user), false);
});

test('an id_token that has expired is as good a hint', async () => {
  const user = await signedIn();
  const x = await exchangeAt(node);
  const old = await idToken({ ...x, now: x.now - 30 * 24 * 3600_000 }, user.authorization, client);
  assert.equal((await ask({ id_token_hint: old }, user.cookie)).status, 200);
  assert.equal(await isSignedIn(user), false);
});

test('where the session has ended before, the id_token still ends what the app was given, and leads back', async () => {
  const user = await signedIn();
  const bystander = await signedIn();
  const { location } = await ask({ id_token_hint: user.hint, post_logout_redirect_uri: 'com.example.app:/bye' });
  assert.equal(location, 'com.example.app:/bye');
  assert.equal(await site.token(user.accessToken), undefined);
  assert.ok(await isSignedIn(user), 'the session of another browser stays');
  assert.ok(await site.token(bystander.accessToken));
});

test('without an id_token the user is asked, and stays signed in until the click', async () => {
  const user = await signedIn();
  const asked = await ask({ client_id: client.clientId, post_logout_redirect_uri: bye, state: 's' }, user.cookie);
  assert.equal(asked.status, 200);
  assert.match(asked.text, /<h1>Sign out\?<\/h1>/);
  assert.ok(asked.text.includes(user.account.userName));
  assert.match(String(asked.headers['content-security-policy']), /form-action 'self' https:\/\/app\.example/);
  assert.equal(await isSignedIn(user), true);
  const form = hidden(asked.text);
  assert.deepEqual(Object.keys(form), ['form_token', 'client_id', 'post_logout_redirect_uri', 'state']);
  const done = await send(form, { cookie: user.cookie, origin: 'https://clinic.example' });
  assert.deepEqual([done.status, done.location], [303, `${bye}&state=s`]);
  assert.equal(await isSignedIn(user), false);
  assert.ok(await site.token(user.accessToken), 'nobody showed that the app asked');
});

test('an id_token of somebody else, of another server or a made up one signs nobody out', async () => {
  const user = await signedIn();
  const { hint } = await signedIn();
  const [header, claims, signature] = hint.split('.');
  const theirs = Buffer.from(JSON.stringify({ iss: issuer, sub: user.account.accountId, aud: client.clientId }));
  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  const foreign = await testGate(database, { config: { publicUrl: 'https://other.example' } });
  const x = await exchangeAt(foreign);
  const elsewhere = await idToken(x, user.authorization, client);
  await foreign.close();
  const hints = [
    hint,
    elsewhere,
    `${header}.${theirs.toString('base64url')}.${signature}`,
    `${none}.${theirs.toString('base64url')}.`,
    `${header}.${claims}.${randomBytes(256).toString('base64url')}`,
    'x',
    `${hint}${'x'.repeat(9000)}`,
  ];
  for (const id_token_hint of hints) {
    const { status, text } = await ask({ id_token_hint }, user.cookie);
    assert.equal(status, 200);
    assert.match(text, /Sign out\?/);
  }
  assert.equal(await isSignedIn(user), true);
  assert.ok(await site.token(user.accessToken));
});

test('a form of another origin is sent on to where the cookies are sent along, and signs nobody out by itself', async () => {
  const user = await signedIn();
  const parameters = { id_token_hint: user.hint, client_id: client.clientId, state: 's' };
  const { status, location } = await send({ ...parameters, more: 'x' }, { origin: 'https://app.example' });
  assert.deepEqual([status, location], [303, `${issuer}/logout?${new URLSearchParams(parameters)}`]);
  assert.equal(await isSignedIn(user), true);
});

test('the page’s form cannot be sent by another page, or without the token of this browser', async () => {
  const user = await signedIn();
  const form = hidden((await ask({}, user.cookie)).text);
  const other = hidden((await ask({}, (await signedIn()).cookie)).text);
  for (const [sent, origin] of [
    [form, 'https://evil.example'],
    [other, 'https://clinic.example'],
    [{ form_token: '' }, 'https://clinic.example'],
  ] as const) {
    const { status } = await send(sent as Parameters, { cookie: user.cookie, origin });
    assert.equal(status, 403);
  }
  assert.equal(await isSignedIn(user), true);
});

test('a client_id that the id_token was not made for is refused, with a ticket for the owner', async () => {
  const user = await signedIn();
  const other = await newPatientApp(node);
  const refused = await ask({ id_token_hint: user.hint, client_id: other.clientId }, user.cookie);
  assert.equal(refused.status, 400);
  assert.match(refused.text, /Reference number: [0-9a-f]{32}/);
  assert.equal(await isSignedIn(user), true);
});

const openRedirects: readonly string[] = [
  'https://evil.example/',
  'https://app.example/bye',
  'https://app.example/bye?from=clinic&more=1',
  'https://app.example/bye?from=clinic#',
  'https://APP.example/bye?from=clinic',
  'https://app.example/../bye?from=clinic',
  'https://app.example.evil.example/bye?from=clinic',
  'https://app.example/cb',
  '//evil.example',
  'javascript:alert(1)',
  '/\\evil.example',
];

test('attack 33: sign-out leads to registered addresses alone, whoever is signed in, and also when nobody is', async () => {
  for (const post_logout_redirect_uri of openRedirects) {
    const user = await signedIn();
    const answers = [
      await ask({ post_logout_redirect_uri }),
      await ask({ post_logout_redirect_uri, client_id: client.clientId }),
      await ask({ post_logout_redirect_uri, client_id: client.clientId }, user.cookie),
      await ask({ post_logout_redirect_uri, id_token_hint: user.hint }, user.cookie),
      await ask({ post_logout_redirect_uri, id_token_hint: user.hint }),
    ];
    for (const { status, location, text } of answers) {
      assert.deepEqual([status, location], [200, undefined], post_logout_redirect_uri);
      assert.ok(!/href=/.test(text));
    }
    assert.equal(await isSignedIn(user), false, 'the app’s mistake keeps nobody here');
    assert.match(answers[3]?.text ?? '', /Reference number: [0-9a-f]{32}/);
  }
});

test('attack 33: an address that another client registered, or a client that is not approved, leads nowhere', async () => {
  const other = await newPatientApp(node, { post_logout_redirect_uris: ['https://other.example/bye'] });
  const user = await signedIn();
  const foreign = { id_token_hint: user.hint, post_logout_redirect_uri: 'https://other.example/bye' };
  assert.equal((await ask(foreign, user.cookie)).location, undefined);
  const suspended = await signedIn(other);
  await node.postJson(`/apis/default/admin/clients/${other.clientId}/suspend`, {}, node.adminToken);
  const { location } = await ask({ ...foreign, id_token_hint: suspended.hint }, suspended.cookie);
  assert.equal(location, undefined);
  assert.equal(await isSignedIn(suspended), false);
});

test('attack 33: a bare link sends nobody on, not even to a registered address: it shows where that is', async () => {
  const { status, location, text } = await ask({ client_id: client.clientId, post_logout_redirect_uri: bye });
  assert.deepEqual([status, location], [200, undefined]);
  assert.match(text, /You are currently not signed in\./);
  assert.ok(text.includes(`<a id="logout-back" href="${bye}">`));
  assert.match(text, /at https:\/\/app\.example</);
  const state = '"><script>';
  const injected = await ask({ client_id: client.clientId, post_logout_redirect_uri: bye, state });
  assert.ok(!injected.text.includes('<script'));
});

test('the owner of the client finds the ticket of an address that is not registered', async () => {
  const { text } = await ask({ client_id: client.clientId, post_logout_redirect_uri: 'https://typo.example/' });
  const ticket = text.match(/Reference number: ([0-9a-f]{32})/)?.[1];
  const { json } = await node.get(`/apis/default/admin/tickets/${ticket}`, node.adminToken);
  assert.equal(json.refusal, 'logout-redirect');
  assert.equal(json.client_id, client.clientId);
  assert.equal(json.received, 'https://typo.example/');
});
