import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { putResources } from '../../packages/server/src/testing/put-resource.ts';
import { openRequest, signedIn } from '../../packages/server/src/testing/signed-in.ts';
import { authorizationRequest, otherOrigin, pagesGate } from '../support/pages.ts';

const { database, node, issuer, window, close } = await pagesGate();

/** The app: what it hears at its redirect URI. */
const heard: URL[] = [];
const app = await otherOrigin((request, answer) => {
  if (request.url?.startsWith('/callback')) heard.push(new URL(request.url, app.url));
  answer.end('back in the app');
});
const redirectUri = `${app.url}/callback`;

before(async () => {
  await putResources(database, { resourceType: 'Patient', id: 'anna', name: [{ given: ['Anna'], family: 'Berg' }] });
  await putResources(database, { resourceType: 'Patient', id: 'kim', name: [{ given: ['Kim'], family: 'Berg' }] });
});
after(async () => {
  app.close();
  await close();
});

const types =
  `Patient Condition AllergyIntolerance Observation DiagnosticReport MedicationRequest Immunization Encounter
  Procedure CarePlan DocumentReference Coverage`.split(/\s+/);
const scope = `launch/patient openid fhirUser offline_access ${types.map((type) => `patient/${type}.rs`).join(' ')}`;

/** A window without scripts in which a guardian is signed in, and an open request of an app. */
async function asked(more: BrowserContextOptions = {}, role: 'patient' | 'practitioner' = 'patient') {
  const { json } = await node.register({
    client_name: 'My Health',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    scope,
  });
  const user = await signedIn(node, { role, charts: { anna: 'self', kim: 'guardian' }, fhirUser: 'Patient/anna' });
  const picked = { patient: 'anna', pickedBy: user.account.accountId };
  const secret = await openRequest(node, { clientId: json.client_id, redirectUri, scope, ...picked });
  const context = await window(user.token, more);
  const page = await context.newPage();
  const kept = () => user.site.store.consents.find(user.account.accountId, json.client_id, 'anna');
  return { page, context, secret, kept, user, clientId: json.client_id as string };
}

const box = (page: Page, value: string) => page.locator(`input[name=scope][value="${value}"]`);

