import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { after, test } from 'node:test';
import { fastify } from 'fastify';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { testDatabase } from '../testing/database.ts';
import { type KeyPair, newKeyPair, testGate } from '../testing/gate.ts';
import { gateRoutes } from '../wire/gate-routes.ts';

/** A gate that really listens, at the address its documents name. */
const database = await testDatabase();
const proxy = fastify();
const base = await freePort();
const node = await testGate(database, { config: { publicUrl: base } });
await proxy.register(gateRoutes(node.gate));
await proxy.listen({ port: Number(new URL(base).port), host: '127.0.0.1' });
after(async () => {
  await proxy.close();
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

async function cryptoKey({ alg, privateKey }: KeyPair): Promise<webcrypto.CryptoKey> {
  const algorithm =
    alg === 'RS384' ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' } : { name: 'ECDSA', namedCurve: 'P-384' };
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
}

for (const alg of ['RS384', 'ES384'] as const) {
  test(`openid-client discovers, gets a token by ${alg}, introspects and revokes it`, async () => {
    const key = newKeyPair(alg);
    const client = await node.approvedClient([key]);
    const audience = {
      [openid.modifyAssertion]: (_header: object, payload: Record<string, unknown>) => {
        payload.aud = `${issuer}/token`;
      },
    };
    const config = await openid.discovery(
      new URL(issuer),
      client.client_id,
      undefined,
      openid.PrivateKeyJwt({ key: await cryptoKey(key), kid: key.kid }, audience),
      { execute: [openid.allowInsecureRequests] },
    );
    const granted = await openid.clientCredentialsGrant(config, { scope: 'system/Patient.rs' });
    assert.equal(granted.scope, 'system/Patient.rs');
    assert.equal(granted.expires_in, 300);
    assert.equal((await openid.tokenIntrospection(config, granted.access_token)).active, true);
    await openid.tokenRevocation(config, granted.access_token);
    assert.equal((await openid.tokenIntrospection(config, granted.access_token)).active, false);
    await assert.rejects(openid.clientCredentialsGrant(config, { scope: 'system/Group.rs' }), {
      error: 'invalid_scope',
    });
  });

  test(`oauth4webapi discovers and gets a token by ${alg}`, async () => {
    const key = newKeyPair(alg);
    const { client_id } = await node.approvedClient([key]);
    const insecure = { [oauth.allowInsecureRequests]: true };
    const server = await oauth.processDiscoveryResponse(
      new URL(issuer),
      await oauth.discoveryRequest(new URL(issuer), insecure),
    );
    const authenticate = oauth.PrivateKeyJwt(
      { key: await cryptoKey(key), kid: key.kid },
      {
        [oauth.modifyAssertion]: (_header, payload) => {
          payload.aud = server.token_endpoint ?? '';
        },
      },
    );
    const parameters = new URLSearchParams({ scope: 'system/Patient.rs' });
    const response = await oauth.clientCredentialsGrantRequest(
      server,
      { client_id },
      authenticate,
      parameters,
      insecure,
    );
    const granted = await oauth.processClientCredentialsResponse(server, { client_id }, response);
    assert.equal(granted.token_type, 'bearer');
    assert.equal(granted.scope, 'system/Patient.rs');
  });
}

test('openid-client registers a client dynamically', async () => {
  const key = newKeyPair('ES384');
  const config = await openid.dynamicClientRegistration(
    new URL(issuer),
    {
      client_name: 'Night export',
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      scope: 'system/Patient.rs',
      jwks: { keys: [key.publicJwk as openid.JWK] },
    },
    openid.PrivateKeyJwt(await cryptoKey(key)),
    { execute: [openid.allowInsecureRequests] },
  );
  assert.equal(config.clientMetadata().status, 'pending');
});
