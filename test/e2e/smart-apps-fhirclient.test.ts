import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import type { Page } from 'playwright-core';
import { fhirclientApp } from '../support/fhirclient.ts';
import { bundleOf, runningServer } from '../support/running-server.ts';
import { appScope, browserApp, registered } from '../support/smart-app.ts';
import { demoBrowser } from '../support/window.ts';

const server = await runningServer({ demo: true });
const app = await browserApp(server);
const browser = await demoBrowser(server);
after(async () => {
  await browser.close();
  app.close();
  await server.close();
});

type Named = { readonly name: readonly [{ readonly given: readonly string[]; readonly family: string }] };

/** What the chart says of a patient. */
async function known(id: string) {
  const token = await server.token('system/*.rs');
  const patient = (await (await server.ask(`Patient/${id}`, token)).json()) as unknown as Named;
  const path = `Observation?patient=${id}&_sort=-date&_count=5&_total=accurate`;
  const { entry } = await bundleOf(await server.ask(path, token));
  const [{ given, family }] = patient.name;
  return { id, family, name: `${given.join(' ')} ${family}`, readings: entry.length };
}

/** What the app keeps of its tokens, as fhirclient stores it. */
const kept = async (page: Page) =>
  JSON.parse(await page.evaluate('sessionStorage.getItem(JSON.parse(sessionStorage.getItem("SMART_KEY")))'))
    .tokenResponse;

/** Lets the app refresh its tokens and read with the new one. */
async function again(page: Page) {
  const read = page.waitForResponse((answer) => answer.url().includes('/Observation') && answer.ok());
  await page.click('#again');
  await read;
  return kept(page);
}

async function assertShown(page: Page, { name, readings }: Awaited<ReturnType<typeof known>>) {
  await page.locator('#readings li, #fault:not(:empty)').first().waitFor();
  assert.equal(await page.locator('#fault').textContent(), '');
  assert.equal(await page.locator('#name').textContent(), name);
  assert.equal(await page.locator('#readings li').count(), readings);
}

const patientOf = async (userName: string) => {
  const { accounts } = (await (await server.admin(`accounts?name=${userName}`)).json()) as {
    accounts: { charts: { patient: string }[] }[];
  };
  return known(accounts[0]?.charts[0]?.patient ?? '');
};
const own = await patientOf('demo-patient');

test('fhirclient: a public app starts by itself, its user signs in, it reads across origins, and refreshes', async () => {
  const { page, context } = await browser.window();
  await page.goto(`${app.url}/launch.html`);
  await browser.signIn(page, 'demo-patient');
  assert.equal(await page.locator('#app').textContent(), 'My readings');
  await page.click('#allow');
  await assertShown(page, own);
  const first = await kept(page);
  assert.equal(first.patient, own.id);
  assert.doesNotMatch(page.url(), /code=|state=/);

  const second = await again(page);
  assert.notEqual(second.access_token, first.access_token);
  assert.notEqual(second.refresh_token, first.refresh_token);
  await assertShown(page, own);

  await page.reload();
  await assertShown(page, own);
  await context.close();
});

test('fhirclient: “Don’t allow” is told to the app', async () => {
  const { page, context } = await browser.window();
  await page.goto(`${app.url}/launch.html`);
  await browser.signIn(page, 'demo-patient');
  await page.click('#deny');
  await page.getByText(/access_denied/).waitFor();
  await context.close();
});

test('fhirclient: the record system opens the app for a patient, who is in the token', async () => {
  const { page, context } = await browser.window();
  await page.goto(`${server.url}/oauth2/default/launch`);
  await browser.signIn(page, 'demo-practitioner');
  await browser.openFor(page, { family: own.family, patient: own.id, clientId: app.client.client_id });
  await page.click('#allow');
  await assertShown(page, own);
  const token = await kept(page);
  assert.equal(token.patient, own.id);
  assert.deepEqual(token.scope.split(' ').slice(0, 2), ['launch', 'launch/patient']);
  assert.notEqual((await again(page)).access_token, token.access_token);
  await context.close();
});

/** A key pair of a client: what it registers, and what it tells fhirclient. */
async function newKey(alg: 'RS384' | 'ES384') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const names = { alg, kid: 'the key' };
  return {
    metadata: {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), ...names }] },
    },
    clientPrivateJwk: { ...(await exportJWK(privateKey)), ...names },
  };
}

for (const method of ['client_secret_basic', 'ES384', 'RS384'] as const) {
  test(`fhirclient on a server with ${method}: goes through the code flow and reads`, async () => {
    const key = method === 'client_secret_basic' ? undefined : await newKey(method);
    let secrets: object = {};
    const web = await fhirclientApp(
      () => ({ iss: server.fhir, scope: appScope, redirectUri: 'callback', ...secrets }),
      async (client) => {
        // fhirclient signs no assertion when it refreshes
        if (!key) await client.refresh();
        return client.patient.read();
      },
    );
    const client = await registered(server, {
      client_name: 'Notes',
      redirect_uris: [`${web.url}/callback`],
      scope: appScope,
      ...(key?.metadata ?? { token_endpoint_auth_method: method }),
    });
    const { client_id: clientId, client_secret: clientSecret } = client;
    secrets = { clientId, ...(key ? { clientPrivateJwk: key.clientPrivateJwk } : { clientSecret }) };
    const { page, context } = await browser.window();
    await page.goto(`${web.url}/launch`);
    await browser.signIn(page, 'demo-patient');
    await page.click('#allow');
    await page.waitForURL(/callback/);
    const shown = JSON.parse((await page.locator('body').textContent()) ?? '');
    assert.equal(shown.id, own.id, shown.fault);
    await context.close();
    web.close();
  });
}
