import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { generateKey, privatePem } from '@chartgate/client';
import { run } from '../program.ts';
import { capturedIo, temporaryFolder } from '../testing/captured-io.ts';
import { listeningPeer } from '../testing/listen.ts';

const patients = ['Ada', 'Grace', 'Mary'].map((given, at) => ({
  resourceType: 'Patient',
  id: `p${at}`,
  name: [{ use: 'official', given: [given], family: 'Example' }],
  birthDate: `190${at}-01-02`,
  gender: 'female',
}));

async function server(options: Parameters<typeof listeningPeer>[0] = {}) {
  const made = await listeningPeer(options);
  made.chart.resources.push(...patients);
  return made;
}

test('connect goes from nothing to a table of patients while an administrator approves', async () => {
  const peer = await server();
  const io = capturedIo();
  const connecting = run(['connect', peer.url], io);
  await until(() => peer.gate.clients.size === 1);
  const [client] = peer.gate.clients.values();
  await until(() => io.err().includes(`npx chartgate clients approve ${client!.client_id}`));
  client!.status = 'approved';
  assert.equal(await connecting, 0, io.err());
  assert.equal(
    io.out(),
    'Ada Example\t1900-01-02\tfemale\tp0\nGrace Example\t1901-01-02\tfemale\tp1\nMary Example\t1902-01-02\tfemale\tp2\n',
  );
  const claims = peer.gate.assertions[0]!;
  assert.equal(claims.aud, `${peer.url}/oauth2/default/token`);
  assert.equal(claims.iss, claims.sub);
});

test('on a terminal the patients stand under headers', async () => {
  const peer = await server({ approval: false });
  const io = capturedIo({ terminal: true });
  assert.equal(await run(['connect', peer.url], io), 0, io.err());
  assert.match(io.out(), /^NAME +BIRTH DATE +GENDER +ID\nAda Example +1900-01-02 +female +p0\n/);
});

test('connect that does not wait ends with 8, and the next one goes on with the same client and key', async () => {
  const peer = await server();
  const cwd = temporaryFolder();
  const first = capturedIo({ cwd });
  assert.equal(await run(['connect', peer.url, '--wait', '0'], first), 8);
  assert.match(first.err(), /still waits for an administrator.*npx chartgate connect/);
  peer.gate.clients.get('client-1')!.status = 'approved';
  const second = capturedIo({ cwd });
  assert.equal(await run(['connect', peer.url], second), 0, second.err());
  assert.equal(peer.gate.clients.size, 1);
});

test('a server that has forgotten the client gets a new registration with the old key', async () => {
  const peer = await server({ approval: false });
  const cwd = temporaryFolder();
  await run(['connect', peer.url], capturedIo({ cwd }));
  const [old] = peer.gate.clients.values();
  peer.gate.clients.clear();
  peer.gate.clients.set('filler', { ...old!, client_id: 'filler', registration_access_token: 'another' });
  const io = capturedIo({ cwd });
  assert.equal(await run(['connect', peer.url], io), 0, io.err());
  assert.match(io.err(), /no longer knows client client-1: registering anew/);
  assert.deepEqual(peer.gate.clients.get('client-2')!.metadata.jwks, old!.metadata.jwks);
});

test('fewer scopes than asked for are taken as they are, and asking the same again registers nothing', async () => {
  const peer = await server();
  const cwd = temporaryFolder();
  await run(['connect', peer.url, '--wait', '0', '--scope', 'system/*.rs'], capturedIo({ cwd }));
  Object.assign(peer.gate.clients.get('client-1')!, { status: 'approved', granted_scope: 'system/Patient.rs' });
  const io = capturedIo({ cwd });
  assert.equal(await run(['connect', peer.url, '--scope', 'system/*.rs'], io), 0, io.err());
  assert.match(io.err(), /register .*\(approved\)/);
  assert.equal(peer.gate.clients.size, 1);
});

