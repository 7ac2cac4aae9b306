/** Client kind × user × scope × interaction × target, with tokens as clients get them, against what `token-matrix.testing.ts` says. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { easyAccounts, newAccount, testPassword } from '../../packages/server/src/testing/accounts.ts';
import { callback, type TestApp, testApp } from '../../packages/server/src/testing/app.ts';
import { type Json, newKeyPair, signAssertion } from '../../packages/server/src/testing/gate.ts';
import { setSettings } from '../../packages/server/src/testing/openemr.ts';
import {
  type AskOptions,
  putAll,
  solePlatform,
  type TestResource,
} from '../../packages/server/src/testing/platform.ts';
import { type TestUser, testUser } from '../../packages/server/src/testing/user.ts';
import {
  categorySystem,
  chart,
  type Holder,
  isAsked,
  type Letter,
  opens,
  scopes,
  type Target,
} from './token-matrix.testing.ts';

const { test: database, node, ask, close } = await solePlatform({ config: { accounts: easyAccounts } });
after(close);

/** The resource of a target, with the marks that the matrix looks at. */
function resourceOf({ type, id, patient, category }: Target): TestResource {
  switch (type) {
    case 'Observation':
      return {
        resourceType: type,
        id,
        status: 'final',
        category: [{ coding: [{ system: categorySystem, code: category }] }],
        code: { text: 'something' },
        subject: { reference: `Patient/${patient}` },
      };
    case 'Patient':
      return { resourceType: type, id, name: [{ family: id }] };
    default:
      return { resourceType: type, id };
  }
}

const asked = Object.keys(scopes);
const isOf = (context: string) => (scope: string) => scopes[scope]?.context === context;
const [ofPatient, ofUser, ofSystem] = [isOf('patient'), isOf('user'), isOf('system')];

const base = 'launch/patient openid fhirUser patient/*.cruds patient/*.read';
const key = newKeyPair('ES384');
const users: Record<string, { readonly user: TestUser; readonly holder: Holder }> = {};
const apps: Record<string, TestApp> = {};
let backend: Json = {};

before(async () => {
  await putAll(database, chart.map(resourceOf));
  const confidential = { redirect_uris: [callback], scope: `${base} user/*.cruds` };
  apps['a public client'] = await testApp(node, { metadata: { token_endpoint_auth_method: 'none', scope: base } });
  apps['a client with a secret'] = await testApp(node, { metadata: confidential });
  apps['a client with a key'] = await testApp(node, { metadata: confidential, key });
  backend = await node.approvedClient([key], { scope: asked.filter(ofSystem).join(' ') });
  users['a patient'] = {
    user: await testUser(node.gate, { charts: ['ann'] }),
    holder: { charts: ['ann'], patient: 'ann', self: 'Patient/ann' },
  };
  users['a guardian'] = {
    user: await testUser(node.gate, { charts: ['gil', 'kim'] }),
    holder: { charts: ['gil', 'kim'], patient: 'kim', self: 'Patient/gil' },
  };
  users['a practitioner'] = {
    user: await testUser(node.gate, { role: 'practitioner', fhirUser: 'Practitioner/doc' }),
    holder: { charts: 'all', patient: 'kim', self: 'Practitioner/doc' },
  };
});

/** A token as it was given, and who holds it. */
type Held = { readonly token: string; readonly scope: string; readonly holder: Holder };

const idsIn = (json: Json, mode?: string): readonly string[] =>
  (json.entry ?? [])
    .filter(({ search }: Json) => mode === undefined || search?.mode === mode)
    .map(({ resource }: Json) => `${resource.resourceType}/${resource.id}`)
    .toSorted();
const nameOf = ({ type, id }: Target) => `${type}/${id}`;

/** Asks, and compares the status with what is expected. */
async function expect({ token, scope }: Held, path: string, status: number, options: AskOptions = {}): Promise<Json> {
  const answer = await ask(path, token, options);
  const said = `${options.method ?? 'GET'} ${path} by ${scope}: ${JSON.stringify(answer.json).slice(0, 300)}`;
  assert.equal(answer.status, status, said);
  return answer.json;
}

const statusOf = ({ scope, holder }: Held, letter: Letter, target: Target, good: number, hidden = 404): number => {
  if (!isAsked(scope, letter, target.type)) return 403;
  return opens(scope, holder, letter, target) ? good : hidden;
};

