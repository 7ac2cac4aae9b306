import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newKeyPair, soleGate } from '../testing/gate.ts';
import { putResources } from '../testing/put-resource.ts';
import { openRequest, type SignedInOptions, signedIn } from '../testing/signed-in.ts';
import { secretHash } from './secret.ts';

const { test: database, node, close } = await soleGate({ config: { registrations: { perMinute: 1e6, burst: 1e6 } } });
after(close);
const redirectUri = 'https://app.example/callback';
const issuer = 'https://clinic.example/oauth2/default';
let clientId = '';

const visit = (id: string, patient: string) => ({
  resourceType: 'Encounter',
  id,
  status: 'finished',
  class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
  type: [{ text: 'check-up' }],
  subject: { reference: `Patient/${patient}` },
  period: { start: '2025-01-02T08:00:00Z' },
});

before(async () => {
  await putResources(
    database,
    { resourceType: 'Patient', id: 'anna', name: [{ given: ['Anna'], family: 'Berg' }], birthDate: '1984-05-03' },
    { resourceType: 'Patient', id: 'kim', name: [{ given: ['Kim'], family: 'Berg' }], birthDate: '2019-01-01' },
    {
      resourceType: 'Patient',
      id: 'stranger',
      name: [{ given: ['Sam'], family: 'Other' }],
      identifier: [{ value: 'X-9' }],
    },
    ...Array.from({ length: 21 }, (_, i) => ({
      resourceType: 'Patient',
      id: `many-${i}`,
      name: [{ family: `Many${String(i).padStart(2, '0')}` }],
    })),
    visit('annas', 'anna'),
    visit('sams', 'stranger'),
  );
  const client = await node.approvedClient([newKeyPair('ES384')], {
    redirect_uris: [redirectUri],
    scope: 'openid launch/patient launch/encounter patient/Patient.rs user/Patient.rs',
  });
  clientId = client.client_id;
});

async function at(options: SignedInOptions, scope = 'launch/patient patient/Patient.rs') {
  const user = await signedIn(node, options);
  const secret = await openRequest(node, { clientId, redirectUri, scope });
  const url = `${issuer}/patient?request=${secret}`;
  const post = (...fields: (readonly [string, string])[]) =>
    user.browser.post(`${issuer}/patient`, [['request', secret], ...fields]);
  const request = () => user.site.store.authorizationRequests.find(secretHash(secret), node.gate.now());
  return { ...user, secret, url, post, request, next: `${issuer}/continue?request=${secret}` };
}

const family: SignedInOptions = { charts: { anna: 'self', kim: 'guardian' } };

test('a guardian picks whose record it is, by name', async () => {
  const { browser, url, post, request, next } = await at(family);
  const page = await browser.get(url);
  assert.equal(page.status, 200);
  assert.match(page.text, /value="anna">\s*<strong>Anna Berg<\/strong><span class="quiet">You</);
  assert.match(page.text, /<strong>Kim Berg<\/strong><span class="quiet">born 1 January 2019</);
  assert.ok(!page.text.includes('Sam'));
  const after = await post(['patient', 'kim']);
  assert.equal(after.location, next);
  assert.equal((await request())?.patient, 'kim');
});

test('a patient with one record need not pick it', async () => {
  const { browser, url, request, next } = await at({ charts: { anna: 'self' } });
  assert.equal((await browser.get(url)).location, next);
  assert.equal((await request())?.patient, 'anna');
});

test('a patient without a record is told what to do, and can go back', async () => {
  const { browser, url, post, request } = await at({ charts: { 'not-there': 'self' } });
  assert.match((await browser.get(url)).text, /id="no-record"/);
  const { location } = await post(['decision', 'deny']);
  assert.match(location, /^https:\/\/app\.example\/callback\?error=access_denied/);
  assert.equal(await request(), undefined);
});

test('nobody picks a patient whom the account may not see', async () => {
  const { browser, url, post, request } = await at(family);
  await browser.get(url);
  for (const id of ['stranger', 'unknown', '', 'anna,stranger', '../anna']) {
    const refused = await post(['patient', id]);
    assert.equal(refused.status, 404, id);
    assert.match(refused.text, /There is no such patient that you may see/);
  }
  assert.equal((await request())?.patient, undefined);
  const searched = await browser.get(`${url}&name=Other`);
  assert.ok(!searched.text.includes('Sam'), 'a patient’s account searches nothing');
});

