import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Mail } from '../account/mail/mail.ts';
import { newSecret, secretHash } from '../oauth/secret.ts';
import { sweep } from '../oauth/sweep.ts';
import { clientCalls } from '../testing/client-calls.ts';
import { type Json, newKeyPair, signAssertion, soleGate } from '../testing/gate.ts';
import { defaultPolicy } from './policy.ts';

const day = 24 * 3600_000;
let now = Date.parse('2026-03-01T12:00:00Z');
const mails: Mail[] = [];
const { node, close } = await soleGate({
  now: () => now,
  mailer: { send: async (_site, mail) => void mails.push(mail) },
  config: { registrations: { perMinute: 1e6, burst: 1e6 } },
});
after(close);
const { admin, decide, read, replace, remove, registerWith, set, call } = clientCalls(node);
const key = newKeyPair();

const backend = (metadata: object = {}) => ({
  client_name: 'Nightly export',
  token_endpoint_auth_method: 'private_key_jwt',
  scope: 'system/Patient.rs system/Observation.rs',
  contacts: ['dev@vendor.example', 'not an address'],
  jwks: { keys: [key.publicJwk] },
  ...metadata,
});
const patientApp = (metadata: object = {}) => ({
  client_name: 'Symptom diary',
  redirect_uris: ['https://app.vendor.example/callback'],
  token_endpoint_auth_method: 'none',
  scope: 'openid offline_access patient/Observation.rs',
  contacts: ['dev@vendor.example'],
  ...metadata,
});
const pending = async (metadata: object = {}) => (await node.register(backend(metadata))).json;
const newAdmin = async (name: string, token?: string): Promise<string> =>
  (await admin('POST', 'admin-tokens', { name }, token)).json.admin_token;
const entryOf = async (client: Json) =>
  (await admin('GET', 'inbox')).json.waiting.find((one: Json) => one.client.client_id === client.client_id);
const policy = (...rules: object[]) => admin('PUT', 'approval-policy', { rules });

test('the inbox says who waits, since when, why, and what each scope means in words', async () => {
  const client = await pending();
  const entry = await entryOf(client);
  assert.equal(entry.since, new Date(now).toISOString());
  assert.equal(entry.for, 'registration');
  assert.deepEqual(entry.differences, []);
  assert.deepEqual(entry.scopes[0], {
    scope: 'system/Patient.rs',
    says: 'Read and search all Patient records.',
    is_new: true,
  });
  await decide(client, 'approve', { scope: 'system/Patient.rs' });
  assert.equal(await entryOf(client), undefined);
  await replace(client, backend({ client_name: 'Hourly export' }));
  const again = await entryOf(client);
  assert.equal(again.for, 'change');
  assert.deepEqual(again.differences, [
    { member: 'client_name', before: 'Nightly export', after: 'Hourly export', is_material: true },
  ]);
  assert.deepEqual(
    again.scopes.map((one: Json) => one.is_new),
    [false, true],
  );
});

test('a decision reaches the developer by mail and in the registration, without saying which administrator it was', async () => {
  const client = await pending();
  mails.length = 0;
  await decide(client, 'ask', { question: 'Which ward is it for?' });
  assert.equal((await decide(client, 'reject', {})).status, 400, 'a reason is needed');
  const rejected = await decide(client, 'reject', { reason: 'No contract' });
  assert.equal(rejected.json.status, 'revoked');
  assert.deepEqual(
    mails.map(({ to, subject }) => [to, subject]),
    [
      ['dev@vendor.example', 'Client Nightly export has a question to answer'],
      ['dev@vendor.example', 'Client Nightly export is not approved'],
    ],
  );
  assert.match(mails[1]?.text ?? '', /No contract/);
  const shown = (await read(client)).json;
  assert.equal(shown.status, 'revoked');
  assert.equal(shown.reason, 'No contract');
  assert.deepEqual(
    shown.messages.map(({ action, text }: Json) => [action, text]),
    [
      ['reject', 'No contract'],
      ['ask', 'Which ward is it for?'],
    ],
  );
  assert.ok(!JSON.stringify([shown, mails]).includes('token:test'));
  assert.equal((await decide(client, 'approve')).status, 409);
});

test('an approval of what has changed since it was looked at is refused', async () => {
  const client = await pending();
  const { version } = (await entryOf(client)).client;
  await replace(client, backend({ scope: 'system/*.cruds' }));
  assert.equal((await decide(client, 'approve', { version })).status, 409);
  assert.equal((await decide(client, 'approve', { version: version + 1 })).json.status, 'approved');
});

