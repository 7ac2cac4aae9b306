import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { table } from '../store/postgres/database/site.ts';
import { sql } from '../store/postgres/database/sql.ts';
import { newKeyPair, soleGate } from '../testing/gate.ts';
import { putResources } from '../testing/put-resource.ts';
import { openRequest, type PageAnswer, signedIn, testBrowser } from '../testing/signed-in.ts';
import { categories } from './consent/category.ts';
import { newIdentifier, newSecret, secretHash } from './secret.ts';

const { test: database, node, close } = await soleGate({ config: { registrations: { perMinute: 1e6, burst: 1e6 } } });
after(close);
const redirectUri = 'https://app.example/callback';
const issuer = 'https://clinic.example/oauth2/default';

before(() =>
  putResources(
    database,
    { resourceType: 'Patient', id: 'anna', name: [{ given: ['Anna'], family: 'Berg' }], birthDate: '1984-05-03' },
    { resourceType: 'Patient', id: 'kim', name: [{ given: ['Kim'], family: 'Berg' }], birthDate: '2019' },
    { resourceType: 'Patient', id: 'stranger', name: [{ given: ['Sam'], family: 'Other' }] },
  ),
);

const three = 'patient/Condition.rs patient/Observation.rs patient/Patient.rs';
const named = 'launch/patient openid fhirUser offline_access';

/** A patient-facing app: approved at once by the policy. */
async function app(scope = `${named} ${three}`, more: Record<string, unknown> = {}): Promise<string> {
  const { json } = await node.register({
    client_name: 'My Health',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    scope,
    ...more,
  });
  assert.equal(json.status, 'approved', JSON.stringify(json));
  return json.client_id;
}

/** One with a name that registration takes no more, as an older one may have. */
async function appNamed(clientName: string): Promise<string> {
  const clientId = await app('openid patient/Patient.rs');
  const name = JSON.stringify({ client_name: clientName });
  await database.database.writes.query(sql`
    update ${table(database.site, 'client')} set metadata = (metadata::jsonb || ${name}::jsonb)::json
    where client_id = ${clientId}`);
  (await node.gate.site('default'))?.forget({ clientId });
  return clientId;
}

type Asked = { readonly clientId?: string; readonly scope?: string; readonly patient?: string; readonly to?: string };

/** Somebody who is signed in, at the consent page. */
async function asked({ clientId, scope = `${named} ${three}`, patient = 'anna', to = redirectUri }: Asked = {}) {
  const id = clientId ?? (await app(scope, { redirect_uris: [to] }));
  const user = await signedIn(node, { charts: { anna: 'self', kim: 'guardian' }, fhirUser: 'Patient/anna' });
  const secret = await openRequest(node, { clientId: id, redirectUri: to, scope, patient });
  const url = `${issuer}/consent?request=${secret}`;
  const page = await user.browser.get(url);
  const answer = (fields: readonly (readonly [string, string])[]) =>
    user.browser.post(`${issuer}/consent`, [['request', secret], ...fields]);
  const kept = () => user.site.store.consents.find(user.account.accountId, id, patient);
  return { ...user, clientId: id, secret, url, page, answer, kept };
}

/** The boxes of a page: their values, and whether they have a tick. */
function boxesOf({ text }: PageAnswer): ReadonlyMap<string, boolean> {
  const found = text.matchAll(/<input type="checkbox" name="scope" value="([^"]*)"( checked)?>/g);
  return new Map([...found].map(([, value = '', checked]) => [value, checked !== undefined]));
}

const ticks = (values: Iterable<string>) => [...values].map((value) => ['scope', value] as const);
const allow = ['decision', 'allow'] as const;

