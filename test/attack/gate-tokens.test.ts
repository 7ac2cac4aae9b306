/** Tokens, codes and answers where they do not belong: at another site, with another scheme, without the issuer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { SignJWT } from 'jose';
import { migrate } from '../../packages/server/src/store/postgres/database/migrate.ts';
import { sql } from '../../packages/server/src/store/postgres/database/sql.ts';
import { fhirUrl, issuer, testApp } from '../../packages/server/src/testing/app.ts';
import { newKeyPair, publicUrl } from '../../packages/server/src/testing/gate.ts';
import { patientWithRecord, putAll, solePlatform } from '../../packages/server/src/testing/platform.ts';
import { testUser } from '../../packages/server/src/testing/user.ts';

const { test: database, node, ask, close } = await solePlatform();
after(close);
before(async () => {
  await putAll(database, patientWithRecord('ann'));
  await database.database.writes.query(
    sql`insert into chartgate.site (name, schema_name, hash_key) values ('second', 'site_second', 'k')`,
  );
  await migrate(database.database);
});

const app = await testApp(node);
const ann = await testUser(node.gate, { charts: ['ann'] });
const scope = 'launch/patient openid fhirUser offline_access patient/*.rs';
const second = '/oauth2/second';
const secondIssuer = `${publicUrl}${second}`;

test('attack 30: the answer with a code, and the one with an error, name the issuer that discovery names', async () => {
  const { json } = await node.get('/oauth2/default/.well-known/openid-configuration');
  const { redirect } = await app.codeFor(ann, { scope });
  assert.deepEqual(redirect.searchParams.getAll('iss'), [json.issuer]);
  for (const wrong of [{ aud: undefined }, { scope: 'nonsense' }, { code_challenge_method: 'plain' }]) {
    const { location } = await app.authorize(wrong);
    assert.ok(location?.searchParams.get('error'));
    assert.deepEqual(location?.searchParams.getAll('iss'), [json.issuer]);
  }
  assert.notEqual(json.issuer, (await node.get(`${second}/.well-known/openid-configuration`)).json.issuer);
});

test('attack 36: what one site gave is nothing at any endpoint of another, with a client that both have', async () => {
  const twin = await node.postJson(`${second}/registration`, {
    client_name: 'Health notes',
    redirect_uris: app.client.redirect_uris,
    token_endpoint_auth_method: 'client_secret_basic',
    scope: 'launch/patient openid fhirUser offline_access patient/*.rs',
  });
  assert.equal(twin.status, 201);
  const basic = Buffer.from(`${twin.json.client_id}:${twin.json.client_secret}`).toString('base64');
  const atSecond = (path: string, form: Record<string, string>) =>
    node.postForm(`${second}${path}`, form, { authorization: `Basic ${basic}` });
  const tokens = await app.tokensFor(ann, { scope });
  const code = await app.codeFor(ann, { scope });
  const exchange = { grant_type: 'authorization_code', redirect_uri: app.redirectUri, code_verifier: code.verifier };
  const refresh = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  for (const form of [{ ...exchange, code: code.code }, refresh]) {
    const { status, json } = await atSecond('/token', form);
    assert.deepEqual([status, json.error], [400, 'invalid_grant']);
    assert.equal((await app.post(form, `${second}/token`)).status, 401, 'nor is the client one of that site');
  }
  for (const token of [tokens.access_token, tokens.refresh_token]) {
    assert.deepEqual((await atSecond('/introspect', { token })).json, { active: false });
    assert.equal((await atSecond('/revoke', { token })).status, 200);
  }
  for (const path of [`${second}/userinfo`, '/apis/second/account/me', '/apis/second/admin/clients']) {
    assert.equal((await node.get(path, tokens.access_token)).status, 401, path);
  }
  assert.equal((await node.get('/apis/second/account/me', ann.session)).status, 401);
  assert.equal((await node.get('/apis/second/admin/clients', node.adminToken)).status, 401);
  assert.equal((await app.visit(`${secondIssuer}/account`, ann)).location?.pathname, `${second}/sign-in`);
  const there = await ask(`${publicUrl}/apis/second/fhir/Patient/ann`, tokens.access_token);
  assert.ok([401, 404].includes(there.status));
  assert.equal((await ask('Patient/ann', tokens.access_token)).status, 200, 'it is alive where it was given');
  assert.equal((await app.exchange(code)).status, 200, 'and so is the code');
});

test('attack 36: a JWT with another aud, another issuer, or by a key that nobody knows opens nothing', async () => {
  const { privateKey } = newKeyPair('ES384');
  const { json } = await node.get('/oauth2/default/jwk');
  for (const [iss, aud] of [
    [issuer, fhirUrl],
    [issuer, `${publicUrl}/apis/second/fhir`],
    [secondIssuer, fhirUrl],
  ] as const) {
    for (const kid of [json.keys[0].kid, 'unknown']) {
      const token = await new SignJWT({ scope: 'system/*.cruds', patient: 'ann' })
        .setProtectedHeader({ alg: 'ES384', kid, typ: 'at+jwt' })
        .setIssuer(iss)
        .setAudience(aud)
        .setSubject(ann.account.accountId)
        .setExpirationTime('1h')
        .sign(privateKey);
      assert.equal((await ask('Patient/ann', token)).status, 401);
      assert.equal((await node.get('/oauth2/default/userinfo', token)).status, 401);
      assert.deepEqual((await app.post({ token }, '/oauth2/default/introspect')).json, { active: false });
    }
  }
});

/** DPoP is not offered: nothing may be taken for a proof, so that no app believes its token bound when it is not. */
async function proof(url: string, method: string): Promise<string> {
  const { privateKey, publicJwk } = newKeyPair('ES384');
  return new SignJWT({ htm: method, htu: url, jti: 'one' })
    .setProtectedHeader({ alg: 'ES384', typ: 'dpop+jwt', jwk: publicJwk })
    .setIssuedAt()
    .sign(privateKey);
}

