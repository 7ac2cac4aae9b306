import assert from 'node:assert/strict';
import { createHmac, createPublicKey, randomUUID, sign } from 'node:crypto';
import { after, test } from 'node:test';
import {
  type Answer,
  type AssertionParts,
  newKeyPair,
  publicUrl,
  signAssertion,
  soleGate,
  testGate,
  tokenUrl,
} from '../testing/gate.ts';

const { test: database, node, close } = await soleGate();
after(close);

const rsa = newKeyPair('RS384');
const ec = newKeyPair('ES384');
const client = await node.approvedClient([rsa, ec]);
const uniform =
  'Client authentication failed. The ticket tells the owner of the client which check failed and what to do.';
const seconds = () => Math.floor(Date.now() / 1000);

/** The refusal that every failed authentication looks like, and the check that its ticket names. */
async function assertRefused(answer: Answer, check: string): Promise<void> {
  assert.equal(answer.status, 401);
  assert.equal(answer.json.error, 'invalid_client');
  assert.equal(answer.json.error_description, uniform);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const ticket = await node.ticketOf(answer);
  assert.equal(ticket.check, check);
  assert.ok(ticket.advice.length > 0);
  assert.ok(ticket.checks.some((entry: { outcome: string }) => entry.outcome === 'failed'));
}

const request = (parts: AssertionParts) => node.requestToken(signAssertion(client.client_id, rsa, parts));

/** A JWS with another algorithm than the assertion's. */
function signedBy(alg: string, signature: (signed: Buffer) => Buffer): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const id = client.client_id;
  const claims = { iss: id, sub: id, aud: tokenUrl, exp: seconds() + 300, jti: randomUUID() };
  const signed = `${encode({ alg, kid: rsa.kid, typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${signature(Buffer.from(signed)).toString('base64url')}`;
}

const spki = createPublicKey(rsa.privateKey).export({ type: 'spki', format: 'pem' });
const unsignedOnes = {
  'alg none without a signature': signedBy('none', () => Buffer.alloc(0)),
  'alg None in another case': signedBy('None', () => Buffer.alloc(0)),
  'HS256 keyed with the public key': signedBy('HS256', (signed) => createHmac('sha256', spki).update(signed).digest()),
  'HS384 keyed with the public key': signedBy('HS384', (signed) => createHmac('sha384', spki).update(signed).digest()),
};
for (const [name, assertion] of Object.entries(unsignedOnes)) {
  test(`attack 01: ${name} is refused`, async () => assertRefused(await node.requestToken(assertion), 'alg'));
}

test('attack 02: RS256 by a key registered for RS384 is refused', async () => {
  const assertion = signedBy('RS256', (signed) => sign('sha256', signed, rsa.privateKey));
  await assertRefused(await node.requestToken(assertion), 'alg');
});

test('attack 02: an alg that does not fit the key of the kid is refused', async () => {
  await assertRefused(await request({ header: { alg: 'ES384' } }), 'key is registered');
});

test('attack 03: a kid that is absent or unknown is refused', async () => {
  await assertRefused(await request({ header: { kid: undefined } }), 'kid');
  await assertRefused(await request({ header: { kid: 'another' } }), 'key is registered');
});

test("attack 04: a signature by another client's key is refused", async () => {
  const other = newKeyPair();
  await node.approvedClient([other]);
  await assertRefused(await node.requestToken(signAssertion(client.client_id, other)), 'key is registered');
  const renamed = signAssertion(client.client_id, { ...other, kid: rsa.kid });
  await assertRefused(await node.requestToken(renamed), 'signature');
});

test('attack 04: an assertion that was changed after signing is refused', async () => {
  const [header, payload = '', signature] = signAssertion(client.client_id, rsa).split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, jti: randomUUID() })).toString('base64url');
  await assertRefused(await node.requestToken([header, changed, signature].join('.')), 'signature');
});

const check5 = 'iss and sub are the client_id';
test('attack 05: iss that differs from sub, or is no client_id, is refused', async () => {
  await assertRefused(await request({ claims: { iss: 'https://app.example' } }), check5);
  await assertRefused(await request({ claims: { iss: undefined } }), check5);
  await assertRefused(await request({ claims: { sub: 'https://app.example' } }), 'client is known');
  const other = await node.approvedClient([newKeyPair()]);
  await assertRefused(
    await node.requestToken(signAssertion(client.client_id, rsa), { client_id: other.client_id }),
    check5,
  );
});

