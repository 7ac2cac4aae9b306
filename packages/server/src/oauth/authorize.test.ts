import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { callback, fhirUrl, issuer, type Shown, testApp } from '../testing/app.ts';
import { newKeyPair, publicUrl, soleGate } from '../testing/gate.ts';
import { testUser } from '../testing/user.ts';
import { secretHash } from './secret.ts';

let now = Date.now();
const { node, close } = await soleGate({ now: () => now });
after(close);

const app = await testApp(node);
const native = await testApp(node, {
  metadata: {
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/back?a=1', 'http://localhost:8000/', 'com.example.app:/back'],
    scope: 'patient/Patient.rs',
  },
});

const ticketOf = async (shown: Shown) =>
  (await node.get(`/apis/default/admin/tickets/${shown.location?.searchParams.get('ticket')}`, node.adminToken)).json;
const ticketOfPage = async ({ text }: Shown) =>
  (await node.get(`/apis/default/admin/tickets/${text.match(/[0-9a-f]{32}/)?.[0]}`, node.adminToken)).json;

/** That a refusal is shown to the person, and nobody is sent anywhere. */
function isPage(shown: Shown, status = 400): void {
  assert.equal(shown.status, status, shown.text);
  assert.equal(shown.location, undefined);
  assert.match(String(shown.headers['content-type']), /^text\/html/);
  assert.match(shown.text, /Reference number: [0-9a-f]{32}/);
  assert.ok(!shown.text.includes('some state') && !shown.text.includes('evil.example'), 'nothing of the request');
}

/** That the app is told, at its own address. */
function isToldApp(shown: Shown, error: string, at = callback): URLSearchParams {
  assert.equal(shown.status, 303, shown.text);
  assert.ok(shown.location?.href.startsWith(`${at}?`), String(shown.location));
  const { searchParams } = shown.location ?? new URL(issuer);
  assert.equal(searchParams.get('error'), error);
  assert.equal(searchParams.get('state'), 'some state');
  assert.equal(searchParams.get('iss'), issuer);
  assert.equal(searchParams.get('code'), null);
  assert.match(searchParams.get('error_description') ?? '', /^[\x20-\x21\x23-\x5b\x5d-\x7e]+\.$/);
  assert.match(searchParams.get('ticket') ?? '', /^[0-9a-f]{32}$/);
  return searchParams;
}

for (const method of ['GET', 'POST'] as const) {
  test(`a correct request by ${method} goes on, with GET, to an address that holds nothing but a secret`, async () => {
    const headers = { origin: 'https://elsewhere.example' };
    const { status, location, text } = await app.authorize({}, { method, headers });
    assert.equal(status, 303, text);
    assert.equal(`${location?.origin}${location?.pathname}`, `${issuer}/continue`);
    assert.deepEqual([...(location?.searchParams.keys() ?? [])], ['request']);
    assert.match(location?.searchParams.get('request') ?? '', /^[\w-]{43}$/);
  });
}

test('the request is kept as it was checked, under the hash of its secret', async () => {
  const { location } = await app.authorize({
    scope: 'openid patient/*.rs system/Patient.rs user/Patient.rs launch nonsense',
    nonce: 'n',
    prompt: 'login consent',
    max_age: '60',
    login_hint: 'ann',
  });
  const site = await node.gate.site('default');
  const secret = location?.searchParams.get('request') ?? '';
  const found = await site?.store.authorizationRequests.find(secretHash(secret), now);
  const { codeChallenge, ...rest } = found ?? { codeChallenge: '' };
  assert.match(codeChallenge, /^[\w-]{43}$/);
  assert.deepEqual(rest, {
    clientId: app.client.client_id,
    redirectUri: callback,
    state: 'some state',
    nonce: 'n',
    scope: 'openid patient/*.rs',
    prompt: ['login', 'consent'],
    maxAge: 60,
    loginHint: 'ann',
    createdAt: now,
  });
});

test('an unknown client is refused on a page', async () => {
  for (const client_id of ['BAD_CLIENT_ID', undefined, 'x'.repeat(500), "' or 1=1 --"]) {
    isPage(await app.authorize({ client_id }));
  }
});

