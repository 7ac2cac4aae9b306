import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { secretHash } from '../../packages/server/src/oauth/secret.ts';
import { cookie } from '../../packages/server/src/pages/browser.ts';
import { soleGate } from '../../packages/server/src/testing/gate.ts';
import { putResources } from '../../packages/server/src/testing/put-resource.ts';
import { openRequest, signedIn } from '../../packages/server/src/testing/signed-in.ts';
import { freePort } from '../support/free-port.ts';

const port = await freePort();
const publicUrl = `http://localhost:${port}`;
const issuer = `${publicUrl}/oauth2/default`;
const { test: database, node, close } = await soleGate({ config: { publicUrl } });

/** The app: what it hears at its redirect URI. */
const heard: string[] = [];
const app = createServer((request, answer) => {
  heard.push(request.url ?? '');
  answer.end('back in the app');
});
const redirectUri = await new Promise<string>((listening) => {
  app.listen(0, '127.0.0.1', () => listening(`http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`));
});

let browser: Browser;
before(async () => {
  await node.app.listen({ port, host: 'localhost' });
  await putResources(database, { resourceType: 'Patient', id: 'anna', name: [{ given: ['Anna'], family: 'Berg' }] });
  await putResources(database, { resourceType: 'Patient', id: 'kim', name: [{ given: ['Kim'], family: 'Berg' }] });
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
after(async () => {
  await browser?.close();
  app.close();
  await close();
});

const types =
  `Patient Condition AllergyIntolerance Observation DiagnosticReport MedicationRequest Immunization Encounter
  Procedure CarePlan DocumentReference Coverage`.split(/\s+/);
const scope = `launch/patient openid fhirUser offline_access ${types.map((type) => `patient/${type}.rs`).join(' ')}`;

/** A window without scripts in which a guardian is signed in, and an open request of an app. */
async function asked(more: Parameters<Browser['newContext']>[0] = {}, role: 'patient' | 'practitioner' = 'patient') {
  const { json } = await node.register({
    client_name: 'My Health',
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: 'none',
    scope,
  });
  const user = await signedIn(node, { role, charts: { anna: 'self', kim: 'guardian' }, fhirUser: 'Patient/anna' });
  const secret = await openRequest(node, { clientId: json.client_id, redirectUri, scope, patient: 'anna' });
  const context = await browser.newContext({ javaScriptEnabled: false, ...more });
  await context.addCookies([cookieOf(user.token)]);
  const page = await context.newPage();
  const kept = () => user.site.store.consents.find(user.account.accountId, json.client_id, 'anna');
  return { page, context, secret, kept, user, clientId: json.client_id as string };
}

function cookieOf(token: string) {
  const [name = '', value = ''] =
    cookie({ publicUrl, site: 'default' }, 'session', token).split(';')[0]?.split('=') ?? [];
  return { name, value, url: publicUrl, httpOnly: true, sameSite: 'Lax' as const };
}

const box = (page: Page, value: string) => page.locator(`input[name=scope][value="${value}"]`);

test('a browser without scripts narrows what an app sees, and goes on', async () => {
  const { page, context, secret, kept } = await asked();
  const visited: string[] = [];
  page.on('request', (request) => visited.push(request.url()));
  await page.goto(`${issuer}/consent?request=${secret}`);
  assert.equal(await page.locator('#user').count(), 1);
  assert.equal(await page.locator('input[name=scope]:checked').count(), types.length + 9 + 1);
  await box(page, 'patient/Coverage.rs').uncheck();
  await page.getByLabel('Results from the lab').uncheck();
  await page.getByLabel('Until you take it back').uncheck();
  await page.click('#allow');
  assert.ok(visited.includes(`${issuer}/continue?request=${secret}`));
  const granted = (await kept())?.scope.split(' ') ?? [];
  assert.ok(granted.includes('patient/Patient.rs') && granted.includes('patient/Condition.rs'));
  assert.ok(!granted.some((one) => /Coverage|laboratory|offline_access/.test(one)));
  assert.equal(granted.filter((one) => one.startsWith('patient/Observation.rs?category=')).length, 5);
  await context.close();
});

test('“Don’t allow” leads the browser back to the app, at another origin', async () => {
  const { page, context, secret, kept } = await asked();
  await page.goto(`${issuer}/consent?request=${secret}`);
  await page.click('#deny');
  await page.getByText('back in the app').waitFor();
  const answer = new URLSearchParams(heard.findLast((url) => url.startsWith('/callback?'))?.split('?')[1]);
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
  const evil = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end(`<iframe src="${issuer}/consent?request=${secret}"></iframe>`);
  });
  await new Promise<void>((listening) => evil.listen(0, '127.0.0.1', listening));
  await framing.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
  const inner = framing.frames().find((frame) => frame !== framing.mainFrame());
  assert.equal(
    await inner
      ?.locator('#allow')
      .count()
      .catch(() => 0),
    0,
  );
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

test('only the hash of the request’s secret is stored', async () => {
  const { secret, user, context } = await asked();
  assert.ok(await user.site.store.authorizationRequests.find(secretHash(secret), node.gate.now()));
  await context.close();
});
