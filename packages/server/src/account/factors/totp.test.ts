import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addTotp, codeOf, gateWithMail, newOwner } from '../../testing/owner.ts';
import { base32, totpCode, totpStep, totpUri } from './totp.ts';

const { node, clock, subjects, test: database, close } = await gateWithMail();
after(close);

test('codes are those of RFC 6238, appendix B', () => {
  const secret = Buffer.from('12345678901234567890');
  for (const [seconds, code] of [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ] as const) {
    assert.equal(totpCode(secret, Math.floor(seconds / 30), 8), code);
  }
  assert.equal(base32(secret), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  assert.equal(
    totpUri(secret, { issuer: 'clinic.example', account: 'jo b' }),
    'otpauth://totp/clinic.example:jo%20b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=clinic.example&algorithm=SHA1&digits=6&period=30',
  );
});

test('a clock may be one step off, and no more', () => {
  const secret = Buffer.from('12345678901234567890');
  const now = 3_000_000_000_000;
  const step = now / 30_000;
  assert.deepEqual(
    [-2, -1, 0, 1, 2].map((off) => totpStep(secret, totpCode(secret, step + off), now)),
    [undefined, step - 1, step, step + 1, undefined],
  );
  for (const code of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
    assert.equal(totpStep(secret, code, now), undefined);
});

test('an authenticator opens nothing before its first code, and its secret lies sealed', async () => {
  const owner = await newOwner(node);
  const begun = await owner.call('POST', 'account/me/totp');
  assert.equal(begun.status, 201);
  assert.match(begun.json.otpauth_uri, /^otpauth:\/\/totp\/clinic\.example:/);
  assert.deepEqual((await owner.call('GET', 'account/me/second-factors')).json.second_factors, []);
  const wrong = await owner.call('POST', 'account/me/totp/confirm', { totp: '000000' });
  assert.deepEqual([wrong.status, wrong.json.error], [401, 'invalid_credentials']);
  const code = codeOf(begun.json.secret, clock.now);
  const confirmed = await owner.call('POST', 'account/me/totp/confirm', { totp: code });
  assert.equal(confirmed.status, 200);
  assert.equal(new Set(confirmed.json.recovery_codes).size, 8);
  const { json } = await owner.call('GET', 'account/me/second-factors');
  assert.deepEqual(json, { second_factors: ['totp', 'recovery_code'], recovery_codes_left: 8 });
  assert.deepEqual(subjects(owner.account.email), ['An authenticator app was added to your account']);
  const [row] = await database.database.reads.query<{ sealed_secret: Buffer }>({
    text: `select sealed_secret from "${database.site.schema}".totp where account_id = $1`,
    values: [owner.account.accountId],
  });
  assert.equal(row?.sealed_secret.length, 20 + 28);
  assert.equal((await owner.call('POST', 'account/me/totp')).status, 409);
});

test('setting up needs a sign-in of the last ten minutes, and takes at most fifteen', async () => {
  const owner = await newOwner(node);
  const { secret } = (await owner.call('POST', 'account/me/totp')).json;
  clock.now += 11 * 60_000;
  const late = await owner.call('POST', 'account/me/totp');
  assert.deepEqual([late.status, late.json.error], [403, 'login_required']);
  clock.now += 5 * 60_000;
  const bearer = await owner.signIn();
  const confirm = { totp: codeOf(secret, clock.now) };
  assert.equal((await owner.call('POST', 'account/me/totp/confirm', confirm, { bearer })).status, 404);
  assert.equal((await node.get('/apis/default/account/me/second-factors')).status, 401);
});

test('removing asks for a second factor of now, whatever the session', async () => {
  const owner = await newOwner(node);
  const { secret, recoveryCodes } = await addTotp(owner, clock);
  assert.equal((await owner.call('DELETE', 'account/me/totp', {})).json.error, 'invalid_credentials');
  assert.equal((await owner.call('DELETE', 'account/me/totp', { totp: codeOf(secret, clock.now) })).status, 401);
  clock.now += 30_000;
  assert.equal((await owner.call('DELETE', 'account/me/totp', { totp: codeOf(secret, clock.now) })).status, 204);
  assert.deepEqual((await owner.call('GET', 'account/me/second-factors')).json, {
    second_factors: [],
    recovery_codes_left: 0,
  });
  assert.equal(subjects(owner.account.email).at(-1), 'The authenticator app of your account was removed');
  await addTotp(owner, clock);
  const old = await owner.call('DELETE', 'account/me/totp', { recovery_code: recoveryCodes[0] });
  assert.equal(old.status, 401);
});

test('the page sets an authenticator up without any script, and shows what was wrong', async () => {
  const owner = await newOwner(node);
  const shown = await owner.open('account/authenticator');
  assert.equal(shown.statusCode, 200);
  assert.match(shown.body, /<svg id="qr-code"[^>]*>.*<path fill="#000" d="M\d/);
  assert.doesNotMatch(shown.body, / style=|<script/);
  const wrong = await owner.send('account/authenticator', { code: '000000' });
  assert.equal(wrong.statusCode, 401);
  assert.match(wrong.body, /id="fault" role="alert">This was not right/);
  const secret = /<code id="secret">([^<]+)</.exec(wrong.body)?.[1]?.replaceAll(' ', '') ?? '';
  const formToken = /name="form_token" value="([^"]+)"/.exec(wrong.body)?.[1] ?? '';
  const right = await owner.post('account/authenticator', { form_token: formToken, code: codeOf(secret, clock.now) });
  assert.equal(right.statusCode, 200);
  const codes = [...right.body.matchAll(/<li><code>([^<]+)</g)].map((match) => match[1] ?? '');
  assert.equal(codes.length, 8);
  const removed = await owner.send('account/authenticator', { remove: 'yes', code: codes[3] ?? '' });
  assert.match(removed.body, /The authenticator app is removed/);
  const nobody = await node.app.inject({ url: '/oauth2/default/account/authenticator' });
  assert.equal(nobody.headers.location, 'https://clinic.example/oauth2/default/sign-in?to=account%2Fauthenticator');
});
