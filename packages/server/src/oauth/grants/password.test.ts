import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { beginAuthenticator, confirmAuthenticator } from '../../account/factors/authenticator.ts';
import type { Account } from '../../store/account-ports.ts';
import { easyAccounts, newAccount, testPassword } from '../../testing/accounts.ts';
import { type Answer, type Json, newKeyPair, signAssertion, soleGate, testGate } from '../../testing/gate.ts';
import { enabledClient, setSettings, tokenForm } from '../../testing/openemr.ts';
import { codeOf } from '../../testing/owner.ts';
import { exchangeAt } from '../../testing/user.ts';
import { authenticateBearer } from '../bearer.ts';
import { sweep } from '../sweep.ts';

let now = Date.now();
const { test: database, node, close } = await soleGate({ now: () => now, config: { accounts: easyAccounts } });
after(close);
const site = await node.gate.site('default');
assert.ok(site);

const scope =
  'openid fhirUser offline_access api:oemr api:fhir user/Patient.rs user/Observation.read patient/Patient.rs';
const client = await enabledClient(node, {
  application_type: 'private',
  client_name: 'Ward list',
  redirect_uris: ['https://app.example/cb'],
  token_endpoint_auth_method: 'client_secret_post',
  scope: `${scope} system/Patient.rs launch launch/patient online_access`,
});
const nurse = await newAccount(node, { role: 'practitioner', fhirUser: 'Practitioner/n1' });
const patient = await newAccount(node, { fhirUser: 'Patient/p1' });
await site.store.accounts.link(patient.accountId, { patient: 'p1', relationship: 'self', linkedAt: now });
await site.store.accounts.link(patient.accountId, { patient: 'child', relationship: 'guardian', linkedAt: now - 5 });
await setSettings(node, { password_grant: 'both' });

const roleOf = ({ role, email }: Account): Record<string, string> =>
  role === 'patient' ? { user_role: 'patient', email } : { user_role: 'users' };

/** A request as it should be, except for what is given. */
const ask = (account: Account, form: Record<string, string> = {}, by: Json = client, at = node) =>
  tokenForm(at, {
    grant_type: 'password',
    client_id: by.client_id,
    ...(by.client_secret ? { client_secret: by.client_secret } : {}),
    scope,
    username: account.userName,
    password: testPassword,
    ...roleOf(account),
    ...form,
  });

async function assertRefused(answer: Answer, status: number, error: string, refusal: string): Promise<Json> {
  assert.equal(answer.status, status, JSON.stringify(answer.json));
  assert.equal(answer.json.error, error);
  const ticket = await node.ticketOf(answer);
  assert.equal(ticket.refusal, refusal);
  return ticket;
}

test('whoever works here gets tokens for users, whose grant opens the site', async () => {
  const { status, json, headers } = await ask(nurse);
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(json.scope, 'openid fhirUser offline_access api:oemr api:fhir user/Patient.rs user/Observation.read');
  assert.equal(json.patient, undefined);
  assert.equal(typeof json.refresh_token, 'string');
  const claims = JSON.parse(Buffer.from(json.id_token.split('.')[1], 'base64url').toString());
  assert.equal(claims.sub, nurse.accountId);
  assert.equal(claims.aud, client.client_id);
  const grant = await authenticateBearer(node.gate, `Bearer ${json.access_token}`, 'default');
  assert.deepEqual(grant.user, { reference: 'Practitioner/n1', opens: 'site' });
  assert.equal(grant.patient, undefined);
});

test("a patient's tokens are about the patient's own record, whoever else it opens", async () => {
  const { status, json } = await ask(patient);
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(json.patient, 'p1');
  assert.ok(json.scope.split(' ').includes('patient/Patient.rs'));
  const grant = await authenticateBearer(node.gate, `Bearer ${json.access_token}`, 'default');
  assert.equal(grant.patient, 'p1');
});

test('a patient without a record gets nothing that needs one, and nothing at all where that is all', async () => {
  const nobody = await newAccount(node);
  const { json } = await ask(nobody);
  assert.equal(json.scope, 'openid offline_access api:oemr api:fhir');
  await assertRefused(await ask(nobody, { scope: 'patient/Patient.rs' }), 400, 'invalid_scope', 'password-scope');
});

test('scopes only narrow: none that the client lacks, none without a user, none that needs a page', async () => {
  const asked =
    'user/Patient.cruds user/Condition.rs system/Patient.rs launch launch/patient online_access patient/Patient.rs';
  const { json } = await ask(nurse, { scope: asked });
  assert.equal(json.scope, 'user/Patient.rs');
  assert.equal(json.refresh_token, undefined);
  await assertRefused(
    await ask(nurse, { scope: 'system/Patient.rs offline_access' }),
    400,
    'invalid_scope',
    'password-scope',
  );
  await assertRefused(await ask(nurse, { scope: '' }), 400, 'invalid_scope', 'scope-missing');
});

