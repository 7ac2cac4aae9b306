import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importKey } from '@chartgate/client';
import { run } from '../../program.ts';
import { capturedIo } from '../../testing/captured-io.ts';

for (const [alg, bits] of [
  ['ES384', []],
  ['RS384', ['--bits', '2048']],
] as const) {
  test(`keys new --alg ${alg} prints the public keys only and keeps the private one to its owner`, async () => {
    const io = capturedIo();
    assert.equal(await run(['keys', 'new', '--alg', alg, ...bits], io), 0, io.err());
    const file = join(io.cwd, 'chartgate-key.json');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const [jwk] = JSON.parse(io.out()).keys;
    assert.deepEqual([jwk.alg, jwk.use, jwk.d], [alg, 'sig', undefined]);
    const key = await importKey(readFileSync(file, 'utf8'));
    assert.equal(key.kid, jwk.kid);
    assert.ok(!io.out().includes(JSON.parse(readFileSync(file, 'utf8')).d));
    assert.ok(io.err().includes(jwk.kid));
  });
}

test('keys new --out KEY.pem writes PKCS #8 that others read too', async () => {
  const io = capturedIo();
  assert.equal(await run(['keys', 'new', '--out', 'key.pem'], io), 0, io.err());
  const pem = readFileSync(join(io.cwd, 'key.pem'), 'utf8');
  const [jwk] = JSON.parse(io.out()).keys;
  assert.equal(createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' }).x, jwk.x);
});

for (const alg of ['ES384', 'RS384']) {
  test(`keys new --x509 shows a certificate of the ${alg} key and leaves stdout to the JWKS`, async () => {
    const io = capturedIo();
    assert.equal(await run(['keys', 'new', '--alg', alg, '--x509'], io), 0, io.err());
    const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(io.err())![0];
    const certificate = new X509Certificate(pem);
    const [jwk] = JSON.parse(io.out()).keys;
    const inside = certificate.publicKey.export({ format: 'jwk' });
    assert.deepEqual([inside.x, inside.n], [jwk.x, jwk.n]);
    assert.ok(certificate.verify(certificate.publicKey));
    assert.equal(certificate.subject, `CN=${jwk.kid}`);
  });
}

test('keys new never writes over a file without --force', async () => {
  const io = capturedIo();
  await run(['keys', 'new'], io);
  const before = readFileSync(join(io.cwd, 'chartgate-key.json'), 'utf8');
  assert.equal(await run(['keys', 'new'], io), 3);
  assert.match(io.err(), /is there already.*--force/);
  assert.equal(readFileSync(join(io.cwd, 'chartgate-key.json'), 'utf8'), before);
  assert.equal(await run(['keys', 'new', '--force'], io), 0);
  assert.notEqual(readFileSync(join(io.cwd, 'chartgate-key.json'), 'utf8'), before);
});

for (const args of [['--alg', 'RS256'], ['--bits', '1024', '--alg', 'RS384'], ['--bits', '2048'], ['--wrong']]) {
  test(`keys new ${args.join(' ')} is a usage failure`, async () => {
    assert.equal(await run(['keys', 'new', ...args], capturedIo()), 3);
  });
}
