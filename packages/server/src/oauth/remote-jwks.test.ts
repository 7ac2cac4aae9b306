import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { newKeyPair, signAssertion, soleGate } from '../testing/gate.ts';
import { guardedFetch, isPublic } from './guarded-fetch.ts';
import { freshness, remoteJwks } from './remote-jwks.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A real server on loopback that counts what it is asked. */
async function serve(handler: Handler) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, port, url: `http://127.0.0.1:${port}/jwks.json` };
}

const jwksOf = (...keys: readonly { publicJwk: object }[]) => JSON.stringify({ keys: keys.map((k) => k.publicJwk) });

const development = await soleGate({ config: { allowLoopbackJwks: true, jwksTimeout: 400 } });
after(development.close);
const { node } = development;

/** A client whose keys are at this URL. */
async function clientAt(url: string): Promise<string> {
  return (await node.approvedClient([], { jwks_uri: url })).client_id;
}

test('keys by URL are fetched once and kept as long as Cache-Control allows', async () => {
  const key = newKeyPair();
  const server = await serve((_request, response) =>
    response.setHeader('cache-control', 'max-age=60').end(jwksOf(key)),
  );
  const id = await clientAt(server.url);
  for (let i = 0; i < 3; i++) assert.equal((await node.requestToken(signAssertion(id, key))).status, 200);
  assert.equal(server.asked.length, 1);
});

test('attack 03: an unknown kid makes the set be fetched once more, then not again for a while', async () => {
  const key = newKeyPair();
  const server = await serve((_request, response) => response.end(jwksOf(key)));
  const id = await clientAt(server.url);
  assert.equal((await node.requestToken(signAssertion(id, key))).status, 200);
  for (let i = 0; i < 5; i++) {
    const refused = await node.requestToken(signAssertion(id, key, { header: { kid: `unknown-${i}` } }));
    assert.equal(refused.status, 401);
    assert.equal((await node.ticketOf(refused)).check, 'key is registered');
  }
  assert.equal(server.asked.length, 2);
});

test('attack 15: by URL, old and new key work in overlap, and the old one fails once it is retired', async () => {
  const [old, next] = [newKeyPair(), newKeyPair('ES384')];
  let published = [old];
  const server = await serve((_request, response) =>
    response.setHeader('cache-control', 'max-age=1').end(jwksOf(...published)),
  );
  const id = await clientAt(server.url);
  const statusWith = async (key: typeof old) => (await node.requestToken(signAssertion(id, key))).status;
  assert.equal(await statusWith(old), 200);
  published = [old, next];
  assert.equal(await statusWith(next), 200, 'the unknown kid brought the new set');
  assert.equal(await statusWith(old), 200);
  published = [next];
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.equal(await statusWith(old), 401);
  assert.equal(await statusWith(next), 200);
});

const addresses = {
  '127.0.0.1': false,
  '127.8.9.1': false,
  '0.0.0.0': false,
  '10.1.2.3': false,
  '172.16.0.1': false,
  '192.168.1.1': false,
  '169.254.169.254': false,
  '100.64.0.1': false,
  '224.0.0.1': false,
  '255.255.255.255': false,
  '::1': false,
  '::': false,
  '::ffff:127.0.0.1': false,
  '::ffff:169.254.169.254': false,
  '::127.0.0.1': false,
  '64:ff9b::7f00:1': false,
  '2002:7f00:1::': false,
  'fe80::1': false,
  'fec0::1': false,
  'fc00::1': false,
  'fd12:3456::1': false,
  'ff02::1': false,
  '8.8.8.8': true,
  '2606:4700:4700::1111': true,
};
for (const [address, expected] of Object.entries(addresses)) {
  test(`attack 11: ${address} ${expected ? 'may' : 'may not'} be connected to`, () => {
    assert.equal(isPublic(address, { allowLoopback: false }), expected);
  });
}

const guard = { allowLoopback: false, maxBytes: 65_536, timeout: 500 };

for (const url of [
  'https://127.0.0.1/jwks.json',
  'https://2130706433/jwks.json',
  'https://0x7f.1/jwks.json',
  'https://169.254.169.254/latest/meta-data',
  'https://[::ffff:127.0.0.1]/',
  'https://[::1]/',
  'https://10.0.0.1/',
  'http://8.8.8.8/jwks.json',
  'https://user:secret@8.8.8.8/',
  'file:///etc/passwd',
  'gopher://8.8.8.8/',
]) {
  test(`attack 11: ${url} is not fetched`, async () => {
    await assert.rejects(guardedFetch(url, guard), /not a public address|https:|user name/);
  });
}

test('attack 11: a name that points at a private address, or at one among others, is not connected to', async () => {
  const server = await serve((_request, response) => response.end('{}'));
  for (const found of [['127.0.0.1'], ['8.8.8.8', '127.0.0.1'], ['::ffff:10.0.0.1'], []]) {
    const lookup = async () => found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const url = `https://keys.attacker.example:${server.port}/`;
    await assert.rejects(guardedFetch(url, { ...guard, lookup }), /not a public address|unknown/);
  }
  assert.equal(server.asked.length, 0);
});

