import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { signedIn } from '../../packages/server/src/testing/signed-in.ts';
import { pagesGate } from '../support/pages.ts';

const { node, issuer, window, close } = await pagesGate();
after(close);

test('a passkey is made in a browser, and signs in there without name and password', async () => {
  const user = await signedIn(node);
  const context = await window(user.token, { javaScriptEnabled: true });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (!message.location().url.endsWith('/favicon.ico')) faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(String(error)));
  const device = await context.newCDPSession(page);
  await device.send('WebAuthn.enable');
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(`${issuer}/account/passkeys`);
  await page.fill('input[name=name]', 'laptop');
  await page.click('#add-passkey button');
  await page.getByRole('heading', { name: 'The passkey is added' }).waitFor();
  assert.equal((await page.textContent('main'))?.match(/(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}/g)?.length, 8, 'recovery codes');

  await context.clearCookies();
  await page.goto(`${issuer}/account`);
  assert.match(page.url(), /\/sign-in/, 'signed out');
  await page.goto(`${issuer}/passkey`);
  await page.click('form button');
  await page.waitForURL(`${issuer}/account`);
  assert.ok((await page.textContent('main'))?.includes(user.account.userName));
  assert.deepEqual(faults, []);
});
