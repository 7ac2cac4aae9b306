import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { Page } from 'playwright-core';
import { authorizationRequest, otherOrigin } from '../support/pages.ts';
import { bundleOf, runningServer } from '../support/running-server.ts';
import { type Registered, registered } from '../support/smart-app.ts';
import { demoBrowser } from '../support/window.ts';

/** What the (g)(10) kit does in its sections 3 to 9, by a browser and by HTTP, in the order it does it. */
const server = await runningServer({ demo: true });
const browser = await demoBrowser(server);
const issuer = `${server.url}/oauth2/default`;

const types =
  `Medication AllergyIntolerance CarePlan CareTeam Condition Coverage Device DiagnosticReport DocumentReference
  Encounter Goal Immunization Location MedicationDispense MedicationRequest Observation Organization Patient Practitioner
  PractitionerRole Procedure Provenance QuestionnaireResponse RelatedPerson ServiceRequest Specimen`.split(/\s+/);
const resources = (context: 'patient' | 'user', letters = 'rs') =>
  types.map((type) => `${context}/${type}.${letters}`).join(' ');
const standalone = `launch/patient openid fhirUser offline_access ${resources('patient')}`;

/** The app: what it hears where it waits, and where it is launched. */
let heard = new URL('http://127.0.0.1');
let posting = '';
const app = await otherOrigin((request, answer) => {
  const url = new URL(request.url ?? '', app.url);
  if (url.pathname === '/favicon.ico') return void answer.writeHead(404).end();
  heard = url;
  answer.setHeader('content-type', 'text/html');
  answer.end(url.pathname === '/launch' ? posting : 'back in the app');
});
const redirectUri = `${app.url}/callback`;
after(async () => {
  await browser.close();
  app.close();
  await server.close();
});

const client = await registered(server, {
  client_name: 'Kit',
  redirect_uris: [redirectUri],
  launch_uri: `${app.url}/launch`,
  token_endpoint_auth_method: 'client_secret_basic',
  scope: `launch launch/patient openid fhirUser offline_access ${resources('patient')} ${resources('user')}
    ${resources('patient', 'read')}`.replace(/\s+/g, ' '),
});
const open = await registered(server, {
  client_name: 'Kit, public',
  redirect_uris: [redirectUri],
  token_endpoint_auth_method: 'none',
  scope: standalone,
});

type Tokens = Readonly<Record<'access_token' | 'refresh_token' | 'id_token' | 'scope' | 'patient', string>> &
  Readonly<Record<'token_type' | 'encounter' | 'smart_style_url', string>> & {
    readonly expires_in: number;
    readonly need_patient_banner: boolean;
  };

