import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { type Json, soleGate, type TestGate, testGate } from '../testing/gate.ts';
import { exchangeAt, newAccount, newAuthorization, newPatientApp } from '../testing/user.ts';
import { idToken } from './id-token.ts';
import { readIdTokenHint } from './id-token-hint.ts';
import { publishedBefore, tendSigningKeys } from './key-rotation.ts';
import { siteSettings } from './settings.ts';
import { jwksMaxAge } from './signing-key.ts';
import { sweep } from './sweep.ts';

const day = 24 * 3600_000;
const admin = '/apis/default/admin/signing-keys';

/** Gates whose clocks all stand at the same time, which moves only when it is told to. */
async function movedGate() {
  const clock = { now: Date.UTC(2026, 0, 1) };
  const { test: database, node, close } = await soleGate({ now: () => clock.now });
  const another = () => testGate(database, { now: () => clock.now });
  return { clock, node, another, close, site: (await exchangeAt(node)).site };
}

const published = async (node: TestGate): Promise<string[]> =>
  (await node.get('/oauth2/default/jwk')).json.keys.map((key: Json) => key.kid);
const states = async (node: TestGate): Promise<[kid: string, state: string][]> =>
  (await node.get(admin, node.adminToken)).json.signing_keys.map((key: Json) => [key.kid, key.state]);
const rotate = (node: TestGate, body: object = {}) => node.postJson(`${admin}/rotate`, body, node.adminToken);

async function signs(node: TestGate): Promise<{ kid: string | undefined; token: string }> {
  const client = await newPatientApp(node);
  const { authorization } = await newAuthorization(node, await newAccount(node), client);
  const token = await idToken(await exchangeAt(node), authorization, client);
  return { kid: decodeProtectedHeader(token).kid, token };
}

test('a new key is published for longer than a JWKS may be kept, then signs; the old one stays until its last id_token has expired', async (t) => {
  const { clock, node, close } = await movedGate();
  t.after(close);
  const [first] = await published(node);
  assert.equal((await signs(node)).kid, first);
  const { status, json } = await rotate(node);
  assert.deepEqual([status, json.rotated], [200, true]);
  const [second] = await published(node);
  assert.deepEqual(await published(node), [second, first]);
  assert.deepEqual(await states(node), [
    [second, 'next'],
    [first, 'signing'],
  ]);
  assert.ok(publishedBefore > jwksMaxAge * 1000);
  const copy = await node.get('/oauth2/default/jwk');
  assert.equal(copy.headers['cache-control'], `public, max-age=${jwksMaxAge}`);

  clock.now += publishedBefore - 1;
  const last = await signs(node);
  assert.equal(last.kid, first);
  clock.now += 1;
  const { kid, token } = await signs(node);
  assert.equal(kid, second);
  await jwtVerify(token, createLocalJWKSet(copy.json as never), { currentDate: new Date(clock.now) });
  assert.deepEqual(await states(node), [
    [second, 'signing'],
    [first, 'retired'],
  ]);
  assert.equal(siteSettings.safeParse({ access_token_lifetime: day / 1000 + 1 }).success, false);
  clock.now += day;
  assert.ok((await published(node)).includes(String(first)), 'an id_token may live a day');
  clock.now += 60_000;
  assert.deepEqual(await published(node), [second]);
  assert.deepEqual(await states(node), [
    [second, 'signing'],
    [first, 'past'],
  ]);
});

test('a second rotation before the first took effect makes no second key', async (t) => {
  const { node, close } = await movedGate();
  t.after(close);
  await published(node);
  assert.equal((await rotate(node)).json.rotated, true);
  assert.equal((await rotate(node)).json.rotated, false);
  assert.equal((await published(node)).length, 2);
});

test('keys rotate by themselves when their time has come, as the site sets it', async (t) => {
  const { clock, node, site, close } = await movedGate();
  t.after(close);
  await sweep(node.gate);
  assert.deepEqual(await site.store.signingKeys.list(), [], 'a site that never signed has nothing to rotate');
  const [first] = await published(node);
  clock.now += 90 * day - publishedBefore - 1;
  await sweep(node.gate);
  assert.deepEqual(await published(node), [first]);
  clock.now += 1;
  await sweep(node.gate);
  const [second] = await published(node);
  clock.now += publishedBefore;
  assert.equal((await signs(node)).kid, second);

  const settings = { signing_key_lifetime: 24 * 3600 };
  const set = await node.app.inject({
    method: 'PATCH',
    url: '/apis/default/admin/settings',
    headers: { authorization: `Bearer ${node.adminToken}` },
    payload: JSON.stringify(settings),
  });
  assert.equal(set.statusCode, 200);
  await sweep(node.gate);
  assert.equal((await published(node))[0], second);
  clock.now += day - publishedBefore;
  await sweep(node.gate);
  assert.notEqual((await published(node))[0], second);
});

test('after a long pause the old key signs on until the new one was published long enough', async (t) => {
  const { clock, node, close } = await movedGate();
  t.after(close);
  const [first] = await published(node);
  clock.now += 400 * day;
  await sweep(node.gate);
  assert.equal((await published(node)).length, 2);
  assert.equal((await signs(node)).kid, first);
});