test('a client that is not enabled is refused on a page that says so', async () => {
  const { json } = await node.register({ redirect_uris: [callback], scope: 'user/*.rs' });
  const waiting = await app.authorize({ client_id: json.client_id });
  isPage(waiting, 403);
  assert.match(waiting.text, /administrator of this site has not enabled the app/);
  const suspended = await testApp(node);
  await node.postJson(`/apis/default/admin/clients/${suspended.client.client_id}/suspend`, {}, node.adminToken);
  const refused = await suspended.authorize();
  isPage(refused, 403);
  assert.equal((await ticketOfPage(refused)).received, 'suspended');
});

test('attack 33: an address that is not registered is never gone to, whatever else is wrong', async () => {
  for (const redirect_uri of [
    undefined,
    'https://evil.example/callback',
    'https://app.example/callback/',
    'https://app.example/CALLBACK',
    'https://app.example/callback?a=1',
    'https://app.example:443/callback',
    'https://app.example.evil.example/callback',
    'https://app.example/callback#x',
    'https://user@app.example/callback',
    '//app.example/callback',
    'javascript:alert(1)',
    'http://127.0.0.1/callback',
  ]) {
    for (const parameters of [{}, { response_type: 'token' }, { aud: 'https://elsewhere.example' }]) {
      isPage(await app.authorize({ redirect_uri, ...parameters }));
    }
  }
  const ticket = await ticketOfPage(await app.authorize({ redirect_uri: 'http://127.0.0.1/callback' }));
  assert.equal(ticket.expected, `one of ${callback}`);
  assert.equal(ticket.received, 'http://127.0.0.1/callback');
  assert.equal(ticket.check, 'redirect_uri is registered');
});

test('of an app on the own machine any port is right, and nothing else', async () => {
  for (const redirect_uri of [
    'http://127.0.0.1:49152/back?a=1',
    'http://127.0.0.1/back?a=1',
    'http://localhost:1/',
    'com.example.app:/back',
  ]) {
    assert.equal((await native.authorize({ redirect_uri })).status, 303, redirect_uri);
  }
  for (const redirect_uri of [
    'http://127.0.0.1:49152/back',
    'http://127.0.0.1:49152/back?a=2',
    'http://localhost:49152/back?a=1',
    'http://127.0.0.1:1@evil.example/back?a=1',
    'http://127.0.0.1:99999/back?a=1',
    'http://127.0.0.1.evil.example/back?a=1',
    'https://127.0.0.1:1/back?a=1',
    'com.example.app:1/back',
  ]) {
    isPage(await native.authorize({ redirect_uri }));
  }
});

test('attack 33: an error goes back to the registered address, beside the parameters that it has', async () => {
  const shown = await native.authorize({ redirect_uri: 'http://127.0.0.1:5/back?a=1', response_type: 'token' });
  assert.equal(shown.location?.origin, 'http://127.0.0.1:5');
  assert.equal(shown.location?.searchParams.get('a'), '1');
  assert.equal(shown.location?.searchParams.get('error'), 'unsupported_response_type');
});

test('attack 29: a repeated parameter is refused on a page, in the address, the form, or split over both', async () => {
  const path = '/oauth2/default/authorize';
  const { location: _, ...known } = await app.authorize();
  assert.equal(known.status, 303);
  const query = new URLSearchParams({ client_id: app.client.client_id, redirect_uri: callback }).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  for (const { method, url, payload } of [
    { method: 'GET', url: `${path}?${query}&redirect_uri=https://evil.example`, payload: undefined },
    { method: 'GET', url: `${path}?${query}&anything=1&anything=2`, payload: undefined },
    { method: 'POST', url: path, payload: `${query}&client_id=other` },
    { method: 'POST', url: `${path}?client_id=other`, payload: query },
  ] as const) {
    const answer = await node.app.inject({ method, url, headers: type, ...(payload ? { payload } : {}) });
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.headers.location, undefined);
  }
});

