import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import type { Page } from 'playwright-core';
import { root, start } from '../support/command.ts';
import { otherOrigin } from '../support/pages.ts';
import { bundleOf, runningServer } from '../support/running-server.ts';
import { appAddress, appScope, codeOf, registered } from '../support/smart-app.ts';
import { demoBrowser } from '../support/window.ts';

const server = await runningServer({ demo: true });
const browser = await demoBrowser(server);
const issuer = `${server.url}/oauth2/default`;
const heard: URL[] = [];
const app = await otherOrigin((request, answer) => {
  if (request.url?.startsWith('/callback')) heard.push(new URL(request.url, app.url));
  answer.end('back in the app');
});
const redirectUri = `${app.url}/callback`;
after(async () => {
  await browser.close();
  app.close();
  await server.close();
});

const insecure = { execute: [oidc.allowInsecureRequests] };

/** Where the browser of a demo's patient comes back to the app. */
async function comesBack(url: URL): Promise<URL> {
  const { page, context } = await browser.window({ javaScriptEnabled: false });
  await page.goto(url.href);
  await browser.signIn(page, 'demo-patient');
  await page.click('#allow');
  await page.getByText('back in the app').waitFor();
  await context.close();
  const back = heard.at(-1);
  assert.ok(back);
  return back;
}

const read = (path: string, token: string) => server.ask(path, token);

/** A key pair of a client, and its JWKS. */
async function newKey(alg: 'RS384' | 'ES384') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { key: privateKey, kid, jwks: { keys: [{ ...jwk, kid, alg, use: 'sig' }] } };
}

/** SMART's audience is the token URL; without being told so openid-client names the issuer. */
const byKey = ({ key, kid }: Awaited<ReturnType<typeof newKey>>) =>
  oidc.PrivateKeyJwt(
    { key, kid },
    {
      [oidc.modifyAssertion]: (_header, claims) => {
        claims.aud = `${issuer}/token`;
      },
    },
  );

for (const [what, method] of [
  ['a public client', 'none'],
  ['a confidential client with a secret', 'client_secret_basic'],
  ['a confidential client with RS384', 'RS384'],
  ['a confidential client with ES384', 'ES384'],
] as const) {
  test(`openid-client: ${what} goes through the code flow, reads, refreshes, introspects and revokes`, async () => {
    const key = method === 'RS384' || method === 'ES384' ? await newKey(method) : undefined;
    const client = await registered(server, {
      client_name: 'Notes',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: key ? 'private_key_jwt' : method,
      scope: appScope,
      ...(key ? { jwks: key.jwks } : {}),
    });
    const secret = method === 'none' ? oidc.None() : oidc.ClientSecretBasic(client.client_secret);
    const authentication = key ? byKey(key) : secret;
    const config = await oidc.discovery(new URL(issuer), client.client_id, undefined, authentication, insecure);
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: appScope,
      aud: server.fhir,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    const tokens = await oidc.authorizationCodeGrant(config, await comesBack(url), checks);
    const patient = String(tokens.patient);
    assert.equal(tokens.claims()?.fhirUser, `${server.fhir}/Patient/${patient}`);
    assert.equal((await read(`Patient/${patient}`, tokens.access_token)).status, 200);

    const second = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '');
    assert.notEqual(second.refresh_token, tokens.refresh_token);
    const { entry } = await bundleOf(await read('Observation?_count=3', second.access_token));
    assert.equal(entry.length, 3);
    const told = await oidc.tokenIntrospection(config, second.access_token);
    assert.deepEqual(
      [told.active, told.client_id, told.patient, told.scope],
      [true, client.client_id, patient, second.scope],
    );
    assert.equal(
      (await oidc.fetchUserInfo(config, second.access_token, tokens.claims()?.sub ?? '')).fhirUser,
      `${server.fhir}/Patient/${patient}`,
    );

    await oidc.tokenRevocation(config, second.refresh_token ?? '');
    assert.deepEqual(await oidc.tokenIntrospection(config, second.access_token), { active: false });
    assert.equal((await read(`Patient/${patient}`, second.access_token)).status, 401);
    const late = oidc.refreshTokenGrant(config, second.refresh_token ?? '');
    await assert.rejects(late, { error: 'invalid_grant' });
  });
}