const wrongAudiences = {
  'an array of two': [tokenUrl, 'https://other.example/token'],
  'an array that repeats the token URL': [tokenUrl, tokenUrl],
  'an empty array': [],
  'an array in an array': [[tokenUrl]],
  "a sibling site's token URL": `${publicUrl}/oauth2/other/token`,
  "another server's issuer": 'https://other.example/oauth2/default',
  'the issuer in place of the token URL': `${publicUrl}/oauth2/default`,
  'the FHIR base': `${publicUrl}/apis/default/fhir`,
  'a host that begins like ours': `${publicUrl}.attacker.example/oauth2/default/token`,
  'a slash more': `${tokenUrl}/`,
  'another case': tokenUrl.toUpperCase(),
  nothing: undefined,
};
for (const [name, aud] of Object.entries(wrongAudiences)) {
  test(`attack 06: aud being ${name} is refused`, async () => {
    await assertRefused(await request({ claims: { aud } }), 'aud is the token URL');
  });
}

test('aud may be written as an array of the one token URL', async () => {
  assert.equal((await request({ claims: { aud: [tokenUrl] } })).status, 200);
});

const wrongTimes = {
  'exp missing': { exp: undefined },
  'exp as text': { exp: String(seconds() + 300) },
  'exp in milliseconds': { exp: Date.now() + 300_000 },
  'exp 60 s ago': { exp: seconds() - 60 },
  'exp 340 s ahead': { exp: seconds() + 340 },
  'exp without end': { exp: 1e308 },
};
for (const [name, claims] of Object.entries(wrongTimes)) {
  test(`attack 07: ${name} is refused`, async () => assertRefused(await request({ claims }), 'exp'));
}

test('attack 07: nbf or iat in the future is refused', async () => {
  const check = 'nbf and iat are not in the future';
  await assertRefused(await request({ claims: { nbf: seconds() + 60 } }), check);
  await assertRefused(await request({ claims: { iat: seconds() + 60 } }), check);
  await assertRefused(await request({ claims: { iat: 'now' } }), check);
});

test('a clock that is 20 s off is put up with, either way', async () => {
  assert.equal((await request({ claims: { exp: seconds() + 320 } })).status, 200);
  assert.equal((await request({ claims: { exp: seconds() - 20, iat: seconds() - 320 } })).status, 200);
  assert.equal((await request({ claims: { iat: seconds() + 20, nbf: seconds() + 20 } })).status, 200);
});

test('attack 08: the same jti twice gives one token', async () => {
  const assertion = signAssertion(client.client_id, rsa);
  assert.equal((await node.requestToken(assertion)).status, 200);
  await assertRefused(await node.requestToken(assertion), 'jti is unused');
});

test('attack 08: 50 concurrent requests with one jti on two nodes give exactly one token', async () => {
  const other = await testGate(database);
  try {
    const assertion = signAssertion(client.client_id, rsa);
    const same = { jti: randomUUID() };
    const requests = Array.from({ length: 50 }, (_, i) => (i % 2 ? node : other).requestToken(assertion));
    // not the same assertion, but the same jti
    requests.push(
      ...Array.from({ length: 50 }, (_, i) =>
        (i % 2 ? node : other).requestToken(signAssertion(client.client_id, i % 3 ? rsa : ec, { claims: same })),
      ),
    );
    const statuses = (await Promise.all(requests)).map((answer) => answer.status);
    assert.deepEqual(statuses.slice(0, 50).toSorted(), [200, ...Array(49).fill(401)]);
    assert.deepEqual(statuses.slice(50).toSorted(), [200, ...Array(49).fill(401)]);
  } finally {
    await other.close();
  }
});

test("a jti that another client used is nobody's business", async () => {
  const key = newKeyPair();
  const second = await node.approvedClient([key]);
  const claims = { jti: randomUUID() };
  assert.equal((await request({ claims })).status, 200);
  assert.equal((await node.requestToken(signAssertion(second.client_id, key, { claims }))).status, 200);
});

test('a refused scope does not use up the assertion', async () => {
  const assertion = signAssertion(client.client_id, rsa);
  assert.equal((await node.requestToken(assertion, { scope: 'system/Group.rs' })).status, 400);
  assert.equal((await node.requestToken(assertion)).status, 200);
});

