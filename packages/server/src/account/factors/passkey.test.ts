import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, test } from 'node:test';
import { softwareAuthenticator, type Wrong } from '../../testing/authenticator.ts';
import { gateWithMail, newOwner, type TestOwner } from '../../testing/owner.ts';
import { openRequest } from '../../testing/signed-in.ts';
import { newPatientApp } from '../../testing/user.ts';
import { isCertified } from './passkey-registration.ts';
import { secondFactorsOf, verifySecondFactor } from './second-factors.ts';

const { node, clock, subjects, close } = await gateWithMail();
after(close);

async function add(owner: TestOwner, authenticator = softwareAuthenticator(), wrong: Wrong = {}, name = 'Phone') {
  const options = (await owner.call('POST', 'account/me/passkeys/options')).json;
  const response = authenticator.create(options, wrong);
  return { answer: await owner.call('POST', 'account/me/passkeys', { name, response }), response, authenticator };
}

const options = async () => (await node.postJson('/apis/default/account/passkeys/options', {})).json;
const signIn = (response: unknown) => node.postJson('/apis/default/account/passkeys/sessions', { response });

test('a passkey is made, signs in without a name, and the session says how', async () => {
  const owner = await newOwner(node);
  const { answer, authenticator } = await add(owner);
  assert.equal(answer.status, 201, JSON.stringify(answer.json));
  assert.equal(answer.json.recovery_codes.length, 8);
  assert.deepEqual(subjects(owner.account.email), ['A passkey was added to your account']);
  const asked = await options();
  assert.deepEqual([asked.rpId, asked.userVerification, asked.allowCredentials], ['clinic.example', 'required', []]);
  const session = await signIn(authenticator.get(asked));
  assert.equal(session.status, 201, JSON.stringify(session.json));
  assert.equal(session.json.user_name, owner.account.userName);
  assert.equal(session.headers['set-cookie'], undefined);
  const [latest] = (await owner.site.store.sessions.list(owner.account.accountId, clock.now)).filter(
    ({ amr }) => !amr.includes('pwd'),
  );
  assert.deepEqual(latest?.amr, ['hwk', 'mfa']);
  const { json } = await owner.call('GET', 'account/me/passkeys', undefined, { bearer: session.json.session_token });
  assert.equal(json.passkeys[0].name, 'Phone');
  assert.equal(json.passkeys[0].last_used_at, new Date(clock.now).toISOString());
});

test('a passkey that is synced says so in amr', async () => {
  const owner = await newOwner(node);
  const { authenticator } = await add(owner, softwareAuthenticator({ isSynced: true }));
  const asked = (await owner.call('POST', 'account/me/passkeys/challenge')).json;
  assert.deepEqual(
    asked.allowCredentials.map(({ id }: { id: string }) => id),
    [authenticator.id],
  );
  const passkey = authenticator.get(asked, { userHandle: null });
  assert.deepEqual(await verifySecondFactor(await owner.exchange(), owner.account, { passkey }), { amr: 'swk' });
  assert.deepEqual(await secondFactorsOf(await owner.exchange(), owner.account), ['passkey', 'recovery_code']);
});

for (const [what, wrong] of [
  ['another origin', { origin: 'https://clinic.example.evil.example' }],
  ['another RP id', { rpId: 'evil.example' }],
  ['a user who was not verified', { isUserVerified: false }],
  ['a page that framed ours', { crossOrigin: true }],
  ['another ceremony', { type: 'webauthn.create' }],
  ['a challenge that we did not give', { challenge: 'A'.repeat(43) }],
  ['a signature by another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }],
  ['no user handle', { userHandle: null }],
  ['the user handle of somebody else', { userHandle: Buffer.from('somebody').toString('base64url') }],
  ['a counter that goes back', { counter: 1 }],
] as const satisfies readonly (readonly [string, Wrong])[]) {
  test(`attack 74: a passkey's answer with ${what} is refused`, async () => {
    const owner = await newOwner(node);
    const { authenticator } = await add(owner);
    assert.equal((await signIn(authenticator.get(await options()))).status, 201);
    const refused = await signIn(authenticator.get(await options(), wrong));
    assert.deepEqual([refused.status, refused.json.error], [400, 'invalid_passkey']);
    assert.equal((await signIn(authenticator.get(await options(), { counter: 9 }))).status, 201);
  });
}

test('attack 74: an answer that was used, is too old, or is of a passkey that was removed, is refused', async () => {
  const owner = await newOwner(node);
  const { answer, authenticator } = await add(owner);
  const used = authenticator.get(await options());
  assert.deepEqual([(await signIn(used)).status, (await signIn(used)).status], [201, 400]);
  const asked = await options();
  clock.now += 5 * 60_000 + 1;
  assert.equal((await signIn(authenticator.get(asked))).status, 400);
  const recovery_code = answer.json.recovery_codes[0];
  const path = `account/me/passkeys/${answer.json.passkey_id}`;
  assert.equal((await owner.call('DELETE', path, {})).status, 403);
  assert.equal((await owner.call('DELETE', path, { recovery_code })).status, 204);
  assert.equal((await signIn(authenticator.get(await options()))).status, 400);
  assert.equal(subjects(owner.account.email).at(-1), 'A passkey of your account was removed');
});

test('attack 74: of many uses with one counter at once, one signs in', async () => {
  const owner = await newOwner(node);
  const { authenticator } = await add(owner);
  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => authenticator.get(await options(), { counter: 7 })),
  );
  const signedIn = (await Promise.all(answers.map(signIn))).filter(({ status }) => status === 201);
  assert.equal(signedIn.length, 1);
});