test('attack 41: discovery does not offer DPoP, and no client is registered that depends on it', async () => {
  for (const path of [
    '/apis/default/fhir/.well-known/smart-configuration',
    '/oauth2/default/.well-known/openid-configuration',
    '/oauth2/default/.well-known/oauth-authorization-server',
  ]) {
    assert.doesNotMatch(JSON.stringify((await node.get(path)).json), /dpop/i, path);
  }
  const bound = await node.register({ redirect_uris: ['https://app.example/cb'], dpop_bound_access_tokens: true });
  assert.notEqual(bound.json.dpop_bound_access_tokens, true);
});

test('attack 41: a token request with a DPoP proof never gets a token that looks bound', async () => {
  const { code, verifier } = await app.codeFor(ann, { scope });
  const basic = Buffer.from(`${app.client.client_id}:${app.client.client_secret}`).toString('base64');
  const { status, json } = await node.postForm(
    '/oauth2/default/token',
    { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, code_verifier: verifier },
    { authorization: `Basic ${basic}`, dpop: await proof(`${issuer}/token`, 'POST') },
  );
  assert.deepEqual([status, json.error], [400, 'invalid_request']);
  assert.match(json.error_description, /DPoP/);
  assert.equal(
    (await app.exchange({ code, verifier, redirect: new URL(issuer) })).status,
    200,
    'the code is not burned',
  );
});

test('attack 41: a token with the scheme DPoP is 401, at the chart and at userinfo', async () => {
  const { access_token } = await app.tokensFor(ann, { scope });
  for (const url of ['/apis/default/fhir/Patient/ann', '/oauth2/default/userinfo']) {
    const headers = { authorization: `DPoP ${access_token}`, dpop: await proof(`${publicUrl}${url}`, 'GET') };
    const answer = await node.app.inject({ method: 'GET', url, headers });
    assert.equal(answer.statusCode, 401, url);
    assert.match(String(answer.headers['www-authenticate']), /^Bearer /);
    assert.ok(!answer.body.includes(access_token));
  }
});