test('attack 24: without PKCE by S256 there is no way in, for confidential clients either', async () => {
  const refused = async (parameters: Record<string, string | undefined>) => {
    for (const one of [app, native]) {
      const shown = await one.authorize(parameters);
      isToldApp(shown, 'invalid_request', one.redirectUri.split('?')[0]);
    }
  };
  await refused({ code_challenge: undefined });
  await refused({ code_challenge: undefined, code_challenge_method: undefined });
  await refused({ code_challenge_method: undefined });
  await refused({ code_challenge_method: 'plain' });
  await refused({ code_challenge_method: 's256' });
  await refused({ code_challenge: 'short' });
  await refused({ code_challenge: `${'x'.repeat(43)}=` });
  await refused({ code_challenge: 'f'.repeat(64) });
  const shown = await app.authorize({ code_challenge: undefined });
  const ticket = await ticketOf(shown);
  assert.equal(ticket.refusal, 'pkce-missing');
  assert.equal(ticket.client_id, app.client.client_id);
});

test('attack 27: a request for another FHIR server is refused, and one for none', async () => {
  for (const aud of [
    undefined,
    'https://elsewhere.example/fhir',
    publicUrl,
    issuer,
    `${publicUrl}/apis/other/fhir`,
    `${fhirUrl}/Patient`,
    `${fhirUrl}//`,
    `${publicUrl}/apis/default/api`,
    `${publicUrl}/apis/default/portal`,
    fhirUrl.toUpperCase(),
  ]) {
    const shown = await app.authorize({ aud });
    isToldApp(shown, 'invalid_request');
    assert.equal((await ticketOf(shown)).expected, fhirUrl);
  }
  assert.equal((await app.authorize({ aud: `${fhirUrl}/` })).location?.pathname, '/oauth2/default/continue');
});

test("OpenEMR's other bases are taken for aud where the site speaks as OpenEMR does", async () => {
  const site = await node.gate.site('default');
  const set = async (compatibility: string | null) => {
    await site?.store.settings.put({ compatibility }, now);
    site?.forget({ settings: true });
  };
  await set('openemr');
  try {
    for (const aud of ['api', 'portal', 'fhir']) {
      const { location } = await app.authorize({ aud: `${publicUrl}/apis/default/${aud}` });
      assert.equal(location?.pathname, '/oauth2/default/continue');
    }
    isToldApp(await app.authorize({ aud: `${publicUrl}/apis/other/api` }), 'invalid_request');
    isToldApp(await app.authorize({ aud: undefined, launch: 'xyz' }), 'invalid_request');
  } finally {
    await set(null);
  }
});

test('what else is wrong is told to the app, by the error of the specification', async () => {
  const errors: Record<string, readonly Record<string, string | undefined>[]> = {
    unsupported_response_type: [
      { response_type: undefined },
      { response_type: 'token' },
      { response_type: 'code id_token' },
    ],
    invalid_request: [
      { response_mode: 'fragment' },
      { prompt: 'none login' },
      { prompt: 'create' },
      { max_age: '-1' },
      { max_age: 'soon' },
      { nonce: 'x'.repeat(513) },
      { login_hint: 'a\nb' },
    ],
    request_not_supported: [{ request: 'e30.e30.' }, { request_uri: 'https://app.example/request' }],
    invalid_scope: [
      { scope: undefined },
      { scope: 'a"b' },
      { scope: 'x'.repeat(20_001) },
      { scope: 'nonsense' },
      { scope: 'launch' },
      { scope: 'user/Patient.rs system/*.rs' },
      { scope: 'patient/Patient.rs', launch: 'x' },
    ],
  };
  for (const [error, requests] of Object.entries(errors)) {
    for (const parameters of requests) {
      const isLong = (parameters.scope?.length ?? 0) > 10_000;
      isToldApp(await app.authorize(parameters, { method: isLong ? 'POST' : 'GET' }), error);
    }
  }
});