test('the page says who asks, for whose record, and where the user goes next', async () => {
  const { page, account } = await asked();
  assert.equal(page.status, 200);
  for (const words of [
    'My Health',
    'id="not-checked"',
    account.userName,
    'your own record',
    'Anna Berg, born 3 May 1984',
    'Your test results, vital signs and other measurements',
    'Your illnesses and health problems',
    'Until you take it back',
    'Without a tick here its access ends after 1 hour.',
    'It cannot change anything.',
    'Your password.',
    'you go to <strong>app.example</strong>',
    '<button id="allow" name="decision" value="allow">',
    '<button id="deny" name="decision" value="deny">',
  ]) {
    assert.ok(page.text.includes(words), words);
  }
  assert.ok(!page.text.includes('<script') && !page.text.includes('<img'));
});

test('nobody reads a scope, an id or a code on the page', async () => {
  const { page } = await asked({ scope: `${named} ${three} patient/Binary.read patient/Observation.cud` });
  const seen = page.text.replace(/<[^>]*>/g, ' ');
  assert.ok(!/patient\/|Observation|openid|fhirUser|offline_access|\.rs|\banna\b/.test(seen), seen);
});

test('a guardian is told which child it is about', async () => {
  const { page } = await asked({ patient: 'kim' });
  assert.match(page.text, /From the record of <strong>Kim Berg<\/strong>, born 2019:/);
  assert.ok(!page.text.includes('your own record'));
  assert.match(page.text, />Test results, vital signs and other measurements</);
});

test('what was requested and allowed is kept, and the way goes on', async () => {
  const { page, answer, kept, secret, clientId, account } = await asked();
  const after = await answer([...ticks(boxesOf(page).keys()), allow]);
  assert.equal(after.status, 303);
  assert.equal(after.location, `${issuer}/continue?request=${secret}`);
  const { decidedAt, ...consent } = (await kept()) ?? { decidedAt: 0 };
  assert.ok(decidedAt > 0);
  assert.deepEqual(consent, {
    accountId: account.accountId,
    clientId,
    patient: 'anna',
    scope: `${named} ${three}`,
    refused: '',
  });
});

test('attack 32: unticked scopes are absent from what is kept, and posted ones that were not shown as well', async () => {
  const { page, answer, kept } = await asked();
  const boxes = [...boxesOf(page).keys()].filter((value) => !/Observation|offline/.test(value));
  const planted = ['patient/Observation.rs', 'patient/*.cruds', 'user/*.rs', 'system/*.rs', 'patient/Goal.rs', 'email'];
  const whole = planted.slice(1);
  await answer([...ticks([...boxes, ...whole]), allow]);
  const consent = await kept();
  assert.equal(consent?.scope, 'launch/patient openid fhirUser patient/Condition.rs patient/Patient.rs');
  const refused = consent?.refused.split(' ') ?? [];
  assert.ok(refused.includes('patient/Observation.rs') && refused.includes('offline_access'));
});

test('attack 32: what an administrator took from the client meanwhile is not granted', async () => {
  const { page, answer, kept, clientId } = await asked({ scope: `openid ${three}` });
  const path = `/apis/default/admin/clients/${clientId}`;
  await node.postJson(`${path}/suspend`, {}, node.adminToken);
  await node.postJson(`${path}/approve`, { scope: 'openid patient/Patient.rs' }, node.adminToken);
  await answer([...ticks(boxesOf(page).keys()), allow]);
  assert.equal((await kept())?.scope, 'openid patient/Patient.rs');
});

test('conformance 7.1, 7.2: a type that was unticked is not granted, and no wildcard is', async () => {
  const { page, answer, kept } = await asked({ scope: `${named} patient/*.rs` });
  const boxes = [...boxesOf(page).keys()];
  const wanted = ['patient/Patient.rs', 'patient/Condition.rs', 'patient/Observation.rs'];
  const chosen = boxes.filter((value) => wanted.includes(value.replace(/\?.*/, '')) || value === 'offline_access');
  await answer([...ticks(chosen), allow]);
  const granted = (await kept())?.scope.split(' ') ?? [];
  assert.deepEqual(granted.filter((scope) => scope.startsWith('patient/')).toSorted(), wanted.toSorted());
});

