import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signAssertion } from './assertion.ts';
import { discover } from './discovery.ts';
import { OAuthError, UnexpectedAnswer } from './errors.ts';
import { generateKey, jwks } from './keys.ts';
import { readRegistration, register } from './registration.ts';
import { peer } from './testing/peer.ts';
import { readTicket, ticketUrl } from './ticket.ts';
import { requestToken, type Token, tokenSource } from './token.ts';

/** A peer with a registered client and its credentials. */
async function scene(alg: 'ES384' | 'RS384' = 'ES384', approval = false) {
  const server = peer({ approval });
  const { tokenEndpoint, registrationEndpoint } = await discover('http://smart.example', server);
  const key = await generateKey(alg, 2048);
  const service = { name: 'Test', scope: 'system/*.rs', jwks: jwks(key) };
  const registration = await register(registrationEndpoint!, service, server);
  return {
    server,
    registration,
    credentials: { tokenEndpoint, clientId: registration.clientId, key, scope: 'system/*.rs' },
  };
}

for (const alg of ['ES384', 'RS384'] as const) {
  test(`a registered client gets a token with an ${alg} assertion`, async () => {
    const { server, credentials } = await scene(alg);
    const token = await requestToken(credentials, server);
    assert.ok(server.gate.tokens.has(token.accessToken));
    assert.ok(token.expiresAt > Date.now() + 290_000 && token.expiresAt <= Date.now() + 300_000);
  });
}

test('an assertion says what SMART asks for, and never the same jti twice', async () => {
  const { server, credentials } = await scene();
  await requestToken(credentials, server);
  await requestToken(credentials, server);
  const [one, other] = server.gate.assertions as { [claim: string]: number | string }[];
  assert.deepEqual(
    [one!.iss, one!.sub, one!.aud],
    ['client-1', 'client-1', 'http://smart.example/oauth2/default/token'],
  );
  assert.ok(Number(one!.exp) - Number(one!.iat) <= 300);
  assert.notEqual(one!.jti, other!.jti);
  assert.deepEqual(one!.header, { alg: 'ES384', kid: credentials.key.kid, typ: 'JWT' });
});

test('an assertion that would live longer than 300 s is not signed', async () => {
  const { credentials } = await scene();
  assert.throws(() => signAssertion({ ...credentials, lifetime: 301 }), RangeError);
});

test('a refusal carries its ticket, which the registration token opens, and no assertion', async () => {
  const { server, credentials, registration } = await scene('ES384', true);
  assert.equal(registration.status, 'pending');
  const error = await requestToken(credentials, server).catch((cause: unknown) => cause);
  assert.ok(error instanceof OAuthError);
  assert.deepEqual([error.status, error.error, error.ticket], [401, 'invalid_client', 'T1']);
  assert.ok(!/eyJ/.test(JSON.stringify(error) + error.message + error.stack));
  const ticket = await readTicket(
    ticketUrl(credentials.tokenEndpoint, 'T1'),
    registration.registrationAccessToken!,
    server,
  );
  assert.equal(ticket.check, 'status');
});

test('the status of a registration is read with its token, and another token is refused', async () => {
  const { server, registration } = await scene('ES384', true);
  const uri = registration.registrationClientUri!;
  server.gate.clients.get('client-1')!.status = 'approved';
  assert.equal((await readRegistration(uri, registration.registrationAccessToken!, server)).status, 'approved');
  await assert.rejects(readRegistration(uri, 'guess', server), OAuthError);
});

test('an OpenEMR that does not know private_key_jwt by name is registered with client_secret_post', async () => {
  const methods: unknown[] = [];
  const fetch = async (_url: string, init?: RequestInit) => {
    const { token_endpoint_auth_method: method } = JSON.parse(String(init?.body));
    methods.push(method);
    return method === 'private_key_jwt'
      ? Response.json(
          {
            error: 'invalid_client_metadata',
            error_description: `Unsupported token_endpoint_auth_method value : ${method}`,
          },
          { status: 400 },
        )
      : Response.json({ client_id: 'emr-1', client_secret: 'not needed' });
  };
  const service = { name: 'Test', scope: 'system/Patient.read', jwks: { keys: [] } };
  assert.equal((await register('https://emr.example/registration', service, { fetch })).clientId, 'emr-1');
  assert.deepEqual(methods, ['private_key_jwt', 'client_secret_post']);
});

test('an answer that is no token is refused as such', async () => {
  const { credentials } = await scene();
  for (const answer of [
    new Response('<html>', { status: 200 }),
    Response.json({ access_token: 'x' }),
    new Response(null, { status: 302, headers: { location: 'https://x.example' } }),
  ]) {
    await assert.rejects(requestToken(credentials, { fetch: async () => answer }), UnexpectedAnswer);
  }
});

const made = (name: string, life: number): Token => ({
  accessToken: name,
  expiresAt: Date.now() + life * 1000,
  scope: '',
});

test('a token source renews once for all who wait, before the end and when one was rejected', async () => {
  let requests = 0;
  const source = tokenSource(async () => {
    requests++;
    await new Promise((done) => setTimeout(done, 5));
    return made(`t${requests}`, requests === 1 ? 20 : 300);
  });
  const first = await Promise.all([source(), source(), source()]);
  assert.deepEqual(
    first.map((token) => token.accessToken),
    ['t1', 't1', 't1'],
  );
  assert.equal((await source()).accessToken, 't2', 't1 ends within half a minute');
  const [one, other] = await Promise.all([source(), source()]);
  assert.equal(one, other);
  assert.equal((await source(one)).accessToken, 't3', 'rejected');
  assert.equal((await source(one)).accessToken, 't3', 'the rejected one is not the current one any more');
});

test('a failed renewal is tried again by the next who asks', async () => {
  let requests = 0;
  const source = tokenSource(async () => {
    if (requests++ === 0) throw new Error('no');
    return made('t', 300);
  });
  await assert.rejects(source());
  assert.equal((await source()).accessToken, 't');
});
