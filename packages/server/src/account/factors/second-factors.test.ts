import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OAuthError } from '../../oauth/oauth-error.ts';
import { addTotp, codeOf, gateWithMail, newOwner } from '../../testing/owner.ts';
import { secondFactorsOf, verifySecondFactor } from './second-factors.ts';

const { node, clock, subjects, close } = await gateWithMail();
after(close);

test('attack 73: an account with a second factor is opened by none of: nothing, a wrong one, two at once, a spent one', async () => {
  const owner = await newOwner(node);
  const { secret, recoveryCodes } = await addTotp(owner, clock);
  const { account } = owner;
  clock.now += 60_000;
  const verify = async (answer: Parameters<typeof verifySecondFactor>[2]) =>
    verifySecondFactor(await owner.exchange(), account, answer);
  assert.deepEqual(await secondFactorsOf(await owner.exchange(), account), ['totp', 'recovery_code']);
  assert.deepEqual(await verify({}), { refused: 'second-factor-missing' });
  assert.deepEqual(await verify({ totp: '' }), { refused: 'second-factor-missing' });
  const totp = codeOf(secret, clock.now);
  assert.deepEqual(await verify({ totp, recovery_code: recoveryCodes[0] }), { refused: 'second-factor-wrong' });
  assert.deepEqual(await verify({ totp: recoveryCodes[0] }), { refused: 'second-factor-wrong' });
  assert.deepEqual(await verify({ passkey: '{}' }), { refused: 'second-factor-wrong' });
  assert.deepEqual(await verify({ totp }), { amr: 'otp' });
  assert.deepEqual(await verify({ totp }), { refused: 'second-factor-wrong' });
  assert.deepEqual(await verify({ totp: codeOf(secret, clock.now - 30_000) }), { refused: 'second-factor-wrong' });
});

test('of fifty uses of one code at once, one is accepted', async () => {
  const owner = await newOwner(node);
  const { secret } = await addTotp(owner, clock);
  clock.now += 60_000;
  const totp = codeOf(secret, clock.now);
  const uses = Array.from({ length: 50 }, async (_, n) => {
    const x = await owner.exchange(`198.51.100.${n}`);
    return verifySecondFactor(x, owner.account, { totp }).catch(() => ({}));
  });
  assert.equal((await Promise.all(uses)).filter((verdict) => 'amr' in verdict && verdict.amr === 'otp').length, 1);
});

test('a recovery code is good once, however it is typed, for its own account, and the owner hears of it', async () => {
  const [owner, other] = [await newOwner(node), await newOwner(node)];
  const { recoveryCodes } = await addTotp(owner, clock);
  await addTotp(other, clock);
  const typed = ` ${recoveryCodes[0]?.toLowerCase().replaceAll('-', ' ')}`;
  const x = await owner.exchange();
  const answer = { recovery_code: typed };
  assert.deepEqual(await verifySecondFactor(x, other.account, answer), { refused: 'second-factor-wrong' });
  assert.deepEqual(await verifySecondFactor(x, owner.account, answer), { amr: 'otp' });
  assert.deepEqual(await verifySecondFactor(x, owner.account, answer), { refused: 'second-factor-wrong' });
  assert.equal(subjects(owner.account.email).at(-1), 'A recovery code of your account was used');
  const renewed = await owner.call('POST', 'account/me/recovery-codes', { recovery_code: recoveryCodes[1] });
  assert.equal(renewed.json.recovery_codes.length, 8);
  const old = { recovery_code: recoveryCodes[2] };
  assert.deepEqual(await verifySecondFactor(x, owner.account, old), { refused: 'second-factor-wrong' });
});

test('guessing codes from everywhere is stopped, and makes the owner wait nowhere', async () => {
  const owner = await newOwner(node);
  const { secret } = await addTotp(owner, clock);
  clock.now += 3600_000;
  let stopped = 0;
  for (let n = 0; n < 40; n++) {
    const x = await owner.exchange(`203.0.113.${n}`);
    await verifySecondFactor(x, owner.account, { totp: '000000' }).catch((error: unknown) => {
      assert.ok(error instanceof OAuthError && error.refusal === 'factor-tries' && error.headers['retry-after']);
      stopped++;
    });
  }
  assert.equal(stopped, 20);
  const own = await owner.exchange();
  assert.deepEqual(await verifySecondFactor(own, owner.account, { totp: codeOf(secret, clock.now) }), { amr: 'otp' });
  for (let n = 0; n < 5; n++) await verifySecondFactor(own, owner.account, { totp: '000000' });
  await assert.rejects(verifySecondFactor(own, owner.account, { totp: '000000' }), { refusal: 'factor-tries' });
});