test('many nodes that rotate at once make exactly one new key, and the others know it within a second', async (t) => {
  const { clock, node, another, site, close } = await movedGate();
  const nodes = [node, ...(await Promise.all([another(), another(), another()]))];
  t.after(async () => {
    for (const one of nodes.slice(1)) await one.close();
    await close();
  });
  const firsts = await Promise.all(nodes.map(published));
  assert.equal(new Set(firsts.flat()).size, 1, 'the first key is made once, too');
  clock.now += 90 * day;
  await Promise.all(
    nodes.map(async ({ gate }) => {
      const here = await gate.site('default');
      assert.ok(here);
      await tendSigningKeys(gate, here);
    }),
  );
  assert.equal((await site.store.signingKeys.list()).length, 2);
  const rotated = await Promise.all(nodes.map((one) => rotate(one)));
  assert.deepEqual(
    rotated.map(({ json }) => json.rotated),
    [false, false, false, false],
  );
  await sleep(1000);
  const now = await Promise.all(nodes.map(published));
  assert.equal(new Set(now.map(String)).size, 1);
  clock.now += publishedBefore;
  const kids = await Promise.all(nodes.map(async (one) => (await signs(one)).kid));
  assert.deepEqual(new Set(kids), new Set([now[0]?.[0]]));
});

test('a compromised key is dropped at once, with all others: nothing that it signed is believed any more', async (t) => {
  const { clock, node, another, close } = await movedGate();
  const other = await another();
  t.after(async () => {
    await other.close();
    await close();
  });
  await published(node);
  await rotate(node);
  clock.now += publishedBefore;
  const old = await published(node);
  const { token } = await signs(node);
  const x = await exchangeAt(node);
  assert.ok(await readIdTokenHint(node.gate, x.site, token));
  const answers = await Promise.all([rotate(node, { now: true }), rotate(other, { now: true })]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200],
  );
  await sleep(1000);
  const [fresh, ...more] = await published(node);
  assert.deepEqual(more, []);
  assert.ok(fresh && !old.includes(fresh));
  assert.deepEqual(await published(other), [fresh]);
  assert.equal((await signs(node)).kid, fresh);
  assert.equal(await readIdTokenHint(node.gate, x.site, token), undefined);
});

test('a compromised key leaves at once even where another node puts one in line in the same moment', async (t) => {
  const { node, site, close } = await movedGate();
  t.after(close);
  for (let i = 0; i < 10; i++) {
    const old = await published(node);
    await Promise.all([rotate(node), rotate(node, { now: true })]);
    const signing = (await states(node)).filter(([, state]) => state === 'signing');
    assert.equal(signing.length, 1);
    assert.ok(!old.includes(String(signing[0]?.[0])));
    assert.equal(
      (await site.store.signingKeys.list()).some(({ kid }) => old.includes(kid)),
      false,
    );
    await rotate(node, { now: true });
  }
});

test('the private half of a key that signed its last is destroyed; the public half still tells a hint, for a year', async (t) => {
  const { clock, node, site, close } = await movedGate();
  t.after(close);
  const { kid, token } = await signs(node);
  await rotate(node);
  clock.now += publishedBefore + 60_001;
  await sweep(node.gate);
  const keys = await site.store.signingKeys.list();
  assert.deepEqual(
    keys.map((key) => [key.kid === kid, key.sealedPrivateKey !== undefined]),
    [
      [false, true],
      [true, false],
    ],
  );
  clock.now += 10 * day;
  const hint = await readIdTokenHint(node.gate, site, token);
  assert.ok(hint);
  clock.now += 366 * day;
  await sweep(node.gate);
  await sleep(1000);
  assert.equal(await readIdTokenHint(node.gate, site, token), undefined);
});

test('a node with another sealing key rotates nothing, for nobody could sign with its key; it may replace a lost one', async (t) => {
  const { test: database, node, close } = await soleGate();
  const stranger = await testGate(database, { sealingKey: randomBytes(32), log: { error: () => {} } });
  t.after(async () => {
    await stranger.close();
    await close();
  });
  const before = await published(node);
  assert.equal((await rotate(stranger)).status, 500);
  assert.deepEqual(await published(node), before);
  assert.equal((await rotate(stranger, { now: true })).status, 200);
  assert.equal(typeof (await signs(stranger)).kid, 'string');
});

test('a node whose clock is far off signs with a key that it has, published as well', async (t) => {
  const { clock, node, close } = await movedGate();
  t.after(close);
  await published(node);
  await rotate(node);
  clock.now += publishedBefore + 120_000;
  await sweep(node.gate);
  await sleep(1000);
  clock.now -= 180_000;
  const { kid } = await signs(node);
  assert.ok(kid && (await published(node)).includes(kid));
});

test('only an administrator sees the keys or rotates them, and a misspelt member is refused', async (t) => {
  const { node, close } = await movedGate();
  t.after(close);
  const kids = await published(node);
  assert.equal((await node.get(admin)).status, 401);
  assert.equal((await node.postJson(`${admin}/rotate`, { now: true }, 'x'.repeat(43))).status, 401);
  assert.equal((await rotate(node, { immediately: true })).status, 400);
  assert.deepEqual(await published(node), kids);
  const text = JSON.stringify((await node.get(admin, node.adminToken)).json);
  assert.ok(text.includes(String(kids[0])) && !/private|sealed|"[dpq]"/.test(text));
});