test('a practitioner finds a patient by name, birth date or identifier', async () => {
  const { browser, url, post, request, next } = await at({ role: 'practitioner' });
  const empty = await browser.get(url);
  assert.match(empty.text, /<form method="get" id="search"/);
  assert.ok(!empty.text.includes('value="anna"'));
  for (const [search, name] of [
    ['name=ann+berg', 'Anna Berg'],
    ['birthdate=1984-05-03', 'Anna Berg'],
    ['identifier=X-9', 'Sam Other'],
  ] as const) {
    const found = await browser.get(`${url}&${search}`);
    assert.ok(found.text.includes(name), search);
    assert.equal(found.text.match(/name="patient"/g)?.length, 1, search);
  }
  assert.match((await browser.get(`${url}&name=nobody`)).text, /id="nobody"/);
  assert.equal((await post(['patient', 'stranger'])).location, next);
  assert.equal((await request())?.patient, 'stranger');
});

test('what was looked for is inert on the page', async () => {
  const { browser, url } = await at({ role: 'practitioner' });
  const page = await browser.get(`${url}&name=${encodeURIComponent('"><script>alert(1)</script>')}`);
  assert.equal(page.status, 200);
  assert.ok(!page.text.includes('<script'));
});

test('many patients come in pages of twenty', async () => {
  const { browser, url } = await at({ role: 'practitioner' });
  const first = await browser.get(`${url}&name=Many`);
  assert.equal(first.text.match(/name="patient"/g)?.length, 20);
  const next = /id="next-page" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const second = await browser.get(next);
  assert.equal(second.text.match(/name="patient"/g)?.length, 1);
  assert.ok(!second.text.includes('next-page'));
});

test('an app that asks for an encounter has one picked, of the patient and of nobody else', async () => {
  const scope = 'launch/patient launch/encounter patient/Patient.rs';
  const { browser, url, post, request, secret, next } = await at({ role: 'practitioner' }, scope);
  await browser.get(url);
  const step = await post(['patient', 'anna']);
  assert.equal(step.location, `${issuer}/patient?request=${secret}&step=encounter`);
  const page = await browser.get(step.location);
  assert.match(page.text, /value="annas">\s*<strong>Check-up<\/strong><span class="quiet">2 January 2025</);
  assert.ok(!page.text.includes('sams'));
  assert.equal((await post(['encounter', 'sams'])).status, 404);
  assert.equal((await post(['encounter', 'annas'])).location, next);
  assert.equal((await request())?.encounter, 'annas');

  await post(['patient', 'stranger']);
  const changed = await request();
  assert.equal(changed?.patient, 'stranger');
  assert.equal(changed?.encounter, undefined, 'the encounter of the other patient is forgotten');
  assert.equal((await post(['encounter', ''])).location, next);
  assert.equal((await request())?.encounter, undefined);
});

test('a patient without encounters is asked for none', async () => {
  const { browser, url, post, next } = await at(family, 'launch/patient launch/encounter patient/Patient.rs');
  await browser.get(url);
  const step = await post(['patient', 'kim']);
  assert.equal((await browser.get(step.location)).location, next);
});

test('attack 28: a launch for one patient cannot be turned to another by picking', async () => {
  const user = await signedIn(node, { role: 'practitioner' });
  const launch = { accountId: user.account.accountId, patient: 'anna' };
  const secret = await openRequest(node, { clientId, redirectUri, scope: 'launch patient/Patient.rs', launch });
  await user.browser.get(`${issuer}/patient?request=${secret}`);
  const after = await user.browser.post(`${issuer}/patient`, [
    ['request', secret],
    ['patient', 'stranger'],
  ]);
  assert.equal(after.location, `${issuer}/continue?request=${secret}`);
  const request = await user.site.store.authorizationRequests.find(secretHash(secret), node.gate.now());
  assert.equal(request?.patient, undefined);
});

test('attack 31: a pick without the page’s own token, or from another origin, picks nothing', async () => {
  const { browser, url, post, request, secret } = await at(family);
  await browser.get(url);
  const headers = { cookie: browser.cookies(), 'content-type': 'application/x-www-form-urlencoded' };
  const payload = `request=${secret}&patient=kim`;
  const bare = await node.app.inject({ method: 'POST', url: '/oauth2/default/patient', headers, payload });
  assert.equal(bare.statusCode, 403);
  const fields = [
    ['request', secret],
    ['patient', 'kim'],
  ] as const;
  const foreign = await browser.post(`${issuer}/patient`, fields, { origin: 'https://evil.example' });
  assert.equal(foreign.status, 403);
  assert.equal((await request())?.patient, undefined);
  assert.equal((await post(['patient', 'kim'])).status, 303);
  assert.match(String((await browser.get(url)).headers['content-security-policy']), /frame-ancestors 'none'/);
});