async function reads(held: Held): Promise<void> {
  for (const target of chart) {
    const name = nameOf(target);
    const status = statusOf(held, 'r', target, 200);
    await expect(held, name, status);
    await expect(held, `${name}/_history/1`, status);
    const { entry = [] } = await expect(held, `${name}/_history`, status);
    assert.equal(entry.length > 0, status === 200, `${name}/_history`);
  }
}

async function searches(held: Held): Promise<void> {
  const { scope, holder } = held;
  for (const type of ['Patient', 'Observation', 'Organization', 'Practitioner'] as const) {
    const status = isAsked(scope, 's', type) ? 200 : 403;
    const seen = chart.filter((one) => one.type === type && opens(scope, holder, 's', one)).map(nameOf);
    const all = chart.filter((one) => one.type === type).map(({ id }) => id);
    for (const path of [`${type}?_count=100`, `${type}?_id=${all}&_count=100`]) {
      assert.deepEqual(idsIn(await expect(held, path, status)), seen.toSorted(), `${path} by ${scope}`);
    }
    const counted = await expect(held, `${type}?_summary=count`, status);
    if (status === 200) assert.equal(counted.total, seen.length, `${type}, counted, by ${scope}`);
  }
}

async function includes(held: Held): Promise<void> {
  const { scope, holder } = held;
  const status = isAsked(scope, 's', 'Observation') ? 200 : 403;
  const json = await expect(held, 'Observation?_include=Observation:subject&_count=100', status);
  const found = chart.filter((one) => one.type === 'Observation' && opens(scope, holder, 's', one));
  const subjects = new Set(found.map(({ patient }) => patient));
  const patients = chart.filter(
    (one) => one.type === 'Patient' && subjects.has(one.id) && opens(scope, holder, 'r', one),
  );
  const expected = status === 200 ? patients.map(nameOf).toSorted() : [];
  assert.deepEqual(idsIn(json, 'include'), expected, `_include by ${scope}`);
}

async function everythings(held: Held): Promise<void> {
  const { scope, holder } = held;
  for (const target of chart.filter(({ type }) => type === 'Patient')) {
    const status = statusOf(held, 'r', target, 200);
    const json = await expect(held, `${nameOf(target)}/$everything`, status);
    const inside = chart.filter((one) => one.patient === target.id && opens(scope, holder, 'r', one));
    assert.deepEqual(idsIn(json), status === 200 ? inside.map(nameOf).toSorted() : [], `$everything by ${scope}`);
  }
}

/** Resources that come and go, so that the chart is the same for the next token. */
let made = 0;
const another = (target: Target): Target => ({ ...target, id: `new-${++made}` });
const isThere = async (target: Target) => {
  const site = database.site.schema;
  const rows = await database.database.reads.query<{ body: string }>({
    text: `select body from "${site}".res where id = $1`,
    values: [target.id],
  });
  return rows.some(({ body }) => body?.includes(`"${target.id}"`));
};

async function writes(held: Held): Promise<void> {
  for (const target of chart.filter(({ type }) => type === 'Observation' || type === 'Organization')) {
    const { id: _, ...body } = resourceOf(target);
    const created = await expect(held, target.type, statusOf(held, 'c', target, 201, 403), { method: 'POST', body });
    if (created.id) await remove(`${target.type}/${created.id}`);
    const fresh = another(target);
    await putAll(database, [resourceOf(fresh)]);
    const changed = { ...resourceOf(fresh), language: 'en' };
    await expect(held, nameOf(fresh), statusOf(held, 'u', fresh, 200), { method: 'PUT', body: changed });
    await expect(held, nameOf(fresh), isAsked(held.scope, 'd', fresh.type) ? 204 : 403, { method: 'DELETE' });
    const isGone = opens(held.scope, held.holder, 'd', fresh);
    assert.equal(await isThere(fresh), !isGone, `DELETE ${nameOf(fresh)} by ${held.scope}`);
    await remove(nameOf(fresh));
  }
}

let cleaner: Held | undefined;
/** By a token of its own that may do anything. */
async function remove(name: string): Promise<void> {
  cleaner ??= await ofBackend(await node.approvedClient([key], { scope: 'system/*.cruds' }), 'system/*.cruds');
  await expect(cleaner, name, 204, { method: 'DELETE' });
}

async function ofBackend(client: Json, scope: string): Promise<Held> {
  const { json, status } = await node.requestToken(signAssertion(client.client_id, key), { scope });
  assert.deepEqual([status, json.scope], [200, scope]);
  return { token: json.access_token, scope, holder: {} };
}

const interactions = { reads, searches, includes, everythings, writes };

async function tryAll(held: Held): Promise<void> {
  for (const one of Object.values(interactions)) await one(held);
}