test('a state that is too long is refused, and not sent along', async () => {
  const { location } = await app.authorize({ state: 'x'.repeat(2049) }, { method: 'POST' });
  assert.equal(location?.searchParams.get('error'), 'invalid_request');
  assert.equal(location?.searchParams.get('state'), null);
});

test('system/ scopes are not for users, even where the client is approved for them', async () => {
  const both = await testApp(node, { key: newKeyPair('ES384'), metadata: { scope: 'system/*.rs patient/*.rs' } });
  isToldApp(await both.authorize({ scope: 'system/Patient.rs' }), 'invalid_scope');
});

test('a client that is not registered for codes is told so', async () => {
  const backend = await testApp(node, {
    key: newKeyPair('ES384'),
    metadata: { grant_types: ['client_credentials'], scope: 'system/Patient.rs patient/Patient.rs' },
  });
  isToldApp(await backend.authorize(), 'unauthorized_client');
});

test('attack 28: a launch that is forged, replayed, expired or of another client or site is refused', async () => {
  const user = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/1' });
  const site = await node.gate.site('default');
  const launch = async (value: string, clientId = app.client.client_id) =>
    site?.store.launches.insert({
      hash: secretHash(value),
      clientId,
      accountId: user.account.accountId,
      context: { patient: 'p' },
      createdAt: now,
      expiresAt: now + 60_000,
    });
  const ask = (value: string) => app.authorize({ scope: 'launch patient/*.rs', launch: value });
  await launch('good');
  assert.equal((await ask('good')).location?.pathname, '/oauth2/default/continue');
  isToldApp(await ask('good'), 'invalid_request');
  isToldApp(await ask('forged'), 'invalid_request');
  await launch('foreign', native.client.client_id);
  isToldApp(await ask('foreign'), 'invalid_request');
  await launch('late');
  now += 60_000;
  const late = await ask('late');
  isToldApp(late, 'invalid_request');
  assert.equal((await ticketOf(late)).refusal, 'launch-unknown');
  await launch('many');
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask('many')));
  const continued = answers.filter(({ location }) => location?.pathname === '/oauth2/default/continue');
  assert.equal(continued.length, 1);
});

test('a request that is refused for something else leaves the launch to be tried again', async () => {
  const user = await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/1' });
  const site = await node.gate.site('default');
  await site?.store.launches.insert({
    hash: secretHash('kept'),
    clientId: app.client.client_id,
    accountId: user.account.accountId,
    context: {},
    createdAt: now,
    expiresAt: now + 60_000,
  });
  isToldApp(
    await app.authorize({ scope: 'launch', launch: 'kept', aud: 'https://elsewhere.example' }),
    'invalid_request',
  );
  assert.equal(
    (await app.authorize({ scope: 'launch', launch: 'kept' })).location?.pathname,
    '/oauth2/default/continue',
  );
});

test('other methods and other bodies are refused on a page', async () => {
  const url = '/oauth2/default/authorize';
  const put = await node.app.inject({ method: 'PUT', url });
  assert.equal(put.statusCode, 405);
  assert.equal(put.headers.allow, 'GET, POST');
  const json = await node.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    payload: '{}',
  });
  assert.equal(json.statusCode, 400);
  assert.match(String(json.headers['content-type']), /^text\/html/);
});

test('an address cannot begin sign-ins without end', async () => {
  const { node: slow, close: closeSlow } = await soleGate({ config: { authorizations: { perMinute: 60, burst: 3 } } });
  try {
    const one = await testApp(slow);
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await one.authorize());
    assert.deepEqual(
      answers.map(({ status }) => status),
      [303, 303, 303, 429],
    );
    assert.equal(answers[3]?.headers['retry-after'], '1');
  } finally {
    await closeSlow();
  }
});

test('attack 30: each answer to the app names the issuer', async () => {
  assert.equal(isToldApp(await app.authorize({ aud: undefined }), 'invalid_request').get('iss'), issuer);
  const { json } = await node.get('/oauth2/default/.well-known/openid-configuration');
  assert.equal(json.authorization_response_iss_parameter_supported, true);
  assert.equal(json.issuer, issuer);
});
