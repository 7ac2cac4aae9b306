import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { runningServer } from '../support/running-server.ts';
import { isTooWide, violationsOf, webBrowser } from '../support/web.ts';

const server = await runningServer({ demo: true });
const browser = await webBrowser(server);
after(async () => {
  await browser.close();
  await server.close();
});

test('an administrator signs in on the way to the console and comes back to the page that was asked for', async () => {
  const { page, complaints, close } = await browser.window();
  await page.goto('/console');
  await page.fill('#username', 'demo-administrator');
  await page.fill('#password', server.passwords['demo-administrator'] ?? '');
  await page.click('#submit');
  await page.waitForURL('**/console/default');
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
});

test('who is no administrator is told so, sees nothing, and can sign out', async () => {
  const { page, close } = await browser.window();
  await browser.openAs(page, 'demo-patient', '/console/default');
  assert.match(await page.locator('main').innerText(), /for administrators/);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/sign-in');
  await page.goto('/console/default');
  await page.waitForURL('**/sign-in?**');
  await close();
});

test('each entry is usable and accessible, wide and narrow, light and dark, in both languages', async () => {
  for (const width of [320, 1280]) {
    for (const [colorScheme, locale] of [
      ['light', 'en-GB'],
      ['dark', 'es-MX'],
    ] as const) {
      const window = await browser.window({ viewport: { width, height: 800 }, colorScheme, locale });
      await browser.openAs(window.page, 'demo-administrator', '/console/default');
      for (const path of ['/console/default', '/playground', '/portal/default']) {
        await window.page.goto(path);
        await window.page.locator('h1').first().waitFor();
        assert.equal(await window.page.getAttribute('html', 'lang'), locale.slice(0, 2));
        assert.deepEqual(await violationsOf(window.page), [], `${path} ${width} ${colorScheme}`);
        assert.equal(await isTooWide(window.page), false, `${path} ${width}`);
      }
      assert.deepEqual(window.complaints, []);
      await window.close();
    }
  }
});

test('attack 21: nobody frames the app, and its policy runs scripts of this server alone', async () => {
  for (const path of ['/console', '/console/default/anything', '/playground', '/portal/default']) {
    const answer = await fetch(server.url + path);
    const policy = answer.headers.get('content-security-policy') ?? '';
    assert.equal(answer.status, 200);
    assert.match(policy, /script-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.match(policy, /default-src 'none'/);
    assert.doesNotMatch(policy, /unsafe-/);
    assert.equal(answer.headers.get('x-frame-options'), 'DENY');
    const html = await answer.text();
    assert.ok(policy.includes(`'nonce-${/nonce="([^"]+)"/.exec(html)?.[1]}'`));
    assert.doesNotMatch(html, /<script(?![^>]* src=)/);
  }
});

test('attack 15: a session cookie opens the API for pages of the server alone', async () => {
  const { page, close } = await browser.window();
  await browser.openAs(page, 'demo-administrator', '/console/default');
  const cookies = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const formToken = await page.getAttribute('meta[name=chartgate-form-token]', 'content');
  const inbox = (headers: Record<string, string>) =>
    fetch(`${server.url}/apis/default/admin/inbox`, { headers }).then(({ status }) => status);
  assert.equal(await inbox({ cookie: cookies }), 401);
  assert.equal(await inbox({ cookie: cookies, 'chartgate-form-token': 'x'.repeat(43) }), 401);
  assert.equal(await inbox({ 'chartgate-form-token': formToken ?? '' }), 401);
  const shown = { cookie: cookies, 'chartgate-form-token': formToken ?? '' };
  assert.equal(await inbox({ ...shown, origin: 'https://elsewhere.example' }), 401);
  assert.equal(await inbox(shown), 200);
  const preflight = await fetch(`${server.url}/apis/default/admin/inbox`, { method: 'OPTIONS' });
  assert.doesNotMatch(preflight.headers.get('access-control-allow-headers') ?? '', /chartgate/);
  await close();
});

test('files of the app come compressed and may be kept for ever; others are not there', async () => {
  const html = await (await fetch(`${server.url}/playground`)).text();
  const script = /src="(\/web-assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
  const answer = await fetch(server.url + script, { headers: { 'accept-encoding': 'br' } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-encoding'), 'br');
  assert.match(answer.headers.get('cache-control') ?? '', /immutable/);
  for (const path of ['/web-assets/..%2f..%2fpackage.json', '/web-assets/none.js']) {
    assert.equal((await fetch(server.url + path)).status, 404);
  }
});

test('sign-in leads back to pages of this server alone', async () => {
  for (const to of [
    '//elsewhere.example',
    'https://elsewhere.example/console',
    '/console//elsewhere.example',
    '/consoles',
  ]) {
    const { page, close } = await browser.window();
    await page.goto(`/oauth2/default/sign-in?${new URLSearchParams({ to })}`);
    await page.fill('#username', 'demo-patient');
    await page.fill('#password', server.passwords['demo-patient'] ?? '');
    await page.click('#submit');
    await page.waitForURL(`${server.url}/**`);
    assert.equal(new URL(page.url()).pathname, '/oauth2/default/account', to);
    await close();
  }
});
