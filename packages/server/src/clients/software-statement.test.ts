import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { clientCalls } from '../testing/client-calls.ts';
import { newKeyPair, soleGate } from '../testing/gate.ts';

const { node, close } = await soleGate({
  config: { registrations: { perMinute: 1e6, burst: 1e6 }, allowLoopbackJwks: true },
});
after(close);
const { admin, replace } = clientCalls(node);

const issuer = 'https://trust.example/';
const seconds = () => Math.floor(Date.now() / 1000);

type Signer = { readonly alg: string; readonly privateKey: KeyObject; readonly publicJwk: Record<string, unknown> };

function signer(alg: 'RS256' | 'ES256' | 'ES384'): Signer {
  const curves = { ES256: 'P-256', ES384: 'P-384' } as const;
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: curves[alg] });
  return { alg, privateKey, publicJwk: { ...publicKey.export({ format: 'jwk' }), kid: `${alg}-1` } };
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function statement(by: Signer, claims: object = {}, header: object = {}) {
  const stated = { iss: issuer, iat: seconds(), exp: seconds() + 600, client_name: 'Certified app', ...claims };
  const signed = `${encode({ alg: by.alg, kid: by.publicJwk.kid, ...header })}.${encode(stated)}`;
  const hash = by.alg.endsWith('256') ? 'sha256' : 'sha384';
  const signature = sign(hash, Buffer.from(signed), { key: by.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${signed}.${signature.toString('base64url')}`;
}

const app = (software_statement?: unknown, metadata: object = {}) => ({
  client_name: 'What the body says',
  redirect_uris: ['https://app.example/callback'],
  token_endpoint_auth_method: 'none',
  scope: 'patient/Observation.rs',
  software_statement,
  ...metadata,
});
const keys = { RS256: signer('RS256'), ES256: signer('ES256'), ES384: signer('ES384') };
const trust = (body: object = {}) =>
  admin('POST', 'trusted-issuers', {
    issuer,
    jwks: { keys: Object.values(keys).map((one) => one.publicJwk) },
    algorithms: ['RS256', 'ES256', 'ES384'],
    ...body,
  });
assert.equal((await trust()).status, 200);

for (const by of Object.values(keys)) {
  test(`what a software statement signed with ${by.alg} says goes before what the body says`, async () => {
    const text = statement(by);
    const { status, json } = await node.register(app(text));
    assert.equal(status, 201, JSON.stringify(json));
    assert.equal(json.client_name, 'Certified app');
    assert.equal(json.software_statement, text);
    assert.equal(json.iss, undefined);
    assert.deepEqual(json.warnings, []);
  });
}

test('a rule may approve what a trusted issuer stands for', async () => {
  const rule = { if: { software_statement_issuer: [issuer] }, decision: 'approve', reason: 'Certified.' };
  await admin('PUT', 'approval-policy', { rules: [{ name: 'certified', ...rule }] });
  const body = {
    token_endpoint_auth_method: 'private_key_jwt',
    scope: 'system/Patient.rs',
    jwks: { keys: [newKeyPair().publicJwk] },
  };
  const { scope, jwks } = body;
  const whole = statement(keys.ES384, { scope, jwks });
  assert.equal((await node.register({ ...body, software_statement: whole })).json.status, 'approved');
  assert.equal((await node.register(body)).json.status, 'pending');
  const copied = { ...body, software_statement: statement(keys.ES384, { scope }) };
  assert.equal((await node.register(copied)).json.status, 'pending', 'with keys that the statement does not name');
});

test('a client that is changed without its software statement goes back to review', async () => {
  const { json: client } = await node.register(app(statement(keys.ES256)));
  assert.equal(client.status, 'approved');
  const same = await replace(client, app(client.software_statement));
  assert.equal(same.json.status, 'approved');
  assert.equal((await replace(client, app(undefined, { client_name: 'Certified app' }))).json.status, 'pending');
});

const stranger = signer('ES384');
const withoutSignature = `${encode({ alg: 'none' })}.${encode({ iss: issuer, client_name: 'x' })}.`;
const [head, body, signature] = statement(keys.ES384).split('.');
const changed = `${head}.${encode({ iss: issuer, client_name: 'Another' })}.${signature}`;
const bad: Record<string, [statement: unknown, error: string]> = {
  'that has expired': [statement(keys.ES384, { exp: seconds() - 60 }), 'invalid_software_statement'],
  'that is not valid yet': [statement(keys.ES384, { nbf: seconds() + 600 }), 'invalid_software_statement'],
  'of an issuer nobody trusts': [
    statement(keys.ES384, { iss: 'https://other.example/' }),
    'unapproved_software_statement',
  ],
  'of an issuer whose name only begins alike': [
    statement(keys.ES384, { iss: `${issuer}x` }),
    'unapproved_software_statement',
  ],
  'without issuer': [statement(keys.ES384, { iss: undefined }), 'unapproved_software_statement'],
  'without signature': [withoutSignature, 'invalid_software_statement'],
  'that its own subject signed': [statement({ ...stranger }), 'invalid_software_statement'],
  'with a kid of the issuer and a key of its own': [
    statement(stranger, {}, { kid: 'ES384-1' }),
    'invalid_software_statement',
  ],
  'that brings its key along': [
    statement(stranger, {}, { jwk: stranger.publicJwk, kid: undefined }),
    'invalid_software_statement',
  ],
  // as UDAP sends one: whatever names stand in a certificate, it makes nobody trusted
  'with a certificate of its own': [
    statement(stranger, {}, { x5c: [Buffer.from('a certificate').toString('base64')], kid: undefined }),
    'invalid_software_statement',
  ],
  'that was changed': [changed, 'invalid_software_statement'],
  'for another server': [statement(keys.ES384, { aud: 'https://other.example/' }), 'invalid_software_statement'],
  'with an algorithm that its key has not': [statement(keys.ES384, {}, { alg: 'HS256' }), 'invalid_software_statement'],
  'that is no JWT': ['nonsense', 'invalid_software_statement'],
  'that is no text': [{ iss: issuer }, 'invalid_software_statement'],
};
for (const [name, [text, error]] of Object.entries(bad)) {
  test(`attack 23: a software statement ${name} is refused`, async () => {
    const answer = await node.register(app(text));
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error, error);
    assert.ok(!JSON.stringify(await node.ticketOf(answer)).includes(String(body)), 'no statement in a ticket');
  });
}

test('attack 23: the statements of an issuer that is trusted no longer are refused at once', async () => {
  const other = 'https://second.example/';
  await trust({ issuer: other });
  const text = statement(keys.ES384, { iss: other });
  assert.equal((await node.register(app(text))).status, 201);
  assert.equal((await admin('DELETE', `trusted-issuers/${encodeURIComponent(other)}`)).status, 200);
  assert.equal((await node.register(app(text))).json.error, 'unapproved_software_statement');
});

test('the keys of an issuer may be had by URL, through the guarded fetch', async () => {
  const by = signer('ES384');
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [by.publicJwk] }));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  after(() => server.close());
  const third = 'https://third.example/';
  const jwks_uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  assert.equal((await trust({ issuer: third, jwks: undefined, jwks_uri })).status, 200);
  assert.equal((await node.register(app(statement(by, { iss: third })))).status, 201);
  await trust({ issuer: third, jwks: undefined, jwks_uri: 'https://169.254.169.254/jwks' });
  assert.equal((await node.register(app(statement(by, { iss: third })))).json.error, 'invalid_software_statement');
});

test('an issuer is trusted by public keys only, of its algorithms, and one set of them', async () => {
  const whole = keys.ES384.privateKey.export({ format: 'jwk' });
  for (const body of [
    { jwks: { keys: [whole] } },
    { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } },
    { jwks: { keys: [keys.RS256.publicJwk] }, algorithms: ['ES384'] },
    { jwks_uri: 'https://trust.example/jwks' },
    { jwks: undefined },
    { algorithms: ['none'] },
    { jwks: undefined, jwks_uri: 'http://trust.example/jwks' },
  ]) {
    assert.equal((await trust(body)).status, 400, JSON.stringify(body).slice(0, 80));
  }
});

test('conformance 18.02: a signed software statement registers, and one with a bad signature is refused', async () => {
  assert.equal((await node.register(app(statement(keys.RS256)))).status, 201);
  const answer = await node.register(app(changed));
  assert.equal(answer.status, 400);
  assert.equal(answer.json.error, 'invalid_software_statement');
});