test('a suspension does not make an approval last longer', async () => {
  const client = await pending();
  const until = (await decide(client, 'approve', { valid_for_days: 3000 })).json.approval_expires_at;
  await decide(client, 'suspend');
  assert.equal((await decide(client, 'approve')).json.approval_expires_at, until);
});

test('the history says who decided what, and when', async () => {
  const client = await pending();
  await decide(client, 'approve', { reason: 'Pilot' });
  const { decisions } = (await admin('GET', `clients/${client.client_id}/history`)).json;
  assert.equal(decisions.length, 2);
  assert.match(decisions[0].by, /^token:test /);
  assert.equal(decisions[0].reason, 'Pilot');
  assert.equal(decisions[1].by, 'policy:system-scopes');
});

test('an approval for a time warns its developer, ends, and the client waits again with dead tokens', async () => {
  const client = await pending();
  const approved = await decide(client, 'approve', { valid_for_days: 30 });
  assert.equal(approved.json.approval_expires_at, new Date(now + 30 * day).toISOString());
  mails.length = 0;
  now += 15 * day;
  await sweep(node.gate);
  assert.equal(mails.length, 0);
  now += 2 * day;
  await sweep(node.gate);
  await sweep(node.gate);
  assert.deepEqual(
    mails.map((mail) => mail.subject),
    ['Client Nightly export loses its approval soon'],
  );
  now += 13 * day - 60_000;
  const { access_token } = (await node.requestToken(signAssertion(client.client_id, key, { now }))).json;
  assert.ok(access_token);
  now += 60_000;
  assert.equal((await node.requestToken(signAssertion(client.client_id, key, { now }))).status, 401, 'to the second');
  (await node.gate.site('default'))?.forget({});
  assert.equal(await (await node.gate.site('default'))?.token(access_token), undefined, 'before the clean-up');
  await sweep(node.gate);
  assert.equal(await (await node.gate.site('default'))?.token(access_token), undefined);
  const entry = await entryOf(client);
  assert.equal(entry.for, 'expiry');
  assert.equal((await read(client)).json.status, 'pending');
  assert.equal(mails.at(-1)?.subject, 'Client Nightly export waits for a new approval');
  now += 91 * day;
  await sweep(node.gate);
  assert.ok(await entryOf(client), 'what was approved once is not dropped');
});

test('attack 16: registrations that nobody decides on, and those that their owners delete, are dropped in the end', async () => {
  const [waiting, deleted] = [await pending(), await pending()];
  await remove(deleted);
  now += 91 * day;
  await sweep(node.gate);
  const { clients } = (await admin('GET', 'clients')).json;
  const ids = clients.map((client: Json) => client.client_id);
  assert.ok(!ids.includes(waiting.client_id) && !ids.includes(deleted.client_id));
});

test('attack 16: with registration by token, each use of an initial access token counts, also of many at once', async () => {
  await set({ registration: 'token' });
  try {
    const refused = await node.register(backend());
    assert.equal(refused.status, 401);
    assert.equal(refused.json.error, 'invalid_token');
    const made = await admin('POST', 'initial-access-tokens', { name: 'vendor', max_uses: 2, expires_in_days: 1 });
    const token = made.json.initial_access_token;
    const answers = await Promise.all(Array.from({ length: 8 }, () => registerWith(token, backend())));
    assert.deepEqual(answers.map((one) => one.status).toSorted(), [201, 201, 401, 401, 401, 401, 401, 401]);
    const { initial_access_tokens } = (await admin('GET', 'initial-access-tokens')).json;
    assert.equal(initial_access_tokens[0].uses, 2);
    assert.equal(initial_access_tokens[0].initial_access_token, undefined);
    const other = (await admin('POST', 'initial-access-tokens', { name: 'late', expires_in_days: 1 })).json;
    now += day;
    assert.equal((await registerWith(other.initial_access_token, backend())).status, 401, 'expired');
    const third = (await admin('POST', 'initial-access-tokens', { name: 'taken back' })).json;
    assert.equal((await admin('DELETE', `initial-access-tokens/${third.id}`)).status, 200);
    assert.equal((await registerWith(third.initial_access_token, backend())).status, 401, 'taken back');
    assert.equal((await registerWith(node.adminToken, backend())).status, 401, 'an admin token is none');
    await set({ registration: 'closed' });
    assert.equal((await registerWith(token, backend())).status, 403);
  } finally {
    await set({ registration: null });
  }
});