test('the refresh token works as any other', async () => {
  const first = (await ask(nurse)).json;
  const again = await tokenForm(node, { grant_type: 'refresh_token', refresh_token: first.refresh_token }, client);
  assert.equal(again.status, 200);
  assert.deepEqual(
    ['access_token', 'expires_in', 'id_token', 'refresh_token', 'token_type'].filter((name) => !(name in again.json)),
    [],
  );
});

test('name, password and address are refused in the same words', async () => {
  const wrong = [
    await ask(nurse, { password: 'another password' }),
    await ask(nurse, { username: 'nobody-here' }),
    await ask(nurse, { username: 'a\0b' }),
    await ask(patient, { email: 'else@mail.example' }),
    await ask(patient, { password: 'another password' }),
    await ask(await newAccount(node, { role: 'practitioner', status: 'closed' })),
    await ask(await newAccount(node, { role: 'practitioner', status: 'unverified' })),
  ];
  for (const answer of wrong) {
    const ticket = await assertRefused(answer, 400, 'invalid_grant', 'password-failed');
    assert.equal(ticket.received, '');
    assert.deepEqual({ ...answer.json, ticket: '' }, { ...wrong[0]?.json, ticket: '' });
  }
});

test('an address is compared as accounts do, whatever its case', async () => {
  assert.equal((await ask(patient, { email: patient.email.toUpperCase() })).status, 200);
});

test('user_role must be the one of the account', async () => {
  await assertRefused(await ask(patient, { user_role: 'users' }), 400, 'invalid_grant', 'password-role');
  await assertRefused(
    await ask(nurse, { user_role: 'patient', email: nurse.email }),
    400,
    'invalid_grant',
    'password-role',
  );
});

for (const [what, name, form] of [
  ['no user_role', 'user_role', { user_role: '' }],
  ['an unknown user_role', 'user_role', { user_role: 'admin' }],
  ['no username', 'username', { username: '' }],
  ['no password', 'password', { password: '' }],
  ['a password that is too long', 'password', { password: 'x'.repeat(1001) }],
  ['no email', 'email', { email: '' }],
] as const) {
  test(`${what} is told apart`, async () => {
    const ticket = await assertRefused(await ask(patient, form), 400, 'invalid_request', 'password-parameter');
    assert.match(ticket.received, new RegExp(`^${name}: `));
    assert.ok(!ticket.received.includes('xxx'));
  });
}

test('the client shows its secret; one without is known by its name', async () => {
  const { client_secret: _secret, ...unproven } = client;
  await assertRefused(await ask(nurse, {}, unproven), 401, 'invalid_client', 'authentication-missing');
  await assertRefused(await ask(nurse, { client_secret: 'x'.repeat(43) }), 401, 'invalid_client', 'secret-wrong');
  const form = { scope, username: nurse.userName, password: testPassword, user_role: 'users' };
  assert.equal((await tokenForm(node, { grant_type: 'password', ...form }, client)).status, 200);
  const app = await enabledClient(node, {
    client_name: 'My record',
    application_type: 'public',
    redirect_uris: ['https://app.example/cb'],
    scope: 'openid patient/Patient.rs',
  });
  const { json } = await ask(patient, {}, app);
  assert.equal(json.scope, 'openid patient/Patient.rs');
});

test('a client that acts for itself has no users', async () => {
  const key = newKeyPair();
  const backend = await node.approvedClient([key]);
  const answer = await ask(nurse, {
    client_id: backend.client_id,
    client_secret: '',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: signAssertion(backend.client_id, key, { now }),
  });
  await assertRefused(answer, 400, 'unauthorized_client', 'grant-type-not-allowed');
});

test('the setting says for whom it works; discovery says whether', async () => {
  const grants = async () =>
    (await node.get('/oauth2/default/.well-known/openid-configuration')).json.grant_types_supported;
  assert.ok((await grants()).includes('password'));
  for (const [setting, works] of [
    ['off', []],
    ['users', [nurse]],
    ['patient', [patient]],
  ] as const) {
    await setSettings(node, { password_grant: setting });
    assert.equal((await grants()).includes('password'), setting !== 'off');
    for (const account of [nurse, patient]) {
      const answer = await ask(account);
      if (works.some((one) => one === account)) assert.equal(answer.status, 200);
      else {
        const ticket = await assertRefused(answer, 400, 'unsupported_grant_type', 'password-off');
        assert.match(ticket.received, new RegExp(`the setting password_grant: ${setting}`));
        assert.equal(ticket.client_id, client.client_id, 'its owner may read it');
      }
    }
  }
  await setSettings(node, { password_grant: 'both' });
});

/** Takes an authenticator app into use. @returns the code that it shows */
async function addAuthenticator(account: Account, at = node): Promise<() => string> {
  const x = await exchangeAt(at);
  const { secret } = await beginAuthenticator(x, account);
  await confirmAuthenticator(x, account, codeOf(secret, now));
  return () => codeOf(secret, now);
}

