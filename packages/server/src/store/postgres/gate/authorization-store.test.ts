import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import { newIdentifier } from '../../../oauth/secret.ts';
import { testDatabase } from '../../../testing/database.ts';
import type { NewTokens, UserAuthorization } from '../../authorization-ports.ts';
import type { GateStore } from '../../gate-ports.ts';
import { openDatabase } from '../database/database.ts';
import { gateStores } from './gate-store.ts';

const test_ = await testDatabase();
const secondNode = openDatabase(test_.address);
after(async () => {
  await secondNode.close();
  await test_.drop();
});

async function storeOf(database = test_.database): Promise<GateStore> {
  const store = await gateStores(database, test_.address).site('default');
  assert.ok(store);
  return store;
}
const here = await storeOf();
const there = await storeOf(secondNode);
const { authorizations } = here;
const { schema } = test_.site;

const now = 1_800_000_000_000;
const clientId = newIdentifier();
const accountId = newIdentifier();
const hash = () => randomBytes(32);

await here.registrations.insert(
  {
    clientId,
    status: 'approved',
    metadata: { token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] },
    scope: 'patient/*.rs',
    grantedScope: 'patient/*.rs',
    registrationTokenHash: hash(),
    epoch: 0,
    warnings: [],
    createdAt: now,
  },
  { decision: { at: now, by: 'policy:test', action: 'register', content: {} } },
);
await here.accounts.insert({
  accountId,
  userName: 'ann',
  email: 'ann@people.example',
  status: 'active',
  role: 'patient',
  epoch: 0,
  createdAt: now,
});

async function authorized(change: Partial<UserAuthorization> = {}) {
  const authorization: UserAuthorization = {
    authorizationId: newIdentifier(),
    clientId,
    clientEpoch: 0,
    accountId,
    accountEpoch: 0,
    scope: 'patient/*.rs offline_access',
    patient: 'p',
    context: { intent: 'review' },
    authTime: now,
    amr: ['pwd'],
    createdAt: now,
    ...change,
  };
  const code = { hash: hash(), expiresAt: now + 60_000, redirectUri: 'https://app.example/', codeChallenge: 'c' };
  await authorizations.insert(authorization, code);
  return { authorization, code };
}

function tokensOf({ authorizationId }: UserAuthorization, at = now): Required<NewTokens> {
  return {
    accessToken: {
      hash: hash(),
      clientId,
      epoch: 0,
      authorizationId,
      scope: 'patient/*.rs',
      issuedAt: at,
      expiresAt: at + 3_600_000,
    },
    refreshToken: { hash: hash(), expiresAt: at + 86_400_000 },
  };
}

/** A family with its first tokens. */
async function begun(change: Partial<UserAuthorization> = {}) {
  const { authorization, code } = await authorized(change);
  const tokens = tokensOf(authorization);
  assert.equal(await authorizations.exchangeCode(code.hash, tokens), true);
  return { authorization, code, tokens, refresh: tokens.refreshToken.hash };
}

async function count(table: string, authorizationId: string): Promise<number> {
  const [row] = await test_.database.reads.query<{ n: number }>({
    text: `select count(*)::int4 as n from "${schema}".${table} where authorization_id = $1`,
    values: [authorizationId],
  });
  return row?.n ?? 0;
}

const stateOf = async (token: Uint8Array, at = now) => (await authorizations.findRefreshToken(token, at))?.state;

test('a code is found with what it was given for, and tells once it is used', async () => {
  const { authorization, code } = await authorized();
  assert.deepEqual(await authorizations.findCode(code.hash), { ...code, authorization });
  await authorizations.exchangeCode(code.hash, tokensOf(authorization));
  assert.equal((await authorizations.findCode(code.hash))?.usedAt, now);
});

test('attack 25: of fifty exchanges of a code at once on two nodes, one stores tokens', async () => {
  for (let round = 0; round < 5; round++) {
    const { authorization, code } = await authorized();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        (i % 2 === 0 ? here : there).authorizations.exchangeCode(code.hash, tokensOf(authorization)),
      ),
    );
    assert.equal(outcomes.filter(Boolean).length, 1);
    assert.equal(await count('access_token', authorization.authorizationId), 1);
  }
});