test('an initial access token may say what becomes of its clients', async () => {
  const make = async (decision: string) =>
    (await admin('POST', 'initial-access-tokens', { name: 'partner', decision })).json.initial_access_token;
  assert.equal((await registerWith(await make('approve'), backend())).json.status, 'approved');
  assert.equal((await registerWith(await make('review'), patientApp())).json.status, 'pending');
});

test('attack 17: no rule opens system/ or user/ scopes on a stranger’s word', async () => {
  try {
    assert.equal((await policy({ name: 'all', decision: 'approve', reason: 'Trusting.' })).status, 200);
    const user = patientApp({ token_endpoint_auth_method: 'client_secret_basic', scope: 'user/Patient.rs' });
    assert.equal((await node.register(backend())).json.status, 'pending');
    assert.equal((await node.register(user)).json.status, 'pending');
    assert.equal((await node.register(patientApp())).json.status, 'approved');
    const byContact = { contact_domain: ['vendor.example'], redirect_domain: ['vendor.example'] };
    await policy({ name: 'known', if: byContact, decision: 'approve', reason: 'Known.' });
    assert.equal((await node.register(user)).json.status, 'pending', 'a contact proves nothing');
    await policy({
      name: 'partner',
      if: { initial_access_token: ['partner'] },
      decision: 'approve',
      reason: 'Partner.',
    });
    const token = (await admin('POST', 'initial-access-tokens', { name: 'partner' })).json.initial_access_token;
    assert.equal((await registerWith(token, backend())).json.status, 'approved');
    assert.equal((await node.register(patientApp())).json.status, 'pending', 'no rule covers it');
  } finally {
    await admin('PUT', 'approval-policy', defaultPolicy);
  }
});

test('attack 17: offline_access is granted where the policy says so', async () => {
  assert.equal((await node.register(patientApp())).json.granted_scope, 'openid offline_access patient/Observation.rs');
  try {
    const offline = { name: 'offline', if: { offline_access: true }, decision: 'review', reason: 'Stays long.' };
    await policy(offline, ...defaultPolicy.rules);
    assert.equal((await node.register(patientApp())).json.status, 'pending');
    assert.equal((await node.register(patientApp({ scope: 'patient/Observation.rs' }))).json.status, 'approved');
    const capped = {
      name: 'cap',
      decision: 'approve',
      scope: 'openid patient/*.rs',
      expires_in_days: 7,
      reason: 'Short.',
    };
    await policy(capped);
    const { json } = await node.register(patientApp());
    assert.equal(json.granted_scope, 'openid patient/Observation.rs');
    assert.equal(json.approval_expires_at, new Date(now + 7 * day).toISOString());
  } finally {
    await admin('PUT', 'approval-policy', defaultPolicy);
  }
});

test('the policy in force can be read, replaced and tried', async () => {
  assert.deepEqual((await admin('GET', 'approval-policy')).json, defaultPolicy);
  const ask = async (registration: object, more: object = {}) =>
    (await admin('POST', 'approval-policy/try', { registration, ...more })).json;
  assert.equal((await ask(patientApp())).rule, 'patient-only');
  assert.equal((await ask(backend())).decision, 'review');
  const rules = [
    { name: 'no', if: { client_type: ['public'], scope: ['patient/*.c*'] }, decision: 'reject', reason: 'No writing.' },
    { name: 'yes', if: { only_scope: ['patient/*.rs', 'openid'] }, decision: 'approve', reason: 'Reading.' },
  ];
  const tried = (scope: string) => ask(patientApp({ scope }), { policy: { rules } });
  assert.equal((await tried('patient/Observation.cruds')).decision, 'reject');
  assert.equal((await tried('openid patient/Observation.rs')).decision, 'approve');
  assert.equal((await tried('openid fhirUser patient/Observation.rs')).rule, 'no-rule');
  assert.deepEqual((await admin('GET', 'approval-policy')).json, defaultPolicy, 'a trial changes nothing');
});

