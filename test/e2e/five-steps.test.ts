import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { run, start } from '../support/command.ts';
import { freePort } from '../support/free-port.ts';
import { bundleOf, type RunningServer, runningServer } from '../support/running-server.ts';

let server: RunningServer;
before(async () => {
  server = await runningServer({ demo: true });
});
after(() => server.close());

test('curl and openssl alone go from a registration in the dialect of OpenEMR to patients', async () => {
  const { code, stdout, stderr } = await run('http/five-steps.sh', [server.url], {
    CHARTGATE_DATA: server.dataDirectory,
  });
  assert.equal(code, 0, stderr);
  const bundle = JSON.parse(stdout);
  assert.equal(bundle.type, 'searchset');
  assert.deepEqual(
    bundle.entry.map((entry: { resource: { resourceType: string } }) => entry.resource.resourceType),
    ['Patient', 'Patient', 'Patient'],
  );
  assert.match(stderr, /initiate_login_uri/, 'the misspelt member is pointed out');
  assert.match(stderr, /system\/Document\.read/, 'the unknown scope is pointed out');
  assert.match(stderr, /granted: system\/Patient\.read /, 'scopes come back in the syntax they were asked in');
  assert.doesNotMatch(stderr, /granted: .*(openid|patient\/)/, 'identity and patient scopes are left out of the grant');
});

for (const [alg, curve] of [
  ['RS384', undefined],
  ['ES384', 'P-384'],
] as const) {
  test(`openid-client gets a token with ${alg} and reads a patient`, async () => {
    const keys = await generateKeyPair(alg, { extractable: true, ...(curve ? {} : { modulusLength: 2048 }) });
    const jwk = await exportJWK(keys.publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const registered = await fetch(`${server.url}/oauth2/default/registration`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Nightly export',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'private_key_jwt',
        scope: 'system/Patient.rs',
        jwks: { keys: [{ ...jwk, kid, alg, use: 'sig' }] },
      }),
    });
    assert.equal(registered.status, 201);
    const client = (await registered.json()) as { client_id: string; status: string };
    assert.equal(client.status, 'pending');
    const approved = await run('chartgate', ['clients', 'approve', client.client_id], {
      CHARTGATE_URL: server.url,
      CHARTGATE_DATA: server.dataDirectory,
    });
    assert.equal(approved.code, 0, approved.stderr);

    const config = await oidc.discovery(
      new URL(`${server.url}/oauth2/default`),
      client.client_id,
      {},
      oidc.PrivateKeyJwt(
        { key: keys.privateKey, kid },
        {
          [oidc.modifyAssertion]: (_header, payload) => {
            payload.aud = `${server.url}/oauth2/default/token`;
          },
        },
      ),
      { execute: [oidc.allowInsecureRequests] },
    );
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'system/Patient.rs' });
    assert.equal(tokens.scope, 'system/Patient.rs');
    assert.equal(tokens.expires_in, 300);
    const patients = await bundleOf(await server.ask('Patient?_count=1', tokens.access_token));
    assert.equal(patients.entry.length, 1);
  });
}

test('a newcomer starts the server, connects, has the client approved, and sees a table of patients', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chartgate-newcomer-'));
  const env = { CHARTGATE_DATA: join(folder, 'data'), CHARTGATE_CONFIG: join(folder, 'config') };
  const url = `http://localhost:${await freePort()}`;
  const started = Date.now();
  const serving = start('chartgate', ['serve', '--demo', '--port', new URL(url).port], env);
  try {
    const [, next = ''] = await serving.printed(/npx chartgate (connect http\S+)/);
    assert.equal(next, `connect ${url}`, 'the exact next command is shown');
    const connecting = start('chartgate', next.split(' '), env);
    const [, client = ''] = await connecting.printed(/npx chartgate clients approve (\S+)/);
    const approved = await run('chartgate', ['clients', 'approve', client], { ...env, CHARTGATE_URL: url });
    assert.equal(approved.code, 0, approved.stderr);
    const { code, stdout, stderr } = await connecting.ended;
    assert.equal(code, 0, stderr);
    const rows = stdout.trim().split('\n');
    assert.ok(rows.length >= 20, 'the first page of patients');
    for (const row of rows) assert.match(row, /^\S.*\t\d{4}-\d\d-\d\d\t(male|female|other|unknown)\t\S+$/);
    assert.ok(Date.now() - started < 60_000, 'within a minute');

    const token = await run('chartgate', ['token'], env);
    assert.match(token.stdout.trim(), /^\S{20,}$/);
    const found = await run('chartgate', ['get', 'Patient?gender=female', '--all', '--json'], env);
    assert.equal(found.code, 0, found.stderr);
    assert.ok(found.stdout.includes('"gender":"female"'));
  } finally {
    serving.child.kill('SIGINT');
    await serving.ended;
    await rm(folder, { recursive: true, force: true });
  }
});