/** What the app gets for its code. */
async function exchanged(clientId: string, verifier: string) {
  const { json } = await node.postForm('/oauth2/default/token', {
    grant_type: 'authorization_code',
    client_id: clientId,
    code: heard.at(-1)?.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  assert.ok(json.access_token, JSON.stringify(json));
  return json;
}

test('attack 32: from the authorization endpoint to a token that has what was ticked, without scripts', async () => {
  const { page, context, clientId } = await asked();
  const { url, verifier } = authorizationRequest(issuer, { client_id: clientId, redirect_uri: redirectUri, scope });
  await page.goto(url);
  await page.getByRole('button', { name: 'Anna Berg' }).click();
  assert.equal(await page.locator('#user').count(), 1);
  assert.equal(await page.locator('input[name=scope]:checked').count(), types.length + 9 + 1);
  await box(page, 'patient/Coverage.rs').uncheck();
  await page.getByLabel('Results from the lab').uncheck();
  await page.getByLabel('Until you take it back').uncheck();
  await page.click('#allow');
  await page.getByText('back in the app').waitFor();
  const token = await exchanged(clientId, verifier);
  assert.equal(token.patient, 'anna');
  assert.equal(token.refresh_token, undefined);
  const granted: string[] = token.scope.split(' ');
  assert.ok(granted.includes('patient/Patient.rs') && granted.includes('patient/Condition.rs'));
  assert.ok(!granted.some((one) => /Coverage|laboratory|offline_access/.test(one)));
  assert.ok(!granted.includes('patient/Observation.rs'));
  assert.equal(granted.filter((one) => one.startsWith('patient/Observation.rs?category=')).length, 5);

  const again = authorizationRequest(issuer, {
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    prompt: 'consent',
  });
  await page.goto(again.url);
  await page.getByRole('button', { name: 'Anna Berg' }).click();
  assert.equal(await page.locator('input[name=scope]:checked').count(), types.length + 9 + 1 - 3);
  await context.close();
});

test('conformance 9.28: a browser driver chooses categories of Condition and Observation', async () => {
  const { page, context, clientId } = await asked();
  const asking = 'launch/patient openid patient/Condition.rs patient/Observation.rs patient/Patient.rs';
  const request = { client_id: clientId, redirect_uri: redirectUri, scope: asking };
  const { url, verifier } = authorizationRequest(issuer, request);
  await page.goto(url);
  await page.locator('button[name=patient][value=anna]').click();
  const wanted = /^patient\/(Condition|Observation|Patient)\.rs$|laboratory|health-concern/;
  for (const one of await page.locator('input[name=scope]').all()) {
    await one.setChecked(wanted.test((await one.getAttribute('value')) ?? ''));
  }
  await page.click('#allow');
  await page.getByText('back in the app').waitFor();
  const { scope: granted } = await exchanged(clientId, verifier);
  const [us, hl7] = ['http://hl7.org/fhir/us/core/CodeSystem', 'http://terminology.hl7.org/CodeSystem'];
  assert.deepEqual(granted.split(' '), [
    'launch/patient',
    'openid',
    `patient/Condition.rs?category=${us}/condition-category|health-concern`,
    `patient/Observation.rs?category=${hl7}/observation-category|laboratory`,
    'patient/Patient.rs',
  ]);
  await context.close();
});

test('“Don’t allow” leads the browser back to the app, at another origin', async () => {
  const { page, context, secret, kept } = await asked();
  await page.goto(`${issuer}/consent?request=${secret}`);
  await page.click('#deny');
  await page.getByText('back in the app').waitFor();
  const answer = heard.at(-1)?.searchParams ?? new URLSearchParams();
  assert.deepEqual(
    [answer.get('error'), answer.get('state'), answer.get('iss')],
    ['access_denied', 'the state', issuer],
  );
  assert.equal(await kept(), undefined);
  await context.close();
});

test('the keyboard alone is enough', async () => {
  const { page, context, secret, kept } = await asked();
  await page.goto(`${issuer}/consent?request=${secret}`);
  await box(page, 'patient/Patient.rs').focus();
  await page.keyboard.press('Space');
  await page.locator('#allow').focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/continue|callback/);
  assert.ok(!(await kept())?.scope.includes('patient/Patient.rs'));
  await context.close();
});

test('attack 31: a page of another origin cannot frame the consent page', async () => {
  const { context, secret } = await asked();
  const framing = await context.newPage();
  const evil = await otherOrigin((_request, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<iframe src="${issuer}/consent?request=${secret}"></iframe>`);
  });
  await framing.goto(evil.url);
  const inner = framing.frames().find((frame) => frame !== framing.mainFrame());
  assert.ok(inner);
  assert.equal(await inner.locator('#allow').count(), 0);
  evil.close();
  await context.close();
});

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What WCAG 2.2 A and AA find wrong. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const run = (globalThis as unknown as { axe: { run(options: object): Promise<AxeResult> } }).axe.run;
    const values = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    const { violations } = await run({ runOnly: { type: 'tag', values } });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

type AxeResult = {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { html: string }[] }[];
};

/** Whether a narrow window has to be scrolled sideways. */
const overflow = (page: Page) =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = (globalThis as unknown as { document: { documentElement: HTMLElementSize } })
      .document.documentElement;
    return scrollWidth - clientWidth;
  });

type HTMLElementSize = { readonly scrollWidth: number; readonly clientWidth: number };

async function seen(context: BrowserContext, path: string): Promise<readonly string[]> {
  const page = await context.newPage();
  await page.goto(`${issuer}/${path}`);
  const faults = await faultsOf(page);
  const wide = (await overflow(page)) > 0 ? [`${path} is wider than the window`] : [];
  await page.close();
  return [...faults, ...wide];
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [320, 1280]) {
    test(`the pages meet WCAG 2.2 AA, ${colorScheme}, ${width} px wide`, async () => {
      const viewport = { width, height: 900 };
      const patient = await asked({ colorScheme, viewport, javaScriptEnabled: true });
      const { accountId } = patient.user.account;
      const { clientId } = patient;
      await patient.user.site.store.consents.put({
        accountId,
        clientId,
        scope,
        refused: '',
        decidedAt: node.gate.now(),
      });
      const staff = await asked({ colorScheme, viewport, javaScriptEnabled: true }, 'practitioner');
      for (const [{ context }, path] of [
        [patient, `consent?request=${patient.secret}`],
        [patient, `patient?request=${patient.secret}`],
        [patient, 'account/apps'],
        [patient, 'consent?request=unknown'],
        [staff, `patient?request=${staff.secret}&name=Berg`],
        [staff, 'launch?name=Berg'],
      ] as const) {
        assert.deepEqual(await seen(context, path), [], path);
      }
      await patient.context.close();
      await staff.context.close();
    });
  }
}