test('attack 09: a jti is bounded, and so is the whole assertion', async () => {
  await assertRefused(await request({ claims: { jti: 'x'.repeat(257) } }), 'jti');
  await assertRefused(await request({ claims: { jti: '' } }), 'jti');
  await assertRefused(await request({ claims: { jti: undefined } }), 'jti');
  await assertRefused(await request({ claims: { jti: 7 } }), 'jti');
  await assertRefused(await request({ claims: { padding: 'x'.repeat(16_384) } }), 'assertion is a JWT');
  assert.equal((await node.requestToken('x'.repeat(70_000))).status, 413);
  assert.equal((await request({ claims: { jti: 'x'.repeat(256) } })).status, 200);
});

for (const header of [
  { jku: 'https://attacker.example/jwks.json' },
  { x5u: 'https://attacker.example/cert.pem' },
  { jwk: newKeyPair().publicJwk },
  { crit: ['exp'] },
]) {
  test(`attack 10: a header with ${Object.keys(header)[0]} is refused, and nothing is fetched`, async () => {
    await assertRefused(await request({ header }), 'jku is the registered one');
  });
}

const malformed = {
  'no dots': 'abc',
  'two parts': 'a.b',
  'bad base64url': 'a=.b.c',
  'no JSON': 'YQ.YQ.YQ',
  'an array': 'W10.W10.YQ',
};
for (const [name, assertion] of Object.entries(malformed)) {
  test(`an assertion with ${name} is refused`, async () => {
    await assertRefused(await node.requestToken(assertion), 'assertion is a JWT');
  });
}

test('typ must be JWT where it is there', async () => {
  await assertRefused(await request({ header: { typ: 'at+jwt' } }), 'assertion is a JWT');
  assert.equal((await request({ header: { typ: undefined } })).status, 200);
  assert.equal((await request({ header: { typ: 'jwt' } })).status, 200);
});

test('attack 15: old and new key both work in overlap, the old one fails once it is retired', async () => {
  // keys inline are those of the registration: rotation there is a new registration; by URL see remote-jwks.test.ts
  assert.equal((await node.requestToken(signAssertion(client.client_id, rsa))).status, 200);
  assert.equal((await node.requestToken(signAssertion(client.client_id, ec))).status, 200);
  const next = newKeyPair();
  const successor = await node.approvedClient([next]);
  assert.equal((await node.requestToken(signAssertion(successor.client_id, next))).status, 200);
  await assertRefused(await node.requestToken(signAssertion(successor.client_id, rsa)), 'key is registered');
});

test('attack 14: pending, suspended, revoked and unknown clients look the same on the wire', async () => {
  const key = newKeyPair();
  const metadata = { token_endpoint_auth_method: 'private_key_jwt', scope: 'system/Patient.rs' };
  const pending = (await node.register({ ...metadata, jwks: { keys: [key.publicJwk] } })).json;
  const decide = (action: string) =>
    node.postJson(`/apis/default/admin/clients/${pending.client_id}/${action}`, {}, node.adminToken);
  const refusedWith = async (received: string, clientId = pending.client_id) => {
    const answer = await node.requestToken(signAssertion(clientId, key));
    await assertRefused(answer, clientId === pending.client_id ? 'client is approved' : 'client is known');
    assert.equal((await node.ticketOf(answer)).received, received);
    const { ticket, ...body } = answer.json;
    return { ...body, headers: Object.keys(answer.headers).toSorted(), ticketLength: ticket.length };
  };
  const bodies = [await refusedWith('pending')];
  await decide('approve');
  assert.equal((await node.requestToken(signAssertion(pending.client_id, key))).status, 200);
  await decide('suspend');
  bodies.push(await refusedWith('suspended'));
  await decide('revoke');
  bodies.push(await refusedWith('revoked'));
  bodies.push(await refusedWith('sub: nobody', 'nobody'));
  for (const body of bodies) assert.deepEqual(body, bodies[0]);
});

test('ids that no database takes are unknown ones', async () => {
  for (const sub of ['\u0000', 'x'.repeat(5000), '\ud800', "' or true --", { a: 1 }]) {
    await assertRefused(
      await request({ claims: { sub } }),
      sub === '\ud800' || sub === '\u0000' ? 'assertion is a JWT' : 'client is known',
    );
  }
  for (const id of ['%00', '%27', 'a%2Fb']) {
    assert.equal((await node.get(`/oauth2/default/client/${id}`, 'x')).status, 401);
    assert.equal((await node.get(`/oauth2/default/ticket/${id}`, 'x')).status, 401);
    assert.equal((await node.get(`/apis/default/admin/clients/${id}`, node.adminToken)).status, 404);
  }
});