test('attack 11: the connection goes to the very address that was checked, without a second look-up', async () => {
  const server = await serve((_request, response) => response.end('{"keys":[]}'));
  let lookups = 0;
  const lookup = async () => [{ address: lookups++ === 0 ? '127.0.0.1' : '127.0.0.9', family: 4 }];
  const url = `http://localhost:${server.port}/`;
  const document = await guardedFetch(url, { ...guard, allowLoopback: true, lookup });
  assert.equal(document.text, '{"keys":[]}');
  assert.equal(lookups, 1);
});

test('attack 11: a redirect is not followed', async () => {
  const key = newKeyPair();
  const server = await serve((request, response) => {
    if (request.url === '/jwks.json') response.writeHead(302, { location: '/inside' }).end();
    else response.end(jwksOf(key));
  });
  const id = await clientAt(server.url);
  const refused = await node.requestToken(signAssertion(id, key));
  assert.equal(refused.status, 401);
  assert.equal((await node.ticketOf(refused)).received, 'the answer was 302, not 200');
  assert.deepEqual(server.asked, ['/jwks.json']);
});

test('attack 11: without the development setting no loopback jwks_uri is registered', async () => {
  const strict = await soleGate();
  try {
    const metadata = { token_endpoint_auth_method: 'private_key_jwt', scope: 'system/Patient.rs' };
    for (const jwks_uri of [
      'http://127.0.0.1/jwks',
      'http://localhost:8000/jwks',
      'http://keys.example/',
      'file:///etc/passwd',
      'gopher://keys.example',
    ]) {
      const answer = await strict.node.register({ ...metadata, jwks_uri });
      assert.equal(answer.status, 400, jwks_uri);
      assert.equal(answer.json.error, 'invalid_client_metadata');
    }
    const key = newKeyPair();
    const { client_id } = await strict.node.approvedClient([], { jwks_uri: 'https://127.0.0.1:1/jwks' });
    const refused = await strict.node.requestToken(signAssertion(client_id, key));
    assert.equal(refused.status, 401);
    assert.equal((await strict.node.ticketOf(refused)).received, 'the host is not a public address');
  } finally {
    await strict.close();
  }
});

const heavy: Record<string, readonly [Handler, RegExp]> = {
  'of 10 MB': [(_request, response) => response.end('x'.repeat(10_000_000)), /larger than 65536 bytes/],
  'that drips': [
    (_request, response) => {
      response.write('{"keys":[');
      const drip = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drip));
    },
    /no whole answer within/,
  ],
  'that never answers': [() => {}, /no whole answer within/],
  'of 10,000 keys': [
    (_request, response) => response.end(JSON.stringify({ keys: Array(10_000).fill(0) })),
    /at most 100/,
  ],
  'without keys': [(_request, response) => response.end('{"keys":[]}'), /no key/],
  'that is no JSON': [(_request, response) => response.end('<html>'), /not a JSON object/],
  'that is compressed': [
    (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from([31, 139, 8])),
    /not a JSON object/,
  ],
};
for (const [name, [handler, why]] of Object.entries(heavy)) {
  test(`attack 12: a JWKS ${name} is given up early`, async () => {
    const server = await serve(handler);
    const id = await clientAt(server.url);
    const begun = performance.now();
    const refused = await node.requestToken(signAssertion(id, newKeyPair()));
    assert.equal(refused.status, 401);
    assert.match((await node.ticketOf(refused)).received, why);
    await node.requestToken(signAssertion(id, newKeyPair()));
    assert.equal(server.asked.length, 1, 'a failure is held against the next request');
    assert.ok(performance.now() - begun < 5000);
  });
}

test('concurrent requests share one fetch', async () => {
  const key = newKeyPair();
  const server = await serve((_request, response) => setTimeout(() => response.end(jwksOf(key)), 100));
  const id = await clientAt(server.url);
  const answers = await Promise.all(Array.from({ length: 10 }, () => node.requestToken(signAssertion(id, key))));
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([200]));
  assert.equal(server.asked.length, 1);
});

test('a set is never kept longer than its headers allow', async () => {
  let now = 0;
  let fetched = 0;
  const key = newKeyPair();
  const fetch = async () => {
    fetched++;
    return { headers: { 'cache-control': 'max-age=10' }, text: jwksOf(key) };
  };
  const keys = remoteJwks(fetch, () => now);
  for (now of [0, 9_999, 10_000, 19_999, 20_000]) await keys.keys('a', 'https://keys.example', key.kid);
  assert.equal(fetched, 3);
});

test('freshness is read from Cache-Control, then Expires', () => {
  const at = Date.parse('Tue, 24 Nov 2026 00:00:00 GMT');
  const expires = 'Tue, 24 Nov 2026 00:01:00 GMT';
  assert.equal(freshness({ 'cache-control': 'public, max-age=120' }, at), 120_000);
  assert.equal(freshness({ 'cache-control': 'max-age=120', age: '100' }, at), 20_000);
  assert.equal(freshness({ 'cache-control': 'no-store' }, at), 1000);
  assert.equal(freshness({ 'cache-control': 'no-cache, max-age=600' }, at), 1000);
  assert.equal(freshness({ expires }, at), 60_000);
  assert.equal(freshness({ expires: '0' }, at), 1000);
  assert.equal(freshness({}, at), 300_000);
  assert.equal(freshness({ 'cache-control': 'max-age=99999999' }, at), 24 * 3600_000);
});