test('a policy that cannot be understood is refused, and a rule that rejects does so', async () => {
  const good = { name: 'a', decision: 'review', reason: 'Because.' };
  for (const rules of [
    [{ ...good, iff: {} }],
    [{ ...good, decision: 'maybe' }],
    [{ ...good, if: { redirect_domain: ['https://x.example'] } }],
    [{ ...good, scope: 'nonsense' }],
    [good, good],
    [{ ...good, reason: undefined }],
  ]) {
    assert.equal((await policy(...rules)).status, 400, JSON.stringify(rules));
  }
  try {
    await policy({ ...good, decision: 'reject', reason: 'This site takes no public clients.' });
    const answer = await node.register(patientApp());
    assert.equal(answer.status, 400);
    assert.equal(answer.json.error_description, 'This site takes no public clients.');
  } finally {
    await admin('PUT', 'approval-policy', defaultPolicy);
  }
});

test('attack 22: system/ scopes need two administrators; neither is the other, nor made by the other, nor the requester', async () => {
  const [alice, bob] = [await newAdmin('alice'), await newAdmin('bob')];
  const alices = await newAdmin('alice two', alice);
  await set({ four_eyes: 'system' });
  try {
    const client = await pending();
    const first = await decide(client, 'approve', {}, alice);
    assert.equal(first.json.status, 'pending');
    assert.equal(first.json.first_approval.by, 'token:alice');
    assert.equal((await node.requestToken(signAssertion(client.client_id, key, { now }))).status, 401);
    for (const same of [alice, alices]) {
      const refused = await decide(client, 'approve', {}, same);
      assert.equal(refused.status, 403);
      assert.equal(refused.json.error, 'access_denied');
    }
    assert.equal(
      (await decide(client, 'approve', { scope: 'system/Patient.rs' }, bob)).json.status,
      'pending',
      'another scope',
    );
    assert.equal((await decide(client, 'approve', {}, alice)).json.status, 'approved');
    const { token } = await invitedBy(alice);
    const { json: invited } = await registerWith(token, backend());
    assert.equal(invited.status, 'pending', 'not even where the token approves');
    assert.equal((await decide(invited, 'approve', {}, alice)).status, 403, 'who let it in');
    assert.equal((await decide(invited, 'approve', {}, bob)).json.status, 'pending');
    assert.equal((await decide(invited, 'approve', {}, node.adminToken)).status, 403, 'who made bob');
    assert.equal(
      (await decide(invited, 'approve', {}, await accountSession('carol', 'administrator'))).json.status,
      'approved',
    );
  } finally {
    await set({ four_eyes: null });
  }
});

test('attack 22: a change between the two approvals makes the first one void', async () => {
  const [dora, emil] = [await newAdmin('dora'), await newAdmin('emil')];
  await set({ four_eyes: 'system' });
  try {
    const client = await pending();
    await decide(client, 'approve', {}, dora);
    await replace(client, backend({ jwks: { keys: [newKeyPair().publicJwk] } }));
    assert.equal((await decide(client, 'approve', {}, emil)).json.status, 'pending');
    assert.equal((await decide(client, 'approve', {}, dora)).json.status, 'approved');
  } finally {
    await set({ four_eyes: null });
  }
});

test('attack 22: of two approvals at once by the same administrator neither is the second', async () => {
  const frida = await newAdmin('frida');
  await set({ four_eyes: 'system' });
  try {
    const client = await pending();
    await Promise.all(Array.from({ length: 6 }, () => decide(client, 'approve', {}, frida)));
    assert.equal((await admin('GET', `clients/${client.client_id}`)).json.status, 'pending');
  } finally {
    await set({ four_eyes: null });
  }
});

async function invitedBy(adminToken: string) {
  const made = await admin('POST', 'initial-access-tokens', { name: 'mine', decision: 'approve' }, adminToken);
  return { token: made.json.initial_access_token as string };
}

/** The session token of an account that is signed in. */
async function accountSession(userName: string, role: 'administrator' | 'practitioner'): Promise<string> {
  const site = await node.gate.site('default');
  assert.ok(site);
  const account = {
    accountId: `id-${userName}`,
    userName,
    email: `${userName}@clinic.example`,
    role,
    epoch: 0,
    createdAt: now,
  };
  await site.store.accounts.insert({ ...account, status: 'active' });
  const token = newSecret();
  await site.store.sessions.insert({
    hash: secretHash(token),
    sessionId: `session-${userName}`,
    accountId: account.accountId,
    epoch: 0,
    amr: ['pwd'],
    authTime: now,
    seenAt: now,
    expiresAt: now + day,
    userAgent: '',
  });
  return token;
}

