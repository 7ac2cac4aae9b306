/** The shapes of answers at a site with `compatibility: openemr`, and that a standard site keeps its own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { easyAccounts } from '../../packages/server/src/testing/accounts.ts';
import { callback, fhirUrl, issuer, type TestApp, testApp } from '../../packages/server/src/testing/app.ts';
import {
  type Answer,
  type Json,
  newKeyPair,
  publicUrl,
  signAssertion,
  soleGate,
} from '../../packages/server/src/testing/gate.ts';
import { setSettings, tokenForm } from '../../packages/server/src/testing/openemr.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';

let now = Date.now();
const warnings: string[] = [];
const { node, close } = await soleGate({
  now: () => now,
  config: { accounts: easyAccounts },
  log: { error: console.error, warn: (facts, message) => warnings.push(`${message} ${JSON.stringify(facts)}`) },
});
after(close);

const scope = 'openid offline_access launch/patient patient/Patient.rs';
const app = await testApp(node, { metadata: { token_endpoint_auth_method: 'client_secret_post' } });
const publicOne = await testApp(node, {
  metadata: { token_endpoint_auth_method: 'none', scope: 'openid offline_access launch/patient patient/*.rs' },
});
const key = newKeyPair();
const backend = await node.approvedClient([key]);
const someone = await testUser(node.gate, { charts: ['ann'] });

const speak = (compatibility: 'standard' | 'openemr') => setSettings(node, { compatibility });
before(() => speak('openemr'));

/** Runs in the standard dialect, and goes back. */
async function standard<T>(run: () => Promise<T>): Promise<T> {
  await speak('standard');
  try {
    return await run();
  } finally {
    await speak('openemr');
  }
}

const refusalOf = async (answer: Answer): Promise<string> => (await node.ticketOf(answer)).refusal;
const request = (claims: Json, header: Json = {}) =>
  node.requestToken(signAssertion(backend.client_id, key, { claims, header, now }));

test('a refusal has message, which repeats error_description, and a hint where OpenEMR has one', async () => {
  const none = await tokenForm(node, { grant_type: 'nothing' });
  assert.equal(none.status, 400);
  const { ticket, ...said } = none.json;
  assert.equal(typeof ticket, 'string');
  assert.deepEqual(said, {
    error: 'unsupported_grant_type',
    error_description: said.error_description,
    hint: 'Check that all required parameters have been provided',
    message: said.error_description,
  });
  const unknown = await node.requestToken(signAssertion('nobody', key, { now }));
  assert.equal(unknown.status, 401);
  assert.deepEqual(Object.keys(unknown.json).sort(), ['error', 'error_description', 'message', 'ticket']);
});

test('a standard site has neither', async () => {
  await standard(async () => {
    for (const answer of [
      await tokenForm(node, { grant_type: 'nothing' }),
      await node.requestToken(signAssertion('nobody', key, { now })),
      await app.refresh('x'.repeat(43)),
      await node.postForm('/oauth2/default/introspect', {}),
      await node.register({ redirect_uris: 'x' }),
    ]) {
      assert.deepEqual(Object.keys(answer.json).sort(), ['error', 'error_description', 'ticket']);
    }
  });
});

for (const [name, claims, header, hint] of [
  ['aud', { aud: fhirUrl }, {}, undefined],
  ['iss', { iss: 'me' }, {}, 'Invalid issuer claim'],
  ['alg', {}, { alg: 'RS256' }, undefined],
  ['exp that is past', { exp: Math.floor(now / 1000) - 3600 }, {}, undefined],
  [
    'exp that is far away',
    { exp: Math.floor(now / 1000) + 90_000 },
    {},
    'Token expiration exceeds maximum allowed time',
  ],
  ['nbf to come', { nbf: Math.floor(now / 1000) + 3600 }, {}, undefined],
  ['jti that is missing', { jti: undefined }, {}, 'Missing jti claim'],
] as const) {
  test(`an assertion with a wrong ${name} is answered 400 here, 401 elsewhere`, async () => {
    const answer = await request(claims, header);
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error, 'invalid_client');
    assert.equal(answer.json.hint, hint);
    assert.equal((await standard(() => request(claims, header))).status, 401);
  });
}

