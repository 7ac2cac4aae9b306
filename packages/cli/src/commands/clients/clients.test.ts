import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../program.ts';
import { capturedIo } from '../../testing/captured-io.ts';
import { listeningPeer } from '../../testing/listen.ts';

/** A peer with one pending client, and an io beside its credential file. */
async function scene(changes: Parameters<typeof capturedIo>[0] = {}) {
  const peer = await listeningPeer();
  const metadata = { client_name: 'Nightly\u001b[2J export', scope: 'system/*.rs', jwks: { keys: [] } };
  const client = { client_id: 'c1', registration_access_token: 'registration-secret', metadata, status: 'pending' };
  peer.gate.clients.set('c1', client);
  peer.gate.tokens.set('live-token', Date.now() + 1000);
  const io = capturedIo(changes);
  mkdirSync(join(io.cwd, '.chartgate'));
  const credential = { url: peer.url, site: 'default', token: 'admin-token-of-the-peer' };
  writeFileSync(join(io.cwd, '.chartgate', 'admin.json'), JSON.stringify(credential), { mode: 0o600 });
  return { peer, client, io };
}

test('clients list is one line a client when piped, with control characters taken out', async () => {
  const { io } = await scene();
  assert.equal(await run(['clients', 'list'], io), 0, io.err());
  assert.equal(io.out(), 'c1\tNightly export\tpending\tsystem/*.rs\t\n');
});

test('clients list --status shows those, and --json an array', async () => {
  const { io } = await scene();
  assert.equal(await run(['clients', 'list', '--status', 'approved', '--json'], io), 0);
  assert.deepEqual(JSON.parse(io.out()), []);
});

test('clients show prints names and values', async () => {
  const { io } = await scene();
  assert.equal(await run(['clients', 'show', 'c1'], io), 0);
  assert.match(io.out(), /^id\tc1\nname\tNightly export\nstatus\tpending\nasked for\tsystem\/\*\.rs\n/);
});

test('clients approve --scopes grants fewer', async () => {
  const { io, client } = await scene();
  assert.equal(
    await run(['clients', 'approve', 'c1', '--scopes', 'system/Patient.rs', '--reason', 'pilot'], io),
    0,
    io.err(),
  );
  assert.deepEqual(client, { ...client, status: 'approved', granted_scope: 'system/Patient.rs', reason: 'pilot' });
});

test('clients suspend says how many tokens ended, and how to let the client in again', async () => {
  const { io, client } = await scene();
  assert.equal(await run(['clients', 'suspend', 'c1'], io), 0);
  assert.equal(client.status, 'suspended');
  assert.match(io.err(), /Live tokens ended: 1\.\n.*clients approve c1/);
});

test('clients revoke asks where somebody can answer, and no is exit code 2', async () => {
  const { io, client } = await scene({ answer: '' });
  assert.equal(await run(['clients', 'revoke', 'c1'], io), 2);
  assert.equal(client.status, 'pending');
  assert.equal(await run(['clients', 'revoke', 'c1', '--yes'], io), 0);
  assert.equal(client.status, 'revoked');
});

test('an unknown client is exit code 6, and with --json the error is one line of JSON', async () => {
  const { io } = await scene();
  assert.equal(await run(['clients', 'show', 'nobody', '--json'], io), 6);
  const { exit_code, category, error } = JSON.parse(io.err());
  assert.deepEqual([exit_code, category, error], [6, 'auth', 'not_found']);
});

test('without a credential it is exit code 4 and a sentence that says where one is had', async () => {
  const io = capturedIo();
  assert.equal(await run(['clients', 'list'], io), 4);
  assert.match(io.err(), /admin\.json.*--data or CHARTGATE_DATA.*CHARTGATE_ADMIN_TOKEN/);
});

test('a credential that the server does not take is exit code 4', async () => {
  const { peer } = await scene();
  const io = capturedIo({ env: { CHARTGATE_ADMIN_TOKEN: 'guess', CHARTGATE_URL: peer.url } });
  assert.equal(await run(['clients', 'list'], io), 4);
});