test('attack 75: an account opens the admin API where its role is administrator, by its session alone', async () => {
  const [gina, hugo] = [await accountSession('gina', 'administrator'), await accountSession('hugo', 'practitioner')];
  assert.equal((await admin('GET', 'inbox', undefined, gina)).status, 200);
  assert.equal((await admin('GET', 'inbox', undefined, hugo)).status, 401);
  const client = await pending();
  await decide(client, 'approve', {}, gina);
  const { decisions } = (await admin('GET', `clients/${client.client_id}/history`)).json;
  assert.equal(decisions[0].by, 'account:gina');
  now += day + 1;
  assert.equal((await admin('GET', 'inbox', undefined, gina)).status, 401);
});

test('attack 75: no SMART token, registration token or initial access token makes an admin token', async () => {
  const client = await node.approvedClient([key], { scope: 'system/*.cruds' });
  const { access_token } = (
    await node.requestToken(signAssertion(client.client_id, key, { now }), { scope: 'system/*.cruds' })
  ).json;
  assert.ok(access_token);
  const { token } = await invitedBy(node.adminToken);
  for (const bearer of [access_token, client.registration_access_token, token]) {
    assert.equal((await admin('POST', 'admin-tokens', { name: 'thief' }, bearer)).status, 401);
    assert.equal((await admin('GET', 'admin-tokens', undefined, bearer)).status, 401);
    assert.equal((await admin('PUT', 'approval-policy', { rules: [] }, bearer)).status, 401);
  }
  assert.equal((await call('POST', '/apis/default/admin/admin-tokens', undefined, { name: 'thief' })).status, 401);
});

test('attack 75: the last admin token cannot be revoked, also not by two who revoke each other at once', async () => {
  const alone = await soleGate();
  try {
    const { admin: ask } = clientCalls(alone.node);
    const list = async (token?: string) => (await ask('GET', 'admin-tokens', undefined, token)).json.admin_tokens;
    const [{ name }] = await list();
    const path = (one: string) => `admin-tokens/${encodeURIComponent(one)}`;
    assert.equal((await ask('DELETE', path(name))).status, 409);
    const other = (await ask('POST', 'admin-tokens', { name: 'other one' })).json;
    assert.equal((await ask('POST', 'admin-tokens', { name: 'other one' })).status, 409, 'no name twice');
    assert.equal((await ask('DELETE', path('nobody'))).status, 404);
    assert.deepEqual(
      (await list()).map((row: Json) => [row.name, row.created_by, row.admin_token]),
      [
        [name, null, undefined],
        ['other one', `token:${name}`, undefined],
      ],
    );
    const answers = await Promise.all([
      ask('DELETE', path(name), undefined, other.admin_token),
      ask('DELETE', path('other one')),
    ]);
    const left = [await list(other.admin_token), await list()].filter((rows) => rows !== undefined);
    assert.equal(left.length, 1, JSON.stringify(answers.map((answer) => answer.status)));
    assert.equal(left[0].length, 1);
  } finally {
    await alone.close();
  }
});

test('attack 21: names and logos with markup or text that turns around are refused or kept as inert JSON', async () => {
  const markup = '<img src=x onerror=alert(1)>';
  const { json: client } = await node.register(patientApp({ client_name: markup }));
  const raw = await node.app.inject({
    method: 'GET',
    url: `/oauth2/default/client/${client.client_id}`,
    headers: { authorization: `Bearer ${client.registration_access_token}` },
  });
  assert.match(String(raw.headers['content-type']), /^application\/json/);
  assert.equal(raw.headers['x-content-type-options'], 'nosniff');
  assert.equal(raw.json().client_name, markup);
  for (const client_name of ['Больница', 'α Blocker', 'Žluťoučký kůň', '健康'])
    assert.equal((await node.register(patientApp({ client_name }))).status, 201, client_name);
  for (const client_name of [
    'Hospital\u202emoc.lave',
    'a\u200bb',
    'x\u2066y',
    'tab\u0009',
    '\ufeffz',
    'H\u043espital',
    'Clini\u03f2',
  ]) {
    assert.equal((await node.register(patientApp({ client_name }))).status, 400, JSON.stringify(client_name));
  }
  for (const logo_uri of [
    'javascript:alert(1)',
    'data:image/svg+xml,<svg/>',
    'https://user:pw@app.example/l.png',
    'x',
  ]) {
    assert.equal((await node.register(patientApp({ logo_uri }))).status, 400, logo_uri);
  }
});