test('a used jti is answered 400; an assertion that cannot be judged 401', async () => {
  const assertion = signAssertion(backend.client_id, key, { now });
  assert.equal((await node.requestToken(assertion)).status, 200);
  assert.equal((await node.requestToken(assertion)).status, 400);
  for (const unreadable of [
    'not a JWT',
    signAssertion('nobody', key, { now }),
    signAssertion(backend.client_id, key, { now, header: { kid: 'another' } }),
  ]) {
    assert.equal((await node.requestToken(unreadable)).status, 401);
  }
});

test('a 401 to a Basic header names the scheme', async () => {
  const answer = await tokenForm(node, { grant_type: 'authorization_code' }, { client_id: 'x', client_secret: 'y' });
  assert.equal(answer.status, 401);
  assert.match(String(answer.headers['www-authenticate']), /^Basic /);
});

test('the refresh token is invalid: 401 invalid_request, with the hint of its case', async () => {
  const { refresh_token: token } = await app.tokensFor(someone, { scope });
  async function assertInvalid(answer: Answer, hint: string, refusal: string) {
    assert.equal(answer.status, 401);
    assert.equal(answer.json.error, 'invalid_request');
    assert.equal(answer.json.message, 'The refresh token is invalid.');
    assert.equal(answer.json.error_description, 'The refresh token is invalid.');
    assert.equal(answer.json.hint, hint);
    assert.equal(await refusalOf(answer), refusal);
  }
  await assertInvalid(await app.refresh('nothing'), 'Cannot decrypt the refresh token', 'refresh-unknown');
  await assertInvalid(await publicOne.refresh(token), 'Cannot decrypt the refresh token', 'refresh-client');
  const next = (await app.refresh(token)).json.refresh_token;
  now += 61_000;
  await assertInvalid(await app.refresh(token), 'Token has been revoked', 'refresh-spent');
  await assertInvalid(await app.refresh(next), 'Cannot decrypt the refresh token', 'refresh-unknown');
  await setSettings(node, { refresh_token_lifetime: 3600 });
  const old = (await app.tokensFor(await freshUser(), { scope })).refresh_token;
  now += 3601_000;
  await assertInvalid(await app.refresh(old), 'Token has expired', 'refresh-expired');
  await setSettings(node, { refresh_token_lifetime: null });
});

/** The clock of these tests moves further than a session lives. */
const freshUser = () => testUser(node.gate, { charts: ['ann'] });

test('a client with a secret may refresh without it here, and its owner is warned once a day', async () => {
  const client_id = app.client.client_id;
  const first = await app.tokensFor(await freshUser(), { scope });
  const refresh = (refresh_token: string) => tokenForm(node, { grant_type: 'refresh_token', client_id, refresh_token });
  const refused = await standard(() => refresh(first.refresh_token));
  assert.deepEqual([refused.status, refused.json.error], [401, 'invalid_client']);
  const second = await refresh(first.refresh_token);
  assert.equal(second.status, 200, JSON.stringify(second.json));
  const third = await refresh(second.json.refresh_token);
  assert.equal(third.status, 200);
  const { tickets } = (await node.get(`/apis/default/admin/tickets?client_id=${client_id}`, node.adminToken)).json;
  const unproven = tickets.filter((ticket: Json) => ticket.refusal === 'refresh-unproven');
  assert.equal(unproven.length, 1);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? '', new RegExp(client_id));
  assert.ok(!JSON.stringify([unproven, warnings]).includes(second.json.refresh_token));
  now += 25 * 3600_000;
  assert.equal((await refresh(third.json.refresh_token)).status, 200);
  assert.equal(warnings.length, 2);
});

test('nothing else is believed by its name: a wrong secret, a code, an introspection, a client that signs', async () => {
  const { client_id } = app.client;
  const { refresh_token, access_token } = await app.tokensFor(await freshUser(), { scope });
  const wrong = { grant_type: 'refresh_token', client_id, client_secret: 'wrong', refresh_token };
  assert.equal((await tokenForm(node, wrong)).status, 401);
  assert.equal(
    (await app.exchange(await app.codeFor(await freshUser(), { scope }), { client_secret: undefined })).status,
    401,
  );
  const introspection = { client_id, token: access_token, grant_type: 'refresh_token' };
  assert.equal((await node.postForm('/oauth2/default/introspect', { client_id, token: access_token })).status, 401);
  assert.equal((await node.postForm('/oauth2/default/introspect', introspection)).status, 401);
  const signing = await registered(newKeyPair());
  const tokens = await signing.tokensFor(await freshUser(), { scope });
  const unsigned = {
    grant_type: 'refresh_token',
    client_id: signing.client.client_id,
    refresh_token: tokens.refresh_token,
  };
  assert.equal((await tokenForm(node, unsigned)).status, 401);
});