test('oauth4webapi: a public client goes through the code flow, reads, refreshes and revokes', async () => {
  const client = await registered(server, {
    client_name: 'Notes',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    scope: appScope,
  });
  const options = { [oauth.allowInsecureRequests]: true };
  const found = await oauth.discoveryRequest(new URL(issuer), options);
  const as = await oauth.processDiscoveryResponse(new URL(issuer), found);
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(as.authorization_endpoint ?? '');
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope: appScope,
    aud: server.fhir,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  const back = oauth.validateAuthResponse(as, client, await comesBack(url), state);
  const none = oauth.None();
  const answered = await oauth.authorizationCodeGrantRequest(as, client, none, back, redirectUri, verifier, options);
  const expected = { expectedNonce: nonce, requireIdToken: true };
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answered, expected);
  await oauth.validateApplicationLevelSignature(as, answered, options);
  assert.equal((await read(`Patient/${tokens.patient}`, tokens.access_token)).status, 200);
  const again = await oauth.refreshTokenGrantRequest(as, client, none, tokens.refresh_token ?? '', options);
  const second = await oauth.processRefreshTokenResponse(as, client, again);
  const resource = new URL(`${server.fhir}/Patient/${tokens.patient}`);
  const fetched = await oauth.protectedResourceRequest(second.access_token, 'GET', resource, undefined, null, options);
  assert.equal(fetched.status, 200);
  await oauth.processRevocationResponse(
    await oauth.revocationRequest(as, client, none, second.refresh_token ?? '', options),
  );
  assert.equal((await read(`Patient/${tokens.patient}`, second.access_token)).status, 401);
});

for (const alg of ['RS384', 'ES384'] as const) {
  test(`openid-client: backend services with ${alg} read all patients until the token is revoked`, async () => {
    const key = await newKey(alg);
    const client = await registered(server, {
      client_name: 'Nightly',
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      scope: 'system/Patient.rs',
      jwks: key.jwks,
    });
    const config = await oidc.discovery(new URL(issuer), client.client_id, undefined, byKey(key), insecure);
    const { access_token } = await oidc.clientCredentialsGrant(config, { scope: 'system/Patient.rs' });
    assert.equal((await bundleOf(await read('Patient?_count=5', access_token))).entry.length, 5);
    assert.equal((await oidc.tokenIntrospection(config, access_token)).active, true);
    await oidc.tokenRevocation(config, access_token);
    assert.equal((await read('Patient', access_token)).status, 401);
  });
}

test('the app of the docs on a server: standalone and EHR launch, id_token, refresh and reading', async () => {
  const url = await appAddress();
  const client = await registered(server, {
    client_name: 'Notes',
    token_endpoint_auth_method: 'client_secret_basic',
    redirect_uris: [`${url}/callback`],
    launch_uri: `${url}/launch`,
    scope: appScope,
  });
  const [code = ''] = await codeOf('apps.md', 'js');
  const folder = await mkdtemp(join(root, 'node_modules/.app-'));
  await writeFile(join(folder, 'app.mjs'), code);
  const environment = { CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret, FHIR: server.fhir };
  const running = start('node', [join(folder, 'app.mjs')], { ...environment, PORT: new URL(url).port });
  try {
    await untilListening(`${url}/nothing`);
    const shown = async (from: string, userName: string, before?: (page: Page) => Promise<void>) => {
      const { page, context } = await browser.window();
      await page.goto(from);
      await browser.signIn(page, userName);
      await before?.(page);
      await page.click('#allow');
      await page.waitForURL(/callback/);
      const text = (await page.locator('body').textContent()) ?? '';
      await context.close();
      return JSON.parse(text);
    };
    const standalone = await shown(`${url}/launch`, 'demo-patient');
    assert.equal(standalone.fhirUser, `${server.fhir}/Patient/${standalone.patient.id}`);
    const [{ family }] = standalone.patient.name;
    const launched = await shown(`${issuer}/launch`, 'demo-practitioner', (page) =>
      browser.openFor(page, { family, patient: standalone.patient.id, clientId: client.client_id }),
    );
    assert.deepEqual(launched.patient, standalone.patient);
    assert.match(launched.fhirUser, /\/Practitioner\//);
  } finally {
    running.child.kill();
    await running.ended;
    await rm(folder, { recursive: true });
  }
});

async function untilListening(url: string): Promise<void> {
  for (let n = 0; n < 100; n++) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await sleep(100);
  }
  throw new Error(`Nobody listens at ${url}`);
}