test('conformance 9.28: the choice of categories is offered, and narrows Condition and Observation', async () => {
  const scope = `launch/patient openid fhirUser offline_access patient/Condition.rs patient/Observation.rs patient/Patient.rs`;
  const { page, answer, kept } = await asked({ scope });
  const boxes = boxesOf(page);
  for (const { type, value } of categories) assert.ok(boxes.has(`patient/${type}.rs?category=${value}`), value);
  assert.deepEqual(
    categories.map(({ value }) => value.replace(/.*\|/, '')).toSorted(),
    [
      ...['encounter-diagnosis', 'problem-list-item', 'health-concern'],
      ...['procedure', 'laboratory', 'social-history', 'sdoh', 'survey', 'vital-signs'],
    ].toSorted(),
  );
  const out = (value: string) => /problem-list-item|survey/.test(value);
  await answer([...ticks([...boxes.keys()].filter((value) => !out(value))), allow]);
  const granted = (await kept())?.scope.split(' ') ?? [];
  assert.ok(!granted.includes('patient/Condition.rs') && !granted.includes('patient/Observation.rs'));
  assert.equal(granted.filter((one) => one.startsWith('patient/Condition.rs?category=')).length, 2);
  assert.equal(granted.filter((one) => one.startsWith('patient/Observation.rs?category=')).length, 5);
  assert.ok(granted.includes('patient/Patient.rs'));
});

test('conformance 9.25: what is asked for by category has a box of its own and is granted as it was asked', async () => {
  const lab = 'patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory';
  const concern =
    'patient/Condition.rs?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern';
  const { page, answer, kept } = await asked({ scope: `openid ${lab} ${concern}` });
  assert.deepEqual([...boxesOf(page).keys()].toSorted(), [concern, lab].toSorted());
  assert.match(page.text, />Your results from the lab</);
  await answer([...ticks([lab, concern]), allow]);
  assert.equal((await kept())?.scope, `openid ${lab} ${concern}`);
});

test('what was asked in v1 is granted in v1', async () => {
  const { page, answer, kept } = await asked({ scope: 'openid patient/Patient.read patient/Observation.read' });
  assert.ok(boxesOf(page).has('patient/Observation.rs'));
  await answer([...ticks(boxesOf(page).keys()), allow]);
  assert.equal((await kept())?.scope, 'openid patient/Patient.read patient/Observation.read');
});

test('changing is asked for apart, and said', async () => {
  const { page, answer, kept } = await asked({ scope: 'openid patient/Observation.cruds patient/Goal.cu' });
  assert.match(page.text, /What it may change/);
  assert.match(page.text, />Add, change and delete your test results/);
  assert.match(page.text, />Add and change your health goals</);
  assert.ok(!page.text.includes('It cannot change anything.'));
  await answer([...ticks([...boxesOf(page).keys()].filter((value) => !/\.cud?$/.test(value))), allow]);
  assert.equal((await kept())?.scope, 'openid patient/Observation.rs');
});

test('the next time the page shows the ticks as they were, and what is new', async () => {
  const first = await asked({ scope: `${named} ${three}` });
  const lab = [...boxesOf(first.page).keys()].find((value) => value.endsWith('|laboratory')) ?? '';
  const kept = [...boxesOf(first.page).keys()].filter((value) => value !== lab && value !== 'patient/Patient.rs');
  await first.answer([...ticks(kept), allow]);
  const secret = await openRequest(node, {
    clientId: first.clientId,
    redirectUri,
    scope: `${named} ${three}`,
    patient: 'anna',
  });
  const again = boxesOf(await first.browser.get(`${issuer}/consent?request=${secret}`));
  assert.deepEqual(
    [...again].filter(([, checked]) => !checked).map(([value]) => value),
    [lab, 'patient/Patient.rs'].toSorted((a, b) => [...again.keys()].indexOf(a) - [...again.keys()].indexOf(b)),
  );
});