for (const kind of ['a public client', 'a client with a secret', 'a client with a key']) {
  for (const who of ['a patient', 'a guardian', 'a practitioner']) {
    for (const scope of asked.filter((one) => !ofSystem(one))) {
      const isOffered = kind !== 'a public client' || !ofUser(scope);
      test(`attack 44: ${kind} with ${scope} from ${who} may do what that says and no more`, async () => {
        const [app, one] = [apps[kind], users[who]];
        assert.ok(app && one);
        if (!isOffered) return void (await refusedAtAuthorize(app, scope));
        const { access_token: token, ...tokens } = await app.tokensFor(
          one.user,
          { scope },
          one.holder.patient === undefined ? {} : { patient: one.holder.patient },
        );
        assert.equal(tokens.scope, scope);
        const hasPatient = ofPatient(scope);
        assert.equal(tokens.patient, hasPatient ? one.holder.patient : undefined);
        await tryAll({ token, scope, holder: one.holder });
      });
    }
  }

  test(`attack 44: ${kind} gets no system/ scope by a user`, async () => {
    const app = apps[kind];
    assert.ok(app);
    for (const scope of asked.filter(ofSystem)) await refusedAtAuthorize(app, scope);
  });
}

async function refusedAtAuthorize(app: TestApp, scope: string): Promise<void> {
  const { location } = await app.authorize({ scope });
  assert.equal(location?.searchParams.get('error'), 'invalid_scope', scope);
  assert.equal(location?.searchParams.get('code'), null);
}

for (const scope of asked) {
  test(`attack 44: a backend service with ${scope} may do what that says and no more`, async () => {
    if (ofSystem(scope)) return tryAll(await ofBackend(backend, scope));
    const { status, json } = await node.requestToken(signAssertion(backend.client_id, key), { scope });
    assert.deepEqual([status, json.error], [400, 'invalid_scope']);
  });
}

/** By name and password, without a page: a guardian gets the own record, and nobody picks a patient for staff. */
const byPassword: Readonly<Record<string, { readonly charts: readonly string[]; readonly holder: Holder }>> = {
  'a patient': { charts: ['ann'], holder: { charts: ['ann'], patient: 'ann', self: 'Patient/ann' } },
  'a guardian': { charts: ['gil', 'kim'], holder: { charts: ['gil', 'kim'], patient: 'gil', self: 'Patient/gil' } },
  'a practitioner': { charts: [], holder: { charts: 'all', self: 'Practitioner/doc' } },
};

async function accountOf(holder: Holder, charts: readonly string[]) {
  const role = charts.length > 0 ? 'patient' : 'practitioner';
  const account = await newAccount(node, { role, ...(holder.self === undefined ? {} : { fhirUser: holder.self }) });
  const site = await node.gate.site('default');
  for (const [i, patient] of charts.entries()) {
    const relationship = i === 0 ? 'self' : 'guardian';
    await site?.store.accounts.link(account.accountId, { patient, relationship, linkedAt: i });
  }
  const { userName: username, email } = account;
  const who = role === 'patient' ? { user_role: 'patient', email } : { user_role: 'users' };
  return { username, password: testPassword, ...who };
}

for (const [who, { charts, holder }] of Object.entries(byPassword)) {
  test(`attack 44: a client with a password from ${who} may do what each scope says and no more`, async () => {
    await setSettings(node, { password_grant: 'both' });
    const credentials = await accountOf(holder, charts);
    const app = apps['a client with a secret'];
    assert.ok(app);
    for (const scope of asked) {
      const { status, json } = await app.post({ grant_type: 'password', scope, ...credentials });
      const isGiven = !ofSystem(scope) && (!ofPatient(scope) || holder.patient !== undefined);
      if (!isGiven) {
        assert.deepEqual([status, json.error], [400, 'invalid_scope'], scope);
        continue;
      }
      assert.deepEqual([status, json.scope], [200, scope]);
      await tryAll({ token: json.access_token, scope, holder });
    }
    await setSettings(node, { password_grant: 'off' });
    const off = await app.post({ grant_type: 'password', scope: 'openid', ...credentials });
    assert.equal(off.status, 400);
  });
}

test('the matrix says yes and no to each interaction: it is not empty', () => {
  for (const letter of ['c', 'r', 'u', 'd', 's'] as const) {
    const guardian = { charts: ['gil', 'kim'], patient: 'kim', self: 'Patient/gil' };
    const said = asked.flatMap((scope) => chart.map((target) => opens(scope, guardian, letter, target)));
    assert.ok(said.includes(true) && said.includes(false), letter);
  }
});
