import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { RunningServer } from './running-server.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export type WebWindow = {
  readonly page: Page;
  /** What the page's policy forbade and its scripts failed in, as the browser says it. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
};

/** Debian's Chromium before the web app of a running server. */
export async function webBrowser(server: Pick<RunningServer, 'url' | 'passwords'>) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  return {
    close: () => browser.close(),
    /** A window of its own. @param options a width of 1280 px, English and light colours where they say nothing else */
    async window(options: BrowserContextOptions = {}): Promise<WebWindow> {
      const context = await browser.newContext({
        baseURL: server.url,
        locale: 'en-GB',
        viewport: { width: 1280, height: 800 },
        ...options,
      });
      context.setDefaultTimeout(20_000);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (/Content.Security.Policy/i.test(message.text())) complaints.push(message.text());
      });
      return { page, complaints, close: () => context.close() };
    },
    /** Opens a page of the app, and signs in on the way. */
    async openAs(page: Page, userName: string, path: string, password = server.passwords[userName] ?? '') {
      await page.goto(`${server.url}/oauth2/default/sign-in?${new URLSearchParams({ to: path })}`);
      await page.fill('#username', userName);
      await page.fill('#password', password);
      await page.click('#submit');
      await page.waitForURL(`${server.url}${path}`);
      await page.locator('h1').first().waitFor();
    },
  };
}

type Violation = { readonly id: string; readonly help: string; readonly nodes: readonly { readonly html: string }[] };

/**
 * What axe finds against WCAG 2.2 AA on the page as it is shown now: a line each, empty where all is well.
 * @see https://www.w3.org/TR/WCAG22/
 */
export async function violationsOf(page: Page): Promise<readonly string[]> {
  // through the debugger, which the page's policy does not bind
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    const values = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    return (await axe.run({ runOnly: { type: 'tag', values } })).violations;
  });
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Whether the page is wider than its window, and people must push it sideways. */
export function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth + 1');
}
