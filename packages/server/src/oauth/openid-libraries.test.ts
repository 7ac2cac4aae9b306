import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { fastify } from 'fastify';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { testDatabase } from '../testing/database.ts';
import { testGate } from '../testing/gate.ts';
import { exchangeAt, newAccount, newAuthorization, newPatientApp } from '../testing/user.ts';
import { gateRoutes } from '../wire/gate-routes.ts';
import { idToken } from './id-token.ts';

/** A gate that really listens, at the address its documents name. */
const database = await testDatabase();
const front = fastify();
const base = await freePort();
const node = await testGate(database, { config: { publicUrl: base } });
await front.register(gateRoutes(node.gate));
await front.listen({ port: Number(new URL(base).port), host: '127.0.0.1' });
after(async () => {
  await front.close();
  await node.close();
  await database.drop();
});

async function freePort(): Promise<string> {
  const app = fastify();
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  await app.close();
  return url;
}

const issuer = `${base}/oauth2/default`;
const bye = 'https://app.example/bye';
const client = await newPatientApp(node, { post_logout_redirect_uris: [bye] });
const account = await newAccount(node, { fhirUser: 'Patient/1' });
const { authorization, accessToken } = await newAuthorization(node, account, client, { nonce: 'n-1' });

test('oauth4webapi finds the server where RFC 8414 says, and believes an id_token in a token response', async () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const found = await oauth.discoveryRequest(new URL(issuer), { algorithm: 'oauth2', ...insecure });
  const server = await oauth.processDiscoveryResponse(new URL(issuer), found);
  const token = await idToken(await exchangeAt(node), authorization, client);
  const answer = { access_token: accessToken, token_type: 'Bearer', expires_in: 3600, id_token: token };
  const response = Response.json(answer, { headers: { 'cache-control': 'no-store' } });
  const app = { client_id: client.clientId };
  const expected = { expectedNonce: 'n-1', maxAge: 60, requireIdToken: true };
  const read = await oauth.processAuthorizationCodeResponse(server, app, response, expected);
  await oauth.validateApplicationLevelSignature(server, response, insecure);
  assert.equal(oauth.getValidatedIdTokenClaims(read)?.sub, account.accountId);
});

test('openid-client asks userinfo, and signs out by the address it builds', async () => {
  const config = await openid.discovery(new URL(issuer), client.clientId, undefined, openid.None(), {
    execute: [openid.allowInsecureRequests],
  });
  const user = await openid.fetchUserInfo(config, accessToken, account.accountId);
  assert.equal(user.fhirUser, `${base}/apis/default/fhir/Patient/1`);
  await assert.rejects(openid.fetchUserInfo(config, 'x'.repeat(43), account.accountId), /401|unauthorized|WWW/i);

  const token = await idToken(await exchangeAt(node), authorization, client);
  const parameters = { id_token_hint: token, post_logout_redirect_uri: bye, state: 's' };
  const answer = await fetch(openid.buildEndSessionUrl(config, parameters), { redirect: 'manual' });
  assert.deepEqual([answer.status, answer.headers.get('location')], [303, `${bye}?state=s`]);
  await assert.rejects(openid.fetchUserInfo(config, accessToken, account.accountId));
});
