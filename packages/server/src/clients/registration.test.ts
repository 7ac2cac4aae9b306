import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, test } from 'node:test';
import { newKeyPair, publicUrl, signAssertion, soleGate } from '../testing/gate.ts';
import { redirectUriFault } from './redirect-uri.ts';

const { node, close } = await soleGate({ config: { registrations: { perMinute: 1e6, burst: 1e6 } } });
after(close);

/** What integrators really send, key material aside. */
const seedScope =
  'openid offline_access api:oemr api:fhir api:port patient/Patient.read patient/Procedure.read system/Patient.read system/AllergyIntolerance.read system/CarePlan.read system/CareTeam.read system/Condition.read system/Coverage.read system/Device.read system/DiagnosticReport.read system/Document.read system/DocumentReference.read system/Encounter.read system/Goal.read system/Group.read system/Immunization.read system/Location.read system/Medication.read system/MedicationRequest.read system/Observation.read system/Organization.read system/Person.read system/Practitioner.read system/PractitionerRole.read system/Procedure.read system/Provenance.read';
const seedBody = (jwk: object) => ({
  application_type: 'private',
  redirect_uris: ['https://localhost:8080/redirect'],
  post_logout_redirect_uris: ['https://localhost:8080/logout'],
  client_name: 'New JWT App 13',
  initiate_login_url: 'https://localhost:8081/launch',
  token_endpoint_auth_method: 'client_secret_post',
  contacts: ['me@clinic.example', 'them@clinic.example'],
  scope: seedScope,
  jwks: { keys: [jwk] },
});

test("OpenEMR's registration body works unchanged, from registration to token", async () => {
  const key = newKeyPair();
  const { kty, e, n } = key.publicJwk;
  const answer = await node.register(seedBody({ kty, e, use: 'sig', alg: 'RS384', kid: key.kid, n }));
  assert.equal(answer.status, 201);
  assert.equal(answer.headers['cache-control'], 'no-store');
  const { json } = answer;
  assert.equal(json.status, 'pending');
  assert.equal(json.token_endpoint_auth_method, 'client_secret_post');
  assert.ok(json.client_secret.length >= 43);
  assert.equal(json.client_secret_expires_at, 0);
  assert.equal(json.registration_client_uri, `${publicUrl}/oauth2/default/client/${json.client_id}`);
  assert.equal(json.initiate_login_uri, 'https://localhost:8081/launch');
  assert.deepEqual(json.grant_types, ['authorization_code', 'refresh_token', 'client_credentials']);
  assert.match(json.warnings.join('\n'), /"initiate_login_url" was read as "initiate_login_uri"/);
  assert.match(json.warnings.join('\n'), /system\/Document\.read was left out/);
  assert.match(json.warnings.join('\n'), /not enabled yet/);
  assert.equal(json.scope, seedScope.replace(' system/Document.read', ''));

  await node.postJson(`/apis/default/admin/clients/${json.client_id}/approve`, {}, node.adminToken);
  const token = await node.requestToken(signAssertion(json.client_id, key), { scope: seedScope });
  assert.equal(token.status, 200);
  const grantable = seedScope.split(' ').filter((s) => s.startsWith('system/') && s !== 'system/Document.read');
  assert.deepEqual(token.json.scope.split(' '), grantable, 'identity and patient/ scopes are left out');
});

const backend = (metadata: object = {}) => ({
  token_endpoint_auth_method: 'private_key_jwt',
  scope: 'system/Patient.rs',
  jwks: { keys: [newKeyPair().publicJwk] },
  ...metadata,
});

test('misspelt members are read as what was meant, and the warnings say so', async () => {
  const { jwks, token_endpoint_auth_method: method, ...rest } = backend();
  const { status, json } = await node.register({
    ...rest,
    jwk: jwks.keys[0],
    token_endpoint_method: method,
    clientName: 'Night export',
    favourite_colour: 'green',
  });
  assert.equal(status, 201);
  assert.deepEqual(json.jwks, jwks);
  assert.equal(json.token_endpoint_auth_method, 'private_key_jwt');
  assert.equal(json.client_name, 'Night export');
  const warnings = json.warnings.join('\n');
  for (const expected of [
    '"jwk" was read as "jwks"',
    '"token_endpoint_method" was read as "token_endpoint_auth_method"',
    '"clientName" was read as "client_name"',
    '"favourite_colour" is not a member',
  ]) {
    assert.ok(warnings.includes(expected), expected);
  }
});