test('a burned code stores nothing', async () => {
  const { authorization, code } = await authorized();
  await authorizations.burnCode(code.hash, now + 1);
  await authorizations.burnCode(code.hash, now + 2);
  assert.equal((await authorizations.findCode(code.hash))?.usedAt, now + 1);
  assert.equal(await authorizations.exchangeCode(code.hash, tokensOf(authorization)), false);
  assert.equal(await count('access_token', authorization.authorizationId), 0);
});

test('a rotation puts the new token into the place of the old one', async () => {
  const { authorization, refresh } = await begun();
  const next = tokensOf(authorization, now + 1000);
  assert.equal(await authorizations.rotate(refresh, next), true);
  assert.equal(await stateOf(next.refreshToken.hash, now + 1000), 'current');
  assert.equal(await stateOf(refresh, now + 1000), 'lost');
  assert.equal(await stateOf(refresh, now + 60_999), 'lost');
  assert.equal(await stateOf(refresh, now + 61_000), 'spent');
  assert.equal(await count('access_token', authorization.authorizationId), 2);
});

test('attack 38: a lost answer is forgiven once, and what it held is spent', async () => {
  const { authorization, refresh } = await begun();
  const lost = tokensOf(authorization, now + 1000);
  const retried = tokensOf(authorization, now + 2000);
  assert.equal(await authorizations.rotate(refresh, lost), true);
  assert.equal(await authorizations.rotate(refresh, retried), true);
  assert.equal(await authorizations.rotate(refresh, tokensOf(authorization, now + 3000)), false);
  assert.equal(await stateOf(refresh, now + 3000), 'spent');
  assert.equal(await stateOf(lost.refreshToken.hash, now + 3000), 'spent');
  assert.equal(await authorizations.rotate(lost.refreshToken.hash, tokensOf(authorization, now + 3000)), false);
  assert.equal(await stateOf(retried.refreshToken.hash, now + 3000), 'current');
  const after = tokensOf(authorization, now + 4000);
  assert.equal(await authorizations.rotate(retried.refreshToken.hash, after), true);
  assert.equal(await stateOf(retried.refreshToken.hash, now + 4000), 'lost', 'each token may be lost once');
});

test('attack 38: after a minute nothing is forgiven', async () => {
  const { authorization, refresh } = await begun();
  await authorizations.rotate(refresh, tokensOf(authorization, now));
  assert.equal(await authorizations.rotate(refresh, tokensOf(authorization, now + 60_000)), false);
});

test('attack 39: however many rotate at once on two nodes, one refresh token is live, and the others are spent', async () => {
  for (let round = 0; round < 20; round++) {
    const { authorization, refresh } = await begun();
    const made = Array.from({ length: 50 }, () => tokensOf(authorization));
    const outcomes = await Promise.all(
      made.map((tokens, i) => (i % 2 === 0 ? here : there).authorizations.rotate(refresh, tokens)),
    );
    const stored = made.filter((_, i) => outcomes[i]);
    assert.equal(stored.length, 2, 'the first, and one that may have been lost');
    assert.equal(await count('access_token', authorization.authorizationId), 3);
    const states = await Promise.all(made.map(({ refreshToken }) => stateOf(refreshToken.hash)));
    assert.equal(states.filter((state) => state === 'current').length, 1);
    assert.equal(states.filter((state) => state === 'spent').length, 1);
    assert.equal(states.filter((state) => state === undefined).length, 48);
    assert.equal(await stateOf(refresh), 'spent');
  }
});

test('attack 39: rotations of the old and of the new token at once leave one live token', async () => {
  for (let round = 0; round < 20; round++) {
    const { authorization, refresh } = await begun();
    const second = tokensOf(authorization);
    await authorizations.rotate(refresh, second);
    const made = Array.from({ length: 20 }, () => tokensOf(authorization));
    await Promise.all(
      made.map((tokens, i) =>
        (i % 4 < 2 ? here : there).authorizations.rotate(i % 2 === 0 ? refresh : second.refreshToken.hash, tokens),
      ),
    );
    const all = [refresh, second.refreshToken.hash, ...made.map(({ refreshToken }) => refreshToken.hash)];
    const states = await Promise.all(all.map((one) => stateOf(one)));
    assert.equal(states.filter((state) => state === 'current').length, 1);
  }
});

