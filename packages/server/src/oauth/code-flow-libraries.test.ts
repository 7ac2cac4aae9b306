import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { fhirUrl, issuer, type TestApp, testApp } from '../testing/app.ts';
import { publicUrl, soleGate } from '../testing/gate.ts';
import { testUser } from '../testing/user.ts';

const { node, close } = await soleGate();
after(close);
const user = await testUser(node.gate, { charts: ['p'] });
const scope = 'launch/patient patient/Patient.rs offline_access';

/** The libraries' requests, brought to the gate without a port. */
async function bring(
  url: string,
  init: { method?: string; headers?: Headers | Record<string, string>; body?: unknown } = {},
): Promise<Response> {
  const headers = Object.fromEntries(new Headers(init.headers));
  const {
    statusCode,
    body,
    headers: answered,
  } = await node.app.inject({
    method: (init.method ?? 'GET') as 'GET' | 'POST',
    url: url.slice(publicUrl.length),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(init.body === undefined || init.body === null ? {} : { payload: String(init.body) }),
  });
  const given = Object.entries(answered).filter(([, value]) => value !== undefined);
  return new Response(body, { status: statusCode, headers: given.map(([name, value]) => [name, String(value)]) });
}

async function configurationOf({ client }: TestApp): Promise<openid.Configuration> {
  const authentication =
    client.token_endpoint_auth_method === 'none' ? openid.None() : openid.ClientSecretBasic(client.client_secret);
  return openid.discovery(new URL(issuer), client.client_id, undefined, authentication, {
    [openid.customFetch]: bring as openid.CustomFetch,
  });
}

for (const method of ['client_secret_basic', 'none'] as const) {
  test(`openid-client with ${method} goes through the code flow, refreshes, introspects and revokes`, async () => {
    const app = await testApp(node, { metadata: { token_endpoint_auth_method: method } });
    const config = await configurationOf(app);
    const pkceCodeVerifier = openid.randomPKCECodeVerifier();
    const expectedState = openid.randomState();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: app.redirectUri,
      scope,
      aud: fhirUrl,
      state: expectedState,
      code_challenge: await openid.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const { location } = await app.visit(url);
    assert.ok(location);
    const redirect = await app.follow(location, user);
    const tokens = await openid.authorizationCodeGrant(config, redirect, { pkceCodeVerifier, expectedState });
    assert.equal(tokens.patient, 'p');
    assert.equal(tokens.scope, scope);
    const second = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    assert.notEqual(second.refresh_token, tokens.refresh_token);
    assert.equal((await openid.tokenIntrospection(config, second.access_token)).patient, 'p');
    await openid.tokenRevocation(config, second.refresh_token ?? '');
    assert.equal((await openid.tokenIntrospection(config, second.access_token)).active, false);
    await assert.rejects(openid.refreshTokenGrant(config, second.refresh_token ?? ''), { error: 'invalid_grant' });
  });
}

test('attack 30: a client that checks iss takes the answers of this server, errors too, and of no other', async () => {
  const app = await testApp(node);
  const server = await oauth.processDiscoveryResponse(
    new URL(issuer),
    await bring(`${issuer}/.well-known/openid-configuration`),
  );
  const client = { client_id: app.client.client_id };
  const { redirect } = await app.codeFor(user, { state: 's' });
  assert.ok(oauth.validateAuthResponse(server, client, redirect, 's').get('code'));
  const elsewhere = new URL(redirect);
  elsewhere.searchParams.set('iss', 'https://elsewhere.example');
  assert.throws(() => oauth.validateAuthResponse(server, client, elsewhere, 's'), /iss/);
  elsewhere.searchParams.delete('iss');
  assert.throws(() => oauth.validateAuthResponse(server, client, elsewhere, 's'), /iss/);
  const { location } = await app.authorize({ state: 's', aud: undefined });
  assert.ok(location);
  assert.throws(() => oauth.validateAuthResponse(server, client, location, 's'), { error: 'invalid_request' });
});