test('attack 32: unticking what was allowed before kills the tokens that hold it, of this patient alone', async () => {
  const first = await asked();
  const { account, site, clientId } = first;
  await first.answer([...ticks(boxesOf(first.page).keys()), allow]);
  const give = async (patient: string) => {
    const [token, code, at] = [newSecret(), newSecret(), node.gate.now()];
    const authorizationId = newIdentifier();
    const { accountId } = account;
    const scope = `${named} ${three}`;
    const epochs = { clientEpoch: 0, accountEpoch: 0 };
    const times = { authTime: at, createdAt: at };
    await site.store.authorizations.insert(
      { authorizationId, clientId, accountId, scope, patient, context: {}, amr: ['pwd'], ...epochs, ...times },
      { hash: secretHash(code), expiresAt: at + 60_000, redirectUri, codeChallenge: 'c' },
    );
    const rest = { clientId, epoch: 0, authorizationId, scope, issuedAt: at, expiresAt: at + 3_600_000 };
    await site.store.authorizations.exchangeCode(secretHash(code), {
      accessToken: { hash: secretHash(token), ...rest },
    });
    assert.ok(await site.token(token));
    return token;
  };
  const [annas, kims] = [await give('anna'), await give('kim')];
  const again = async (out: string) => {
    const scope = `${named} ${three}`;
    const secret = await openRequest(node, { clientId, redirectUri, scope, patient: 'anna' });
    const page = await first.browser.get(`${issuer}/consent?request=${secret}`);
    const left = [...boxesOf(page).keys()].filter((value) => value !== out);
    await first.browser.post(`${issuer}/consent`, [['request', secret], ...ticks(left), allow]);
  };
  await again('nothing');
  assert.ok(await site.token(annas));
  await again('patient/Observation.rs');
  assert.equal(await site.token(annas), undefined);
  assert.ok(await site.token(kims));
  assert.ok(!(await first.kept())?.scope.includes('Observation'));
});

test('without any tick for records nothing is kept, and the page says so', async () => {
  const { answer, kept } = await asked();
  const after = await answer([allow]);
  assert.equal(after.status, 422);
  assert.match(after.text, /role="alert" id="fault">Tick at least one thing/);
  assert.equal(await kept(), undefined);
});

test('an app that only signs people in asks for no record', async () => {
  const { page, answer, kept } = await asked({ scope: 'openid fhirUser' });
  assert.deepEqual(boxesOf(page), new Map());
  assert.match(page.text, /Any health record\./);
  assert.equal((await answer([allow])).status, 303);
  assert.equal((await kept())?.scope, 'openid fhirUser');
});

test('“Don’t allow” goes back to the app at once, and ends the request', async () => {
  const { answer, kept, url, browser } = await asked();
  const after = await answer([['decision', 'deny']]);
  assert.equal(after.status, 303);
  const { origin, pathname, searchParams } = new URL(after.location);
  assert.equal(origin + pathname, redirectUri);
  assert.equal(searchParams.get('error'), 'access_denied');
  assert.equal(searchParams.get('state'), 'the state');
  assert.equal(searchParams.get('iss'), issuer);
  assert.equal(searchParams.get('code'), null);
  assert.equal(await kept(), undefined);
  const gone = await browser.get(url);
  assert.equal(gone.status, 400);
  assert.match(gone.text, /Go back to the app and start again/);
});

test('what needs a record of one’s own is not asked of who has none', async () => {
  const clientId = await app('openid fhirUser patient/Patient.rs');
  const user = await signedIn(node, { charts: { anna: 'guardian' } });
  const scope = 'openid fhirUser patient/Patient.rs';
  const secret = await openRequest(node, { clientId, redirectUri, scope, patient: 'anna' });
  const page = await user.browser.get(`${issuer}/consent?request=${secret}`);
  await user.browser.post(`${issuer}/consent`, [['request', secret], ...ticks(boxesOf(page).keys()), allow]);
  const kept = await user.site.store.consents.find(user.account.accountId, clientId, 'anna');
  assert.equal(kept?.scope, 'openid patient/Patient.rs');
});