test('a rotation while the authorization is revoked leaves nothing alive', async () => {
  for (let round = 0; round < 10; round++) {
    const { authorization, refresh } = await begun();
    const made = Array.from({ length: 10 }, () => tokensOf(authorization));
    await Promise.all([
      ...made.slice(0, 5).map((tokens) => authorizations.rotate(refresh, tokens)),
      there.authorizations.revoke(authorization.authorizationId),
      ...made.slice(5).map((tokens) => there.authorizations.rotate(refresh, tokens)),
    ]);
    assert.equal(await count('access_token', authorization.authorizationId), 0);
    assert.equal(await stateOf(refresh), undefined);
    for (const { accessToken } of made) assert.equal(await here.tokens.find(accessToken.hash, now), undefined);
  }
});

/** A clean-up at this time. */
const sweep = (expiredBefore: number) =>
  here.sweep({
    expiredBefore,
    ticketsBefore: 0,
    ticketsPerClient: 10,
    ticketsWithoutClient: 10,
    mailBefore: 0,
    pendingBefore: 0,
    limit: 1000,
  });

test('a refresh token that was replaced is forgotten when it would have expired, and the family lives on', async () => {
  const { authorization, refresh, tokens } = await begun();
  const later = now + 80_000_000;
  const next = tokensOf(authorization, later);
  await authorizations.rotate(refresh, next);
  await sweep(tokens.refreshToken.expiresAt - 1);
  assert.equal(await stateOf(refresh, later + 60_000), 'spent');
  await sweep(tokens.refreshToken.expiresAt + 1);
  assert.equal(await stateOf(refresh, later + 60_000), undefined);
  assert.equal(await stateOf(next.refreshToken.hash, later), 'current');
});

test('a code that nobody used is remembered for a quarter of an hour, a family as long as its refresh token', async () => {
  const { authorization, code } = await authorized();
  await sweep(code.expiresAt + 15 * 60_000);
  assert.ok(await authorizations.findCode(code.hash));
  await sweep(code.expiresAt + 15 * 60_000 + 1);
  assert.equal(await authorizations.findCode(code.hash), undefined);
  assert.equal(await count('access_token', authorization.authorizationId), 0);
  const { refresh, tokens } = await begun();
  await sweep(tokens.refreshToken.expiresAt + 15 * 60_000);
  assert.equal(await stateOf(refresh), 'current');
  await sweep(tokens.refreshToken.expiresAt + 15 * 60_000 + 1);
  assert.equal(await stateOf(refresh), undefined);
});

test('of one client by one account the newest two hundred stay, with their tokens', async () => {
  const busy = newIdentifier();
  await here.accounts.insert({
    accountId: busy,
    userName: 'busy',
    email: 'busy@people.example',
    status: 'active',
    role: 'patient',
    epoch: 0,
    createdAt: now,
  });
  const first = await begun({ accountId: busy, createdAt: now - 1000 });
  const second = await begun({ accountId: busy, createdAt: now - 999 });
  const other = await authorized({ accountId: busy, clientId: 'other', createdAt: now - 2000 });
  for (let i = 0; i < 198; i++) await authorized({ accountId: busy, createdAt: now + i });
  assert.ok(await authorizations.findCode(first.code.hash));
  await authorized({ accountId: busy, createdAt: now + 198 });
  assert.equal(await authorizations.findCode(first.code.hash), undefined);
  assert.equal(await here.tokens.find(first.tokens.accessToken.hash, now), undefined);
  assert.ok(await authorizations.findCode(second.code.hash));
  assert.ok(await authorizations.findCode(other.code.hash));
});

test('a dead client or account stores nothing and is found no more', async () => {
  for (const change of [{ clientEpoch: 7 }, { accountEpoch: 7 }]) {
    const { authorization, code } = await authorized(change);
    assert.equal(await authorizations.exchangeCode(code.hash, tokensOf(authorization)), false);
    assert.equal(await count('access_token', authorization.authorizationId), 0);
  }
  const { authorization, refresh } = await begun();
  await here.accounts.endEverything(accountId);
  assert.equal(await stateOf(refresh), undefined);
  assert.equal(await authorizations.rotate(refresh, tokensOf(authorization)), false);
});