test("the credential file's token goes to its own server only", async () => {
  const { io } = await scene();
  const other = await listeningPeer();
  assert.equal(await run(['clients', 'list', '--url', other.url], io), 4);
  assert.deepEqual(other.log, []);
});

test('a credential file that others can read is warned about', async () => {
  const { io } = await scene();
  chmodSync(join(io.cwd, '.chartgate', 'admin.json'), 0o644);
  assert.equal(await run(['clients', 'list'], io), 0);
  assert.match(io.err(), /Warning: others can read .*chmod 600/);
});

test('tickets show tells the checks with what to do, to the administrator', async () => {
  const { io, peer } = await scene();
  peer.gate.tickets.set('T1', { id: 'T1', client_id: 'c1', check: 'aud' });
  assert.equal(await run(['tickets', 'show', 'T1'], io), 0, io.err());
  assert.match(
    io.out(),
    / {2}✓ assertion\n {2}✗ aud\n {2}– scope\nexpected: +what the peer wants\nreceived: +what came\nto do: +Do it/,
  );
});

test("tickets show falls back to the profile's registration token where there is no administrator's", async () => {
  const { peer } = await scene();
  const io = capturedIo();
  await run(['connect', peer.url, '--wait', '0'], io);
  peer.gate.clients.get('client-2')!.status = 'approved';
  await run(['connect', peer.url], io);
  peer.gate.tickets.set('T7', { id: 'T7', client_id: 'client-2', check: 'jti' });
  assert.equal(await run(['tickets', 'show', 'T7', '--json'], io), 0, io.err());
  assert.match(io.out(), /"check": "jti"/);
});

test('clients inbox says what waits in words, ask and reject reach it, and history shows who did', async () => {
  const { io, client } = await scene();
  assert.equal(await run(['clients', 'inbox'], io), 0, io.err());
  assert.match(io.out(), /^c1\tNightly export\t2026-01-01T00:00:00Z\tregistration\tRead and search all records/);
  assert.equal(await run(['clients', 'ask', 'c1', 'Which ward?'], io), 0, io.err());
  assert.equal(await run(['clients', 'reject', 'c1'], io), 3);
  assert.equal(client.status, 'pending');
  assert.equal(await run(['clients', 'reject', 'c1', '--reason', 'no contract'], io), 0, io.err());
  assert.equal(client.status, 'revoked');
  assert.equal(await run(['clients', 'history', 'c1'], io), 0);
  assert.match(io.out(), /\ttoken:laptop\treject\tno contract\n.*\ttoken:laptop\task\tWhich ward\?\n$/);
});

test('settings set sends numbers as numbers and nothing as the default, and settings show prints them', async () => {
  const { io } = await scene();
  assert.equal(await run(['settings', 'set', 'registration=token', 'code_lifetime=30', 'four_eyes='], io), 0, io.err());
  assert.equal(await run(['settings', 'show', '--json'], io), 0);
  assert.deepEqual(JSON.parse(io.out()), { registration: 'token', four_eyes: null, code_lifetime: 30 });
  assert.equal(await run(['settings', 'set', 'registration'], io), 3);
});

test('admins create prints the token alone, list shows no secret, and the last one cannot be revoked', async () => {
  const { io } = await scene();
  assert.equal(await run(['admins', 'revoke', 'laptop'], io), 1);
  assert.equal(await run(['admins', 'create', 'night shift'], io), 0, io.err());
  assert.equal(io.out(), 'new-admin-token-of-the-peer\n');
  assert.equal(await run(['admins', 'revoke', 'night shift'], io), 0, io.err());
  assert.equal(await run(['admins', 'list'], io), 0);
  assert.equal(io.out(), 'new-admin-token-of-the-peer\nlaptop\t2026-01-01T00:00:00Z\t\n');
});

test('clients approve --days takes a number of days', async () => {
  const { io, client } = await scene();
  assert.equal(await run(['clients', 'approve', 'c1', '--days', 'soon'], io), 3);
  assert.equal(client.status, 'pending');
  assert.equal(await run(['clients', 'approve', 'c1', '--days', '365'], io), 0, io.err());
  assert.equal(client.status, 'approved');
});