test('attack 74: challenges are for one purpose and one account', async () => {
  const [owner, other] = [await newOwner(node), await newOwner(node)];
  const { authenticator } = await add(owner);
  const own = (await owner.call('POST', 'account/me/passkeys/challenge')).json;
  assert.equal((await signIn(authenticator.get(own))).status, 400);
  const passkey = authenticator.get((await other.call('POST', 'account/me/passkeys/challenge')).json);
  const wrong = { refused: 'second-factor-wrong' };
  assert.deepEqual(await verifySecondFactor(await owner.exchange(), owner.account, { passkey }), wrong);
  assert.deepEqual(await verifySecondFactor(await other.exchange(), other.account, { passkey }), wrong);
  const creation = (await owner.call('POST', 'account/me/passkeys/options')).json;
  assert.equal((await signIn(authenticator.get(creation))).status, 400);
});

for (const [what, wrong] of [
  ['another origin', { origin: 'https://evil.example' }],
  ['another RP id', { rpId: 'evil.example' }],
  ['a user who was not verified', { isUserVerified: false }],
  ['a challenge that we did not give', { challenge: 'A'.repeat(43) }],
  ['a certificate, which could make us fetch something', { certificate: Buffer.from('30820100', 'hex') }],
] as const satisfies readonly (readonly [string, Wrong])[]) {
  test(`attack 74: a new passkey with ${what} is refused`, async () => {
    const owner = await newOwner(node);
    const { answer } = await add(owner, softwareAuthenticator(), wrong);
    assert.deepEqual([answer.status, answer.json.error], [400, 'invalid_passkey']);
    assert.deepEqual(await secondFactorsOf(await owner.exchange(), owner.account), []);
  });
}

test('attack 74: a certificate, which names where it is revoked, is seen before anything looks into it', () => {
  const made = { challenge: 'A'.repeat(43), user: { id: 'AAAA' } };
  const certificate = Buffer.from('30820100', 'hex');
  const attestationOf = (wrong: Wrong) => softwareAuthenticator().create(made, wrong).response.attestationObject;
  assert.deepEqual([isCertified(attestationOf({ certificate })), isCertified(attestationOf({}))], [true, false]);
});

test('a passkey belongs to one account, and an account has several, which it names', async () => {
  const [owner, other] = [await newOwner(node), await newOwner(node)];
  const { authenticator, response, answer } = await add(owner);
  assert.equal((await add(other, authenticator)).answer.status, 409);
  assert.equal((await owner.call('POST', 'account/me/passkeys', { name: 'Again', response })).status, 400);
  clock.now += 1000;
  const second = await add(owner, softwareAuthenticator(), {}, 'Key');
  assert.deepEqual(second.answer.json.recovery_codes, []);
  const path = `account/me/passkeys/${answer.json.passkey_id}`;
  assert.equal((await other.call('PATCH', path, { name: 'Mine' })).status, 404);
  assert.equal((await owner.call('PATCH', path, { name: 'Old phone' })).status, 204);
  const { json } = await owner.call('GET', 'account/me/passkeys');
  assert.deepEqual(
    json.passkeys.map(({ name }: { name: string }) => name),
    ['Old phone', 'Key'],
  );
});

test('a browser adds a passkey and signs in by it, with one script of ours that the policy names', async () => {
  const owner = await newOwner(node);
  const shown = await owner.open('account/passkeys');
  const script = 'https://clinic.example/oauth2/default/passkey.js';
  const policy = String(shown.headers['content-security-policy']);
  assert.ok(policy.includes(`script-src ${script};`) && shown.body.includes(`<script src="${script}" defer></script>`));
  assert.doesNotMatch(shown.body, / style=/);
  const file = await node.app.inject({ url: '/oauth2/default/passkey.js' });
  assert.match(String(file.headers['content-type']), /^text\/javascript/);
  assert.doesNotThrow(() => new Function(file.body));
  const optionsIn = (body: string) =>
    JSON.parse(/data-options="([^"]+)"/.exec(body)?.[1]?.replaceAll('&quot;', '"') ?? '{}');
  const tokenIn = (body: string) => /name="form_token" value="([^"]+)"/.exec(body)?.[1] ?? '';
  const authenticator = softwareAuthenticator();
  const passkey = JSON.stringify(authenticator.create(optionsIn(shown.body)));
  const form = { form_token: tokenIn(shown.body), name: 'Laptop', passkey };
  assert.match((await owner.post('account/passkeys', form)).body, /The passkey is added.*Recovery codes/s);
  const without = await owner.send('account/passkeys', { name: 'No script', passkey: '' });
  assert.match(without.body, /id="fault" role="alert">The passkey did not work/);

  const stranger = await newOwner(node);
  const app = await newPatientApp(node);
  const on = { clientId: app.clientId, redirectUri: 'https://app.example/cb', scope: 'openid' };
  const request = await openRequest(node, on);
  const page = await stranger.open(`passkey?request=${request}`);
  assert.match(String(page.headers['content-security-policy']), /form-action 'self' https:\/\/app.example;/);
  const answer = JSON.stringify(authenticator.get(optionsIn(page.body)));
  const fields = { form_token: tokenIn(page.body), request, passkey: answer };
  const signedIn = await stranger.post('passkey', fields);
  assert.equal(signedIn.headers.location, `https://clinic.example/oauth2/default/continue?request=${request}`);
  assert.match(String(signedIn.headers['set-cookie']), /__Host-chartgate-default-session=[\w-]{43}/);
});