test('a key that anybody can download is taken with a warning', async () => {
  const { json } = await node.register(
    backend({ jwks: { keys: [{ ...newKeyPair().publicJwk, kid: '5c17409c-87f0-4713-814f-c864bfe876bc' }] } }),
  );
  assert.match(json.warnings.join('\n'), /its private half is public/);
});

const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const whole = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ecWhole = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const badKeys = {
  'an RSA key of 1024 bits': [weak.publicKey.export({ format: 'jwk' }), /1024 bits.*at least 2048/],
  'a private RSA key': [whole.privateKey.export({ format: 'jwk' }), /private key material.*throw the key away/],
  'a private EC key': [ecWhole.privateKey.export({ format: 'jwk' }), /private key material/],
  'a symmetric key': [{ kty: 'oct', k: 'c2VjcmV0' }, /symmetric key.*Make a key pair/],
  'a key on P-256 only': [p256.publicKey.export({ format: 'jwk' }), /no key that can verify/],
  'an encryption key only': [{ ...newKeyPair().publicJwk, use: 'enc' }, /no key that can verify/],
  'a point that is not on the curve': [{ kty: 'EC', crv: 'P-384', x: 'AAAA', y: 'AAAA' }, /not a valid public key/],
  'an RSA exponent of 1': [{ ...newKeyPair().publicJwk, e: 'AQ' }, /not a valid public key|exponent/],
} as const;
for (const [name, [jwk, why]] of Object.entries(badKeys)) {
  test(`attack 13: ${name} is refused with advice`, async () => {
    const answer = await node.register(backend({ jwks: { keys: [jwk] } }));
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error, 'invalid_client_metadata');
    assert.match(answer.json.error_description, why);
    const ticket = await node.ticketOf(answer);
    assert.equal(ticket.check, 'client metadata can be used');
    assert.ok(!JSON.stringify(ticket).includes('"d"'), 'no key material in a ticket');
  });
}

test('attack 13: a private half beside good keys spoils the whole set', async () => {
  const jwks = { keys: [newKeyPair().publicJwk, whole.privateKey.export({ format: 'jwk' })] };
  assert.equal((await node.register(backend({ jwks }))).status, 400);
});

const refused = {
  'jwks and jwks_uri': [{ jwks_uri: 'https://keys.example/jwks.json' }, /not both/],
  'too many keys': [{ jwks: { keys: Array(21).fill(newKeyPair().publicJwk) } }, /at most 20/],
  'one kid twice': [
    {
      jwks: {
        keys: [
          { ...newKeyPair().publicJwk, kid: 'a' },
          { ...newKeyPair().publicJwk, kid: 'a' },
        ],
      },
    },
    /Two keys/,
  ],
  'no keys for private_key_jwt': [{ jwks: undefined }, /needs keys/],
  'a name that is too long': [{ client_name: 'x'.repeat(201) }, /longer than 200/],
  'control characters': [{ client_name: 'a\u0007b' }, /control characters/],
  'contacts that are no list': [{ contacts: 'me@clinic.example' }, /contacts must be a list/],
  'an unknown method': [{ token_endpoint_auth_method: 'tls_client_auth' }, /must be one of/],
  'system/ scopes for a public client': [{ token_endpoint_auth_method: 'none', jwks: undefined }, /not none/],
  'user/ scopes for a public client with keys': [
    { token_endpoint_auth_method: 'none', scope: 'user/Patient.rs', redirect_uris: ['https://app.example/cb'] },
    /not none/,
  ],
  'a javascript: logo': [{ logo_uri: 'javascript:alert(1)' }, /logo_uri must be an http/],
} as const;
for (const [name, [metadata, why]] of Object.entries(refused)) {
  test(`a registration with ${name} is refused`, async () => {
    const answer = await node.register(backend(metadata));
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error, 'invalid_client_metadata');
    assert.match(answer.json.error_description, why);
  });
}