test('nobody who is not signed in sees or decides anything', async () => {
  const { secret, clientId } = await asked();
  const stranger = testBrowser(node.app);
  const page = await stranger.get(`${issuer}/consent?request=${secret}`);
  assert.equal(page.location, `${issuer}/continue?request=${secret}`);
  await stranger.get(`${issuer}/consent?request=unknown`);
  const other = await signedIn(node, { charts: { stranger: 'self' } });
  const shown = await other.browser.get(`${issuer}/consent?request=${secret}`);
  assert.equal(shown.location, `${issuer}/patient?request=${secret}`);
  assert.ok(!shown.text.includes('Anna'));
  assert.equal(await other.site.store.consents.find(other.account.accountId, clientId, 'anna'), undefined);
});

test('a launch is for the user who launched, and for a patient whom that user still sees', async () => {
  const clientId = await app('launch openid patient/Patient.rs');
  const user = await signedIn(node, { charts: { anna: 'self' } });
  const request = { clientId, redirectUri, scope: 'launch openid patient/Patient.rs' };
  const launch = { accountId: user.account.accountId, patient: 'anna' };
  const own = await openRequest(node, { ...request, launch });
  assert.match((await user.browser.get(`${issuer}/consent?request=${own}`)).text, /Anna Berg/);
  const others = await openRequest(node, { ...request, launch: { ...launch, accountId: 'another' } });
  const elsewhere = await user.browser.get(`${issuer}/consent?request=${others}`);
  assert.equal(elsewhere.location, `${issuer}/continue?request=${others}`);
  const foreign = await openRequest(node, { ...request, launch: { ...launch, patient: 'stranger' } });
  const refused = await user.browser.get(`${issuer}/consent?request=${foreign}`);
  assert.equal(refused.status, 404);
  assert.ok(!refused.text.includes('Other'));
});

test('an app that an administrator approved is called checked', async () => {
  const { client_id } = await node.approvedClient([newKeyPair('ES384')], {
    redirect_uris: [redirectUri],
    scope: 'openid user/Patient.rs patient/Patient.rs',
  });
  const { page } = await asked({ clientId: client_id, scope: 'openid patient/Patient.rs' });
  assert.match(page.text, /id="checked"><strong>Checked by us\./);
  assert.ok(!page.text.includes('id="not-checked"'));
});

test('a practitioner reads of all patients, and of nobody’s “your” record', async () => {
  const { client_id } = await node.approvedClient([newKeyPair('ES384')], {
    redirect_uris: [redirectUri],
    scope: 'openid user/Observation.rs',
  });
  const user = await signedIn(node, { role: 'practitioner', fhirUser: 'Practitioner/1' });
  const secret = await openRequest(node, { clientId: client_id, redirectUri, scope: 'openid user/Observation.rs' });
  const page = await user.browser.get(`${issuer}/consent?request=${secret}`);
  assert.match(page.text, /From the records of all patients that you may see/);
  assert.match(page.text, />Test results, vital signs and other measurements</);
  await user.browser.post(`${issuer}/consent`, [['request', secret], ...ticks(boxesOf(page).keys()), allow]);
  const kept = await user.site.store.consents.find(user.account.accountId, client_id, undefined);
  assert.equal(kept?.scope, 'openid user/Observation.rs');
});

test('attack 21: a client’s name is inert, bounded, and cannot turn the words beside it around', async () => {
  const hostile = '<img src=x onerror=alert(1)>"\'&\u202eevil\u2066 \u200bname';
  const { page } = await asked({ clientId: await appNamed(hostile) });
  assert.ok(!page.text.includes('<img'));
  assert.ok(page.text.includes('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\ufffdevil\ufffd'));
  assert.ok(!/[\u200b\u202a-\u202e\u2066-\u2069]/u.test(page.text));
  const long = await asked({ clientId: await appNamed('N'.repeat(200)) });
  assert.ok(long.page.text.includes(`${'N'.repeat(60)}…`) && !long.page.text.includes('N'.repeat(61)));
  const tower = await asked({
    clientId: await appNamed(`Z${'\u0300\u0301\u0302'.repeat(60)}algo`),
  });
  assert.ok(!/\p{M}{3}/u.test(tower.page.text));
});