const registered = (pair: ReturnType<typeof newKeyPair>): Promise<TestApp> =>
  standard(() => testApp(node, { key: pair }));

test("introspection adds status and jti, and another client's token looks like one that never was", async () => {
  const introspect = (token: string, by = app) => by.post({ token }, '/oauth2/default/introspect');
  const { access_token, refresh_token } = await app.tokensFor(await freshUser(), { scope });
  const live = (await introspect(access_token)).json;
  assert.equal(live.active, true);
  assert.equal(live.status, 'active');
  assert.equal(live.aud, app.client.client_id);
  assert.equal(live.client_id, app.client.client_id);
  for (const name of ['jti', 'sub', 'scope']) assert.equal(typeof live[name], 'string', name);
  assert.equal((await introspect(access_token)).json.jti, live.jti);
  assert.ok(!access_token.includes(live.jti));
  assert.equal((await introspect(refresh_token)).json.status, 'active');
  const unknown = { active: false, status: 'revoked' };
  assert.deepEqual((await introspect(access_token, publicOne)).json, unknown);
  assert.deepEqual((await introspect('n'.repeat(43), publicOne)).json, unknown);
  assert.deepEqual((await introspect('never', publicOne)).json, { active: false, status: 'failed_verification' });
  assert.deepEqual((await introspect(refresh_token, publicOne)).json, unknown);
  assert.equal((await standard(() => introspect(access_token))).json.status, undefined);

  await app.refresh(refresh_token);
  assert.deepEqual((await introspect(refresh_token)).json, { active: false, status: 'revoked' });
  now += 3601_000;
  assert.deepEqual((await introspect(access_token)).json, { active: false, status: 'expired' });
});

test('an access token whose user has a new password is revoked', async () => {
  const user = await freshUser();
  const { access_token } = await app.tokensFor(user, { scope });
  const site = await node.gate.site('default');
  await site?.store.accounts.endEverything(user.account.accountId);
  const { json } = await app.post({ token: access_token }, '/oauth2/default/introspect');
  assert.deepEqual(json, { active: false, status: 'revoked' });
});

const noPkce = { code_challenge: undefined, code_challenge_method: undefined };

test('a confidential client may leave PKCE, state and aud out; a public one not PKCE', async () => {
  const authorized = await app.codeFor(await freshUser(), { ...noPkce, state: undefined, aud: undefined, scope });
  assert.equal(authorized.redirect.searchParams.get('state'), null);
  const { status, json } = await app.exchange(authorized, { code_verifier: undefined });
  assert.equal(status, 200, JSON.stringify(json));
  const refused = await publicOne.authorize(noPkce);
  assert.equal(refused.location?.searchParams.get('error'), 'invalid_request');
  const elsewhere = await standard(() => app.authorize(noPkce));
  assert.equal(elsewhere.location?.searchParams.get('error'), 'invalid_request');
  for (const half of [
    { code_challenge: undefined },
    { code_challenge_method: undefined },
    { code_challenge_method: 'plain' },
  ]) {
    assert.equal((await app.authorize(half)).location?.searchParams.get('error'), 'invalid_request');
  }
});

test('a challenge that was taken away on the way is noticed, and one that is there is checked', async () => {
  const stripped = await app.exchange(await app.codeFor(await freshUser(), { ...noPkce, scope }));
  assert.equal(stripped.status, 400);
  assert.equal(stripped.json.error, 'invalid_grant');
  assert.equal(await refusalOf(stripped), 'verifier-unexpected');
  const without = await app.exchange(await app.codeFor(await freshUser(), { scope }), { code_verifier: undefined });
  assert.equal(await refusalOf(without), 'verifier-missing');
  const code = await app.codeFor(await freshUser(), { ...noPkce, scope });
  const later = await standard(() => app.exchange(code, { code_verifier: undefined }));
  assert.equal(await refusalOf(later), 'verifier-missing');
});