/** A form to the token endpoint, with the client's authentication as the kit sends it. */
function post(form: Record<string, string>, as: Registered = client, path = 'token'): Promise<Response> {
  const isPublic = as.client_secret === undefined;
  const basic = Buffer.from(`${as.client_id}:${as.client_secret}`).toString('base64');
  return fetch(`${issuer}/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(isPublic ? { origin: app.url } : { authorization: `Basic ${basic}` }),
    },
    body: new URLSearchParams({ ...form, ...(isPublic ? { client_id: as.client_id } : {}) }).toString(),
  });
}

const codeForm = (verifier: string) => ({
  grant_type: 'authorization_code',
  code: heard.searchParams.get('code') ?? '',
  redirect_uri: redirectUri,
  code_verifier: verifier,
});

/** The whole answer of the token endpoint, checked as section 3 checks it. */
async function tokens(form: Record<string, string>, as?: Registered): Promise<Tokens> {
  const answer = await post(form, as);
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
  assert.match(answer.headers.get('pragma') ?? '', /no-cache/);
  const json = JSON.parse(text) as Tokens;
  assert.match(json.token_type, /^bearer$/i);
  assert.equal(typeof json.expires_in, 'number');
  return json;
}

const window = await browser.window({ javaScriptEnabled: false });

/** What was unticked the last time comes unticked. */
async function tickAll(page: Page): Promise<void> {
  for (const one of await page.locator('input[name=scope]').all()) await one.check();
}

/** From the authorization endpoint to the app, as a patient of the demo. @returns what exchanges the code */
async function authorized(parameters: Record<string, string>, atConsent = tickAll, as = client) {
  const state = randomUUID();
  const { url, verifier } = authorizationRequest(issuer, {
    client_id: as.client_id,
    redirect_uri: redirectUri,
    prompt: 'consent',
    state,
    ...parameters,
  });
  await window.page.goto(url);
  if (await window.page.locator('#username').count()) await browser.signIn(window.page, 'demo-patient');
  await window.page.locator('#consent').waitFor();
  await atConsent(window.page);
  await window.page.click('#allow');
  await window.page.getByText('back in the app').waitFor();
  assert.equal(heard.searchParams.get('error'), null, heard.search);
  assert.equal(heard.searchParams.get('state'), state);
  return codeForm(verifier);
}

const box = (page: Page, value: string) => page.locator(`input[name=scope][value="${value}"]`);
const status = async (path: string, token?: string) => {
  const answer = await server.ask(path, token);
  await answer.arrayBuffer();
  return answer.status;
};

/** Section 4. */
async function assertIdentified({ id_token, access_token }: Tokens, as: Registered, type: string) {
  const { iss } = decodeJwt(id_token);
  const answer = await fetch(`${iss}/.well-known/openid-configuration`);
  const configuration = (await answer.json()) as { issuer: string; jwks_uri: string };
  const keys = createRemoteJWKSet(new URL(configuration.jwks_uri));
  const expected = { issuer: configuration.issuer, audience: as.client_id, algorithms: ['RS256'] };
  const { payload } = await jwtVerify(id_token, keys, expected);
  const path = String(payload.fhirUser).split('/').slice(-2);
  assert.equal(path[0], type);
  assert.equal(await status(path.join('/'), access_token), 200);
}

/** Section 5: a refresh without scope, one with all of it, a wrong token. */
async function assertRefreshes(first: Tokens, as?: Registered): Promise<Tokens> {
  const form = (refresh_token: string) => ({ grant_type: 'refresh_token', refresh_token });
  const second = await tokens(form(first.refresh_token), as);
  assert.equal(second.scope, first.scope);
  const third = await tokens({ ...form(second.refresh_token), scope: first.scope }, as);
  assert.equal(third.scope, first.scope);
  assert.equal(await status(`Patient/${first.patient}`, third.access_token), 200);
  assert.equal((await post(form(randomUUID()), as)).status, 400);
  return third;
}

const searched =
  `AllergyIntolerance CarePlan CareTeam Condition Device DiagnosticReport DocumentReference Goal Immunization
  MedicationRequest Observation Procedure Encounter ServiceRequest Coverage MedicationDispense`.split(/\s+/);

test('conformance 3 to 6: a confidential app gets all it asks for, an id_token, new tokens, and every type', async () => {
  const first = await tokens(await authorized({ scope: standalone }));
  assert.equal(first.scope, standalone);
  assert.equal(await status(`Patient/${first.patient}`), 401);
  assert.equal(await status(`Patient/${first.patient}`, first.access_token), 200);
  await assertIdentified(first, client, 'Patient');
  const { access_token } = await assertRefreshes(first);
  for (const type of searched) assert.equal(await status(`${type}?patient=${first.patient}`, access_token), 200, type);
});

test('conformance 7.1, 7.2, 7.3: a driver unticks all types but three; these answer 200, all others 403', async () => {
  const left = ['Patient', 'Condition', 'Observation'];
  const limited = await tokens(
    await authorized({ scope: standalone }, async (page) => {
      for (const type of types.filter((one) => !left.includes(one))) await box(page, `patient/${type}.rs`).uncheck();
    }),
  );
  const granted = limited.scope.split(' ').filter((scope) => scope.startsWith('patient/'));
  assert.deepEqual(granted.toSorted(), left.map((type) => `patient/${type}.rs`).toSorted());
  for (const type of searched) {
    const expected = left.includes(type) ? 200 : 403;
    assert.equal(await status(`${type}?patient=${limited.patient}`, limited.access_token), expected, type);
  }
  assert.equal(await status(`Patient/${limited.patient}`, limited.access_token), 200);
});

const hl7 = 'http://terminology.hl7.org/CodeSystem';
const core = 'http://hl7.org/fhir/us/core/CodeSystem';

test('conformance 9.28: a driver unticks categories; only what is left of them is found and read', async () => {
  const scope = 'launch/patient openid patient/Condition.rs patient/Observation.rs patient/Patient.rs';
  const offered: string[] = [];
  const { patient, access_token, ...rest } = await tokens(
    await authorized({ scope }, async (page) => {
      for (const one of await page.locator('input[name=scope]').all()) {
        const value = (await one.getAttribute('value')) ?? '';
        offered.push(value);
        await one.setChecked(!value.includes('?') || /laboratory|encounter-diagnosis/.test(value));
      }
    }),
  );
  for (const category of [
    `${hl7}/condition-category|encounter-diagnosis`,
    `${hl7}/condition-category|problem-list-item`,
    `${core}/condition-category|health-concern`,
    ...['procedure', 'laboratory', 'social-history', 'survey', 'vital-signs'].map(
      (code) => `${hl7}/observation-category|${code}`,
    ),
    `${core}/us-core-category|sdoh`,
  ]) {
    assert.ok(
      offered.some((value) => value.endsWith(`.rs?category=${category}`)),
      category,
    );
  }
  assert.deepEqual(
    rest.scope.split(' ').filter((one) => one.startsWith('patient/')),
    [
      `patient/Condition.rs?category=${hl7}/condition-category|encounter-diagnosis`,
      `patient/Observation.rs?category=${hl7}/observation-category|laboratory`,
      'patient/Patient.rs',
    ],
  );
  const all = await server.token('system/*.rs');
  for (const [type, kept, other] of [
    ['Observation', 'laboratory', 'vital-signs'],
    ['Condition', 'encounter-diagnosis', 'problem-list-item'],
  ] as const) {
    const of = async (code: string, token: string) => {
      const answer = await server.ask(`${type}?patient=${patient}&category=${code}&_count=200`, token);
      return (await bundleOf(answer)).entry?.map(({ resource }) => resource.id) ?? [];
    };
    const mine = await of(kept, all);
    assert.ok(mine.length > 0, `the record has ${type} ${kept}`);
    assert.deepEqual(await of(kept, access_token), mine);
    const hidden = (await of(other, all)).filter((id) => !mine.includes(id));
    assert.ok(hidden.length > 0, `the record has ${type} ${other}`);
    const seen = await of(other, access_token);
    assert.ok(seen.every((id) => mine.includes(id)));
    assert.equal(await status(`${type}/${mine[0]}`, access_token), 200);
    assert.match(String(await status(`${type}/${hidden[0]}`, access_token)), /^40[34]$/);
  }
});

test('conformance 8.2, 8.3, 8.4: an EHR launch, asked for by POST from another origin, gives user scopes and the context', async () => {
  const all = await server.token('system/*.rs');
  const { entry } = await bundleOf(await server.ask('Encounter?_count=1&_sort=-date&_include=Encounter:patient', all));
  const encounter = entry[0]?.resource.id ?? '';
  const patient = entry.find(({ resource }) => resource.resourceType === 'Patient')?.resource;
  assert.ok(patient);
  const [{ family }] = patient.name as [{ family: string }];
  const scope = `launch openid fhirUser offline_access ${resources('user')}`;
  const { url, verifier } = authorizationRequest(issuer, {
    client_id: client.client_id,
    redirect_uri: redirectUri,
    scope,
  });
  const asked = new URL(url);
  const fields = [...asked.searchParams].map(([name, value]) => `<input name="${name}" value="${value}">`);
  posting = `<form method="post" action="${asked.origin}${asked.pathname}">${fields.join('')}<input name="launch"><button>Go</button></form>`;

  const { page, context } = await browser.window({ javaScriptEnabled: false });
  await page.goto(`${issuer}/launch`);
  await browser.signIn(page, 'demo-practitioner');
  await browser.openFor(page, { family, patient: patient.id, encounter, clientId: client.client_id });
  assert.equal(heard.searchParams.get('iss'), server.fhir);
  await page.fill('input[name=launch]', heard.searchParams.get('launch') ?? '');
  await page.click('button');
  await page.click('#allow');
  await page.getByText('back in the app').waitFor();
  await context.close();

  const first = await tokens(codeForm(verifier));
  assert.equal(first.scope, scope);
  assert.deepEqual([first.patient, first.encounter], [patient.id, encounter]);
  assert.equal(typeof first.need_patient_banner, 'boolean');
  const style = (await (await fetch(first.smart_style_url)).json()) as Record<string, string>;
  assert.ok(style.color_background);
  assert.equal(await status(`Encounter/${encounter}`, first.access_token), 200);
  await assertIdentified(first, client, 'Practitioner');
  await assertRefreshes(first);
});

test('conformance 9.16, 9.3: a public app gets the same, and revoked tokens are dead', async () => {
  const first = await tokens(await authorized({ scope: standalone }, undefined, open), open);
  await assertIdentified(first, open, 'Patient');
  const { access_token, refresh_token } = await assertRefreshes(first, open);
  assert.equal((await post({ token: refresh_token }, open, 'revoke')).status, 200);
  assert.equal(await status(`Patient/${first.patient}`, access_token), 401);
  assert.equal((await post({ grant_type: 'refresh_token', refresh_token }, open)).status, 400);
});

test('conformance 9.4: with a wrong aud no code reaches the app', async () => {
  const wrong = { client_id: client.client_id, redirect_uri: redirectUri, scope: standalone };
  const { url } = authorizationRequest(issuer, { ...wrong, aud: 'https://kit.example/invalid_aud' });
  await window.page.goto(url);
  assert.deepEqual([heard.searchParams.get('code'), heard.searchParams.get('error')], [null, 'invalid_request']);
  assert.equal(heard.searchParams.get('state'), 'the state');
});

test('conformance 9.17, 9.18: wrong codes, wrong clients and wrong verifiers earn nothing', async () => {
  const scope = 'launch/patient patient/Patient.rs';
  const form = await authorized({ scope });
  assert.equal((await post({ ...form, code: 'BAD_CODE' })).status, 400);
  assert.equal((await post(form, { ...client, client_id: 'BAD_CLIENT_ID' })).status, 401);
  const wrong = {
    missing: () => ({}),
    empty: () => ({ code_verifier: '' }),
    another: () => ({ code_verifier: 'x'.repeat(43) }),
    'the challenge': (verifier: string) => ({
      code_verifier: createHash('sha256').update(verifier).digest('base64url'),
    }),
  };
  for (const [what, made] of Object.entries(wrong)) {
    const { code_verifier, ...rest } = await authorized({ scope });
    assert.equal((await post({ ...rest, ...made(code_verifier) })).status, 400, what);
  }
});

test('conformance 9.20: introspection tells what the token response told', async () => {
  const first = await tokens(await authorized({ scope: standalone }));
  const told = (await (await post({ token: first.access_token }, client, 'introspect')).json()) as Record<
    string,
    unknown
  >;
  const { iss, sub, fhirUser } = decodeJwt(first.id_token);
  assert.deepEqual(
    [told.active, told.client_id, told.scope, told.patient, told.iss, told.sub, told.fhirUser],
    [true, client.client_id, first.scope, first.patient, iss, sub, fhirUser],
  );
  assert.ok(Number(told.exp) > Date.now() / 1000);
  const unknown = await post({ token: 'invalid_token_value' }, client, 'introspect');
  assert.deepEqual([unknown.status, await unknown.json()], [200, { active: false }]);
});

test('conformance 9.22: v1 scopes are granted as they were asked for', async () => {
  const scope = `launch/patient openid fhirUser offline_access ${resources('patient', 'read')}`;
  const first = await tokens(await authorized({ scope }));
  assert.equal(first.scope, scope);
  assert.equal(await status(`Patient/${first.patient}`, first.access_token), 200);
});

test('conformance 9.25: granular scopes are granted each, and no scope of a whole type', async () => {
  const asked = [
    `patient/Condition.rs?category=${hl7}/condition-category|problem-list-item`,
    `patient/Observation.rs?category=${hl7}/observation-category|vital-signs`,
    `patient/Observation.rs?category=${core}/us-core-category|sdoh`,
  ];
  const scope = `launch/patient openid fhirUser offline_access ${asked.join(' ')}`;
  const first = await tokens(await authorized({ scope }));
  assert.deepEqual(first.scope.split(' ').slice(4), asked);
  const { entry } = await bundleOf(
    await server.ask(`Observation?patient=${first.patient}&_count=200`, first.access_token),
  );
  assert.ok(entry.length > 0);
  assert.ok(entry.every(({ resource }) => /"(vital-signs|sdoh)"/.test(JSON.stringify(resource.category))));
});
