import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { runningServer } from '../support/running-server.ts';
import { webBrowser } from '../support/web.ts';

/** Compressed bytes of script that a first page may take. */
const budget = 250_000;

const server = await runningServer({ demo: true });
const browser = await webBrowser(server);
after(async () => {
  await browser.close();
  await server.close();
});

/** Compressed bytes of the scripts that a page loads, nothing of it cached. */
async function scriptBytes(page: Page, path: string): Promise<number> {
  const sizes: Promise<number>[] = [];
  page.on('response', (answer) => {
    if (!answer.url().endsWith('.js')) return;
    assert.equal(answer.headers()['content-encoding'], 'br', answer.url());
    sizes.push(
      answer
        .request()
        .sizes()
        .then(({ responseBodySize }) => responseBodySize),
    );
  });
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  await page.waitForLoadState('networkidle');
  page.removeAllListeners('response');
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

for (const path of ['/console/default', '/playground', '/portal/default']) {
  test(`the first page of ${path} takes less than ${budget / 1000} kB of compressed script`, async () => {
    const { page, close } = await browser.window({ extraHTTPHeaders: { 'accept-encoding': 'br' } });
    // signed in on a page without scripts of the app
    await page.goto('/oauth2/default/sign-in');
    await page.fill('#username', 'demo-administrator');
    await page.fill('#password', server.passwords['demo-administrator'] ?? '');
    await page.click('#submit');
    await page.waitForURL('**/account');
    const bytes = await scriptBytes(page, path);
    assert.ok(bytes > 50_000, `only ${bytes} bytes were seen`);
    assert.ok(bytes < budget, `${bytes} bytes`);
    await close();
  });
}