test('a revoked client is told so with exit code 5', async () => {
  const peer = await server();
  const cwd = temporaryFolder();
  await run(['connect', peer.url, '--wait', '0'], capturedIo({ cwd }));
  peer.gate.clients.get('client-1')!.status = 'revoked';
  const io = capturedIo({ cwd });
  assert.equal(await run(['connect', peer.url], io), 5);
  assert.match(io.err(), /revoked.*--again/);
});

test('a refused token shows the checks of its ticket', async () => {
  const peer = await server({ approval: false });
  peer.intercept = async (request) => {
    if (!request.url.endsWith('/token')) return undefined;
    // The clock of this machine is five minutes ahead of the server's, as the server sees it.
    peer.gate.tickets.set('T9', { id: 'T9', client_id: 'client-1', check: 'exp' });
    return Response.json(
      { error: 'invalid_client', error_description: 'Client authentication failed', ticket: 'T9' },
      { status: 401 },
    );
  };
  const io = capturedIo();
  assert.equal(await run(['connect', peer.url], io), 4);
  assert.match(io.err(), /✓ assertion\n +✗ exp\n +– scope/);
  assert.match(io.err(), /to do: +Do it as the peer wants it\./);
});

test('a server that tells no status is asked for a token until it gives one', async () => {
  const peer = await server({ kind: 'other' });
  const io = capturedIo();
  const connecting = run(['connect', peer.url], io);
  await until(() => io.err().includes('its administrator must enable the client first'));
  peer.gate.clients.get('client-1')!.status = 'approved';
  assert.equal(await connecting, 0, io.err());
  assert.match(io.out(), /Ada Example/);
});

test('a client registered by hand connects with its id and its key in PEM', async () => {
  const peer = await server();
  const key = await generateKey('RS384', 2048);
  const metadata = { jwks: { keys: [key.publicJwk] } };
  peer.gate.clients.set('by-hand', {
    client_id: 'by-hand',
    registration_access_token: 'r',
    metadata,
    status: 'approved',
  });
  const io = capturedIo();
  writeFileSync(join(io.cwd, 'key.pem'), await privatePem(key));
  assert.equal(await run(['connect', peer.url, '--client-id', 'by-hand', '--key', 'key.pem'], io), 0, io.err());
  assert.equal(peer.gate.clients.size, 1);
});

test('Ctrl-C while waiting is exit code 2', async () => {
  const peer = await server();
  const interruption = new AbortController();
  const io = capturedIo({ signal: interruption.signal });
  const connecting = run(['connect', peer.url], io);
  await until(() => io.err().includes('clients approve'));
  interruption.abort(new DOMException('Interrupted', 'AbortError'));
  assert.equal(await connecting, 2);
});

test('profiles and tokens are files of mode 0600, and no output holds a secret', async () => {
  const peer = await server({ approval: false });
  const io = capturedIo();
  await run(['connect', peer.url], io);
  const name = new URL(peer.url).host.replace(':', '-');
  const folder = join(io.cwd, 'config', 'profiles');
  for (const file of [`${name}.json`, `${name}.token.json`])
    assert.equal(statSync(join(folder, file)).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  const profile = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  await run(['profiles', 'list', '--json'], io);
  await run(['profiles', 'list'], io);
  for (const secret of [profile.key.d, profile.registrationAccessToken, ...peer.gate.tokens.keys()]) {
    assert.ok(!io.out().includes(secret) && !io.err().includes(secret));
  }
});

test('a server that nobody runs is a failure in words, not a stack trace', async () => {
  const io = capturedIo();
  assert.equal(await run(['connect', 'http://localhost:47999'], io), 1);
  assert.match(io.err(), /^Error: http:\/\/localhost:47999.* cannot be reached: .*ECONNREFUSED/);
});

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 500) assert.fail('it did not come about in 10 s');
    await new Promise((done) => setTimeout(done, 20));
  }
}