test('attack 21: a name of mixed alphabets is pointed out, and the host that cannot be faked is shown', async () => {
  const { page } = await asked({ clientId: await appNamed('Clіnic Pоrtal') });
  assert.match(page.text, /id="odd-name"/);
  assert.match(page.text, /only the address cannot be made up: <strong>app\.example<\/strong>/);
  const plain = await asked({ clientId: await app('openid patient/Patient.rs', { client_name: 'Моё здоровье 2' }) });
  assert.ok(!plain.page.text.includes('odd-name'));
});

test('attack 21: no logo and no page of the client’s is loaded, and only its https links are shown', async () => {
  const { page } = await asked({
    clientId: await app('openid patient/Patient.rs', {
      logo_uri: 'https://app.example/logo.png',
      policy_uri: 'https://app.example/privacy?"><script>',
      tos_uri: 'http://app.example/terms',
    }),
  });
  assert.ok(!page.text.includes('logo.png') && !page.text.includes('<script') && !page.text.includes('/terms'));
  assert.match(page.text, /href="https:\/\/app\.example\/privacy\?%22%3E%3Cscript%3E" rel="noopener noreferrer"/);
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'.*img-src 'self' data:/);
});

test('attack 31: no page can frame the consent page', async () => {
  const { page } = await asked();
  assert.match(String(page.headers['content-security-policy']), /frame-ancestors 'none'/);
  assert.equal(page.headers['x-frame-options'], 'DENY');
  assert.equal(page.headers['access-control-allow-origin'], undefined);
  assert.equal(page.headers['cache-control'], 'no-store');
});

test('attack 31: a post without the page’s own token, or from another origin, decides nothing', async () => {
  const { page, browser, secret, kept } = await asked();
  const fields = [['request', secret], ...ticks(boxesOf(page).keys()), allow] as const;
  const url = `${issuer}/consent`;
  const form = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString();
  const type = 'application/x-www-form-urlencoded';
  const raw = (headers: Record<string, string>, body = form) =>
    node.app.inject({ method: 'POST', url: '/oauth2/default/consent', headers, payload: body });
  const cookie = browser.cookies();
  for (const refused of [
    await raw({ 'content-type': type, cookie }),
    await raw({ 'content-type': type, cookie }, `${form}&form_token=${'A'.repeat(43)}`),
    await raw({ 'content-type': type }, `${form}&form_token=${'A'.repeat(43)}`),
  ]) {
    assert.equal(refused.statusCode, 403);
  }
  for (const origin of [
    'https://evil.example',
    'null',
    'https://clinic.example.evil.example',
    'http://clinic.example',
  ]) {
    assert.equal((await browser.post(url, fields, { origin })).status, 403, origin);
  }
  assert.equal((await browser.post(url, fields, { 'content-type': 'text/plain' })).status, 400);
  const denied = await raw({ 'content-type': type, cookie }, `request=${secret}&decision=deny`);
  assert.equal(denied.statusCode, 403);
  assert.equal(await kept(), undefined);
  assert.equal((await browser.post(url, fields)).status, 303);
});

test('attack 31: the form may lead to the app and nowhere else', async () => {
  for (const [to, leadsTo] of [
    ['https://app.example:8443/callback?x=1', 'https://app.example:8443'],
    ['http://127.0.0.1:7777/callback', 'http://127.0.0.1:7777'],
    ['com.example.app:/callback', 'com.example.app:'],
  ] as const) {
    const { page } = await asked({ to });
    const policy = String(page.headers['content-security-policy']);
    assert.ok(policy.includes(`form-action 'self' ${leadsTo};`), policy);
    assert.equal(page.text.includes('an app on this device'), !to.startsWith('https'));
  }
});
