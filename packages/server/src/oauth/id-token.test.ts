import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { publicUrl, soleGate } from '../testing/gate.ts';
import { exchangeAt, newAccount, newAuthorization, newPatientApp, newSession } from '../testing/user.ts';
import { authenticateBearer } from './bearer.ts';
import { idToken } from './id-token.ts';
import { userClaims } from './user-claims.ts';

const { node, close } = await soleGate();
after(close);

const issuer = `${publicUrl}/oauth2/default`;
const client = await newPatientApp(node);
const account = await newAccount(node, { userName: 'pat', email: 'pat@mail.example', fhirUser: 'Patient/1' });

async function verified(token: string) {
  const keys = createLocalJWKSet((await node.get('/oauth2/default/jwk')).json as never);
  return jwtVerify(token, keys, { issuer, audience: client.clientId, algorithms: ['RS256'] });
}

test('an id_token is signed by the published key, and says who signed in, when, how and for whom', async () => {
  const { authorization } = await newAuthorization(node, account, client, { nonce: 'n-1', amr: ['pwd', 'otp'] });
  const x = await exchangeAt(node);
  const token = await idToken(x, authorization, client);
  const { payload, protectedHeader } = await verified(token);
  const [key] = (await node.get('/oauth2/default/jwk')).json.keys;
  assert.deepEqual(protectedHeader, { alg: 'RS256', typ: 'JWT', kid: key.kid });
  const iat = Math.floor(x.now / 1000);
  assert.deepEqual(payload, {
    iss: issuer,
    sub: account.accountId,
    aud: client.clientId,
    iat,
    exp: iat + 3600,
    auth_time: Math.floor(authorization.authTime / 1000),
    nonce: 'n-1',
    amr: ['pwd', 'otp'],
    fhirUser: `${publicUrl}/apis/default/fhir/Patient/1`,
  });
});

test('it holds what the scopes tell, and nothing else', async () => {
  const url = `${publicUrl}/apis/default/fhir/Patient/1`;
  const told: readonly [scope: string, claims: object][] = [
    ['openid', {}],
    ['openid fhirUser', { fhirUser: url }],
    ['openid profile', { fhirUser: url, name: 'pat', preferred_username: 'pat' }],
    ['openid email', { email: 'pat@mail.example', email_verified: true }],
    ['openid emails xprofile patient/*.rs', {}],
  ];
  for (const [scope, claims] of told) {
    const { authorization } = await newAuthorization(node, account, client, { scope });
    const { payload } = await verified(await idToken(await exchangeAt(node), authorization, client));
    const { iss, sub, aud, exp, iat, auth_time, amr, ...rest } = payload;
    assert.deepEqual(rest, claims, scope);
  }
});

test('who has no record has no fhirUser, and an address that nobody showed to be theirs is not verified', async () => {
  const { site } = await exchangeAt(node);
  const { fhirUser, ...without } = account;
  assert.deepEqual(userClaims({ ...without, status: 'unverified' }, 'openid fhirUser email', site), {
    email: 'pat@mail.example',
    email_verified: false,
  });
});

test('with online_access it names the session that it ends with', async () => {
  const { hash, sessionId } = await newSession(node, account);
  const { authorization } = await newAuthorization(node, account, client, { sessionHash: hash });
  const { payload } = await verified(await idToken(await exchangeAt(node), authorization, client));
  assert.equal(payload.sid, sessionId);
});

test('it lives as long as an access token does', async () => {
  const { authorization } = await newAuthorization(node, account, client);
  const x = await exchangeAt(node);
  const token = await idToken({ ...x, settings: { ...x.settings, access_token_lifetime: 60 } }, authorization, client);
  const { payload } = await verified(token);
  assert.equal(Number(payload.exp) - Number(payload.iat), 60);
});

test('tokens signed at once are each their own, by one key', async () => {
  const x = await exchangeAt(node);
  const apps = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => newAuthorization(node, account, client, { nonce: `n-${i}` })),
  );
  const tokens = await Promise.all(apps.map(({ authorization }) => idToken(x, authorization, client)));
  const nonces = await Promise.all(tokens.map(async (token) => (await verified(token)).payload.nonce));
  assert.deepEqual(
    nonces,
    apps.map((_, i) => `n-${i}`),
  );
  assert.equal(new Set(tokens.map((token) => decodeProtectedHeader(token).kid)).size, 1);
});

test('attack 35: an id_token used as access token is refused everywhere', async () => {
  const { authorization, accessToken } = await newAuthorization(node, account, client);
  const token = await idToken(await exchangeAt(node), authorization, client);
  await authenticateBearer(node.gate, `Bearer ${accessToken}`, 'default');
  await assert.rejects(authenticateBearer(node.gate, `Bearer ${token}`, 'default'), {
    status: 401,
    error: 'invalid_token',
  });
  assert.equal((await node.get('/oauth2/default/userinfo', accessToken)).status, 200);
  const refused = await node.get('/oauth2/default/userinfo', token);
  assert.equal(refused.status, 401);
  assert.match(String(refused.headers['www-authenticate']), /error="invalid_token"/);
  assert.equal((await node.get('/apis/default/admin/signing-keys', token)).status, 401);
});