test('aud may be any API of the site, and must be there with a launch', async () => {
  for (const api of ['fhir', 'api', 'portal']) {
    const { location } = await app.authorize({ aud: `${publicUrl}/apis/default/${api}` });
    assert.ok(location?.pathname.endsWith('/continue'), api);
  }
  const error = async (parameters: Record<string, string | undefined>) =>
    (await app.authorize(parameters)).location?.searchParams.get('error');
  assert.equal(await error({ aud: 'https://elsewhere.example/apis/default/fhir' }), 'invalid_request');
  assert.equal(await error({ aud: undefined, launch: 'x', scope: 'launch patient/Patient.rs' }), 'invalid_request');
  assert.equal(await standard(() => error({ aud: `${publicUrl}/apis/default/api` })), 'invalid_request');
  assert.equal(await standard(() => error({ aud: undefined })), 'invalid_request');
});

test('discovery and keys are what they are elsewhere', async () => {
  for (const path of [
    '/oauth2/default/.well-known/openid-configuration',
    '/apis/default/fhir/.well-known/smart-configuration',
    '/oauth2/default/jwk',
  ]) {
    const here = await node.get(path);
    assert.equal(here.status, 200);
    assert.deepEqual(here.json, (await standard(() => node.get(path))).json);
  }
});

for (const [alias, page] of [
  ['login', 'sign-in'],
  ['provider/login', 'sign-in'],
  ['smart/patient-select', 'patient'],
  ['scope-authorize-confirm', 'consent'],
] as const) {
  test(`/${alias} leads to the page ${page}, with its request and nothing else`, async () => {
    for (const compatibility of ['openemr', 'standard'] as const) {
      await speak(compatibility);
      const at = `/oauth2/default/${alias}`;
      assert.equal((await app.visit(at)).location?.href, `${issuer}/${page}`);
      assert.equal(
        (await app.visit(`${at}?request=a%26b&x=//evil.example`)).location?.href,
        `${issuer}/${page}?request=a%26b`,
      );
      const { headers, status } = await node.postForm(at, {});
      assert.deepEqual([status, headers.allow], [405, 'GET']);
      assert.equal((await node.get(`/oauth2/nowhere/${alias}`)).status, 404);
    }
    await speak('openemr');
  });
}

test('endpoints are found whatever their case and with a slash at their end; ids keep their letters', async () => {
  for (const path of ['JWK', 'jwk/', 'Smart/Smart-Style', '.WELL-KNOWN/openid-configuration/']) {
    assert.equal((await node.get(`/oauth2/default/${path}`)).status, 200, path);
  }
  for (const path of ['Token', 'TOKEN/', 'token//']) {
    const answer = await node.postForm(`/oauth2/default/${path}`, { grant_type: 'nothing' });
    assert.equal(answer.json.error, 'unsupported_grant_type', path);
  }
  const shown = await standard(() =>
    node.register({ ...app.client, client_name: 'One more', redirect_uris: [callback] }),
  );
  const { client_id, registration_access_token: token } = shown.json;
  assert.equal((await node.get(`/oauth2/default/Client/${client_id}/`, token)).json.client_id, client_id);
  assert.equal((await node.get(`/oauth2/default/Client/${swapped(client_id)}/`, token)).status, 401);
});

const swapped = (id: string) =>
  id.replace(/[a-z]/i, (c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase()));

test('an unknown site or endpoint is a 404 that can be read', async () => {
  for (const path of [
    '/oauth2/nowhere/token',
    '/oauth2/nowhere/anything/else',
    '/oauth2/nowhere',
    '/oauth2/nowhere/JWK',
  ]) {
    const { status, json } = await node.get(path);
    assert.equal(status, 404, path);
    assert.match(json.error_description, /no such site/);
  }
  for (const path of ['/oauth2/default', '/oauth2/default/', '/oauth2/default/manage', '/oauth2/default/token/more']) {
    const { status, json } = await node.get(path);
    assert.equal(status, 404, path);
    assert.match(json.error_description, /no such endpoint/);
  }
});