test('a body that is no JSON object, not JSON, or too large is refused', async () => {
  const path = '/oauth2/default/registration';
  assert.equal((await node.postJson(path, [])).status, 400);
  assert.equal((await node.postForm(path, { client_name: 'x' })).status, 400);
  assert.equal((await node.postJson(path, { client_name: 'x'.repeat(70_000) })).status, 413);
  const broken = await node.app.inject({
    method: 'POST',
    url: path,
    headers: { 'content-type': 'application/json' },
    payload: '{',
  });
  assert.equal(broken.statusCode, 400);
  const wrongMethod = await node.get(path);
  assert.equal(wrongMethod.status, 405);
  assert.equal(wrongMethod.headers.allow, 'POST');
});

test('a body that two readers could understand differently is refused', async () => {
  const deep = `{"jwks": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
  for (const payload of [
    '{"scope": "a", "scope": "b"}',
    '{"__proto__": {"status": "approved"}}',
    deep,
    '{"a":"\\u0000"}',
  ]) {
    const headers = { 'content-type': 'application/json' };
    const answer = await node.app.inject({ method: 'POST', url: '/oauth2/default/registration', headers, payload });
    assert.equal(answer.statusCode, 400);
    assert.equal(answer.json().error, 'invalid_client_metadata');
  }
  const { json } = await node.register({ ...patientApp('patient/Patient.rs'), constructor: 1, to_string: 2 });
  assert.match(json.warnings.join('\n'), /"constructor" is not a member.*\n"to_string" is not a member/);
});

test('a registered signing algorithm is the only one taken', async () => {
  const [rsa, ec] = [newKeyPair('RS384'), newKeyPair('ES384')];
  const { client_id } = await node.approvedClient([rsa, ec], { token_endpoint_auth_signing_alg: 'ES384' });
  assert.equal((await node.requestToken(signAssertion(client_id, ec))).status, 200);
  const refusal = await node.requestToken(signAssertion(client_id, rsa));
  assert.equal((await node.ticketOf(refusal)).expected, 'ES384, as registered');
  assert.equal((await node.register(backend({ token_endpoint_auth_signing_alg: 'RS256' }))).status, 400);
});

const patientApp = (scope: string) => ({
  client_name: 'Symptom diary',
  redirect_uris: ['https://app.example/callback'],
  token_endpoint_auth_method: 'none',
  scope,
});
const confidential = (scope: string) => ({ ...patientApp(scope), token_endpoint_auth_method: 'client_secret_basic' });

test('attack 17: system/ and user/ scopes wait for an administrator, a patient-only app does not', async () => {
  const statusOf = async (body: object) => (await node.register(body as Record<string, unknown>)).json.status;
  assert.equal(await statusOf(patientApp('openid fhirUser launch/patient patient/*.rs')), 'approved');
  assert.equal(await statusOf(patientApp('openid offline_access patient/Observation.rs')), 'approved');
  assert.equal(await statusOf(patientApp('offline_access')), 'approved');
  assert.equal(await statusOf(confidential('patient/*.rs user/Patient.rs')), 'pending');
  assert.equal(await statusOf(confidential('patient/*.rs system/Patient.rs')), 'pending');
  assert.equal(await statusOf(confidential('user/*.cruds offline_access')), 'pending');
  assert.equal(await statusOf(backend()), 'pending');
});

test('a patient-only client gets no token without a user', async () => {
  const key = newKeyPair();
  const { json } = await node.register({
    ...confidential('patient/Patient.rs'),
    grant_types: ['client_credentials', 'authorization_code'],
    jwks: { keys: [key.publicJwk] },
  });
  assert.equal(json.status, 'approved');
  const answer = await node.requestToken(signAssertion(json.client_id, key), {
    scope: 'patient/Patient.rs system/Patient.rs',
  });
  assert.equal(answer.status, 400);
  assert.equal(answer.json.error, 'invalid_scope');
});

test('attack 19: the registration access token of one client opens no other, and tells nothing of it', async () => {
  const [a, b] = [(await node.register(backend())).json, (await node.register(backend())).json];
  const read = (id: string, token?: string) => node.get(`/oauth2/default/client/${id}`, token);
  const own = await read(a.client_id, a.registration_access_token);
  assert.equal(own.status, 200);
  assert.equal(own.json.status, 'pending');
  assert.equal(own.json.client_secret, undefined);
  const refusals = [
    await read(b.client_id, a.registration_access_token),
    await read('nobody', a.registration_access_token),
    await read(b.client_id, 'guess'),
  ];
  for (const refusal of refusals) {
    assert.equal(refusal.status, 401);
    assert.deepEqual(refusal.json, refusals[0]?.json);
    assert.deepEqual(refusal.headers['www-authenticate'], refusals[0]?.headers['www-authenticate']);
  }
  assert.equal((await read(b.client_id)).status, 401);
});

test('the status that the client reads is the present one', async () => {
  const { json } = await node.register(backend());
  await node.postJson(`/apis/default/admin/clients/${json.client_id}/approve`, {}, node.adminToken);
  const read = await node.get(`/oauth2/default/client/${json.client_id}`, json.registration_access_token);
  assert.equal(read.json.status, 'approved');
  assert.equal(read.json.granted_scope, 'system/Patient.rs');
});

const badRedirects = [
  'https://*.app.example/cb',
  'https://app.example/*',
  'https://app.example/cb#fragment',
  'https://user@app.example/cb',
  'https://user:secret@app.example/cb',
  'https://app.example\\@attacker.example/cb',
  'javascript:alert(1)',
  'data:text/html,x',
  'http://app.example/cb',
  'http://localhost.attacker.example/cb',
  'https://app.example/cb/../admin',
  'https://app.example/cb/%2e%2e/admin',
  'https://app.example/./cb',
  'https://APP.example/cb',
  'HTTPS://app.example/cb',
  'https://app.example:443/cb',
  'https://app.example/c b',
  'https://app.example/\u202ecb',
  'myapp:/callback',
  '/callback',
  '',
];
for (const uri of badRedirects) {
  test(`attack 20: the redirect URI ${JSON.stringify(uri)} is refused`, async () => {
    const answer = await node.register({ ...patientApp('patient/Patient.rs'), redirect_uris: [uri] });
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error, 'invalid_redirect_uri');
  });
}

for (const uri of [
  'https://localhost:8080/redirect',
  'http://localhost:4567/custom/smart/redirect',
  'http://127.0.0.1/cb',
  'http://[::1]:3000/cb',
  'https://app.example/cb?tenant=1',
  'https://app.example',
  'com.example.app:/callback',
]) {
  test(`the redirect URI ${uri} may be registered`, () => assert.equal(redirectUriFault(uri), undefined));
}

test('attack 16: a flood of registrations from one address is stopped, and leaves no more rows', async () => {
  const flooded = await soleGate({ config: { registrations: { perMinute: 1, burst: 3 } } });
  try {
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await flooded.node.register(backend()));
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [201, 201, 201, 429, 429, 429],
    );
    assert.ok(Number(answers[5]?.headers['retry-after']) > 0);
    const { clients } = (await flooded.node.get('/apis/default/admin/clients', flooded.node.adminToken)).json;
    assert.equal(clients.filter((client: { status: string }) => client.status === 'pending').length, 3);
  } finally {
    await flooded.close();
  }
});

test('attack 16: a flood from many addresses ends at the limit of the day', async () => {
  const flooded = await soleGate({ config: { registrationsPerDay: 2, registrations: { perMinute: 1e6, burst: 1e6 } } });
  try {
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await flooded.node.register(backend())).status);
    assert.deepEqual(statuses, [201, 201, 429]);
  } finally {
    await flooded.close();
  }
});

test('a client id can be pasted into a command line: it never starts with a dash', async () => {
  const { json } = await node.register(backend());
  assert.match(json.client_id, /^[0-9a-f]{32}$/);
});

test("the administrators' client has no owner and cannot be revoked, only suspended", async () => {
  const path = '/apis/default/admin/clients/chartgate-admin';
  assert.equal((await node.postJson(`${path}/revoke`, {}, node.adminToken)).status, 409);
  assert.equal((await node.get('/oauth2/default/client/chartgate-admin', 'x'.repeat(43))).status, 401);
  assert.equal((await node.postJson(`${path}/suspend`, {}, node.adminToken)).json.status, 'suspended');
  assert.equal(
    (await node.postJson('/apis/default/admin/tokens', { scope: 'system/*.r' }, node.adminToken)).status,
    409,
  );
  assert.equal((await node.postJson(`${path}/approve`, {}, node.adminToken)).json.status, 'approved');
});