test('attack 73: the password grant demands the second factor of an account that has one', async () => {
  const account = await newAccount(node, { role: 'practitioner', fhirUser: 'Practitioner/n2' });
  const code = await addAuthenticator(account);
  now += 60_000;
  await assertRefused(await ask(account), 401, 'mfa_token_invalid', 'mfa-missing');
  await assertRefused(await ask(account, { mfa_token: '' }), 401, 'mfa_token_invalid', 'mfa-missing');
  const other = code() === '123456' ? '123457' : '123456';
  await assertRefused(await ask(account, { mfa_token: other }), 401, 'mfa_token_invalid', 'mfa-wrong');
  const wrong = { mfa_token: code(), password: 'not this' };
  await assertRefused(await ask(account, wrong), 400, 'invalid_grant', 'password-failed');
  const { status, json } = await ask(account, { mfa_token: code() });
  assert.equal(status, 200, JSON.stringify(json));
  const claims = JSON.parse(Buffer.from(json.id_token.split('.')[1], 'base64url').toString());
  assert.equal(claims.sub, account.accountId);
  await assertRefused(await ask(account, { mfa_token: code() }), 401, 'mfa_token_invalid', 'mfa-wrong');
});

test('attack 73: an account with a passkey alone is not opened by its password', async () => {
  const account = await newAccount(node, { role: 'practitioner' });
  const passkey = {
    credentialId: Buffer.from(account.accountId),
    passkeyId: account.accountId,
    accountId: account.accountId,
    name: 'Telephone',
    publicKey: Buffer.alloc(77),
    counter: 0,
    transports: [],
    isSynced: false,
    createdAt: now,
  };
  assert.ok(await site.store.passkeys.insert(passkey, 10));
  await assertRefused(await ask(account), 403, 'mfa_not_supported', 'mfa-kind');
  await assertRefused(await ask(account, { mfa_token: '123456' }), 403, 'mfa_not_supported', 'mfa-kind');
});

test('attack 73: passwords and second factors cannot be tried without end', async () => {
  const limits = { ...easyAccounts.limits, name: { perMinute: 1, burst: 5 } };
  const strict = await testGate(database, { now: () => now, config: { accounts: { ...easyAccounts, limits } } });
  const account = await newAccount(strict, { role: 'practitioner' });
  const code = await addAuthenticator(account, strict);
  now += 60_000;
  const guess = (form: Record<string, string>) => ask(account, form, client, strict);
  for (let i = 0; i < 3; i++) assert.equal((await guess({ mfa_token: 'no code' })).status, 401);
  for (let i = 0; i < 2; i++) assert.equal((await guess({ password: `guess ${i}` })).status, 400);
  const { status, headers } = await guess({ mfa_token: code() });
  assert.equal(status, 429);
  assert.ok(Number(headers['retry-after']) > 0);
  await strict.close();
});

test('an app that was given a password is among the apps that the user let in, and can be taken out', async () => {
  const account = await newAccount(node, { fhirUser: 'Patient/p5' });
  await site.store.accounts.link(account.accountId, { patient: 'p5', relationship: 'self', linkedAt: now });
  const { json } = await ask(account, { scope: 'openid patient/Patient.rs' });
  await ask(account, { scope: 'openid offline_access' });
  const [app, ...others] = await site.store.consents.list(account.accountId);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [app?.clientId, app?.patient, app?.scope, app?.refused],
    [client.client_id, 'p5', 'offline_access openid patient/Patient.rs', ''],
  );
  assert.equal(await site.store.consents.remove(account.accountId, client.client_id), 2);
  assert.deepEqual(await site.store.consents.list(account.accountId), []);
  await assert.rejects(authenticateBearer(node.gate, `Bearer ${json.access_token}`, 'default'));
});

test('what was given dies with a new password, and leaves no row behind', async () => {
  const account = await newAccount(node, { role: 'practitioner', fhirUser: 'Practitioner/n3' });
  const { json } = await ask(account);
  await site.store.accounts.endEverything(account.accountId);
  await assert.rejects(authenticateBearer(node.gate, `Bearer ${json.access_token}`, 'default'));
  const authorizations = async () =>
    database.database.reads.query({
      text: `select 1 from "${database.site.schema}".user_authorization where account_id = $1`,
      values: [nurse.accountId],
    });
  await ask(nurse, { scope: 'openid' });
  assert.ok((await authorizations()).length > 0);
  now += 200 * 24 * 3600_000;
  await sweep(node.gate);
  assert.equal((await authorizations()).length, 0);
});

test('an account that is closed at the same time gets no token', async () => {
  const account = await newAccount(node, { role: 'practitioner' });
  const authorization = {
    authorizationId: 'a'.repeat(22),
    clientId: client.client_id,
    clientEpoch: 0,
    accountId: account.accountId,
    accountEpoch: 1,
    scope: 'openid',
    context: {},
    authTime: now,
    amr: ['pwd'],
    createdAt: now,
  };
  const token = { hash: Buffer.alloc(32, 7), clientId: client.client_id, epoch: 0, scope: 'openid' };
  const accessToken = {
    ...token,
    authorizationId: authorization.authorizationId,
    issuedAt: now,
    expiresAt: now + 1000,
  };
  assert.equal(await site.store.authorizations.insertWithTokens(authorization, { accessToken }), false);
  assert.equal(await site.store.tokens.find(token.hash, now), undefined);
});
