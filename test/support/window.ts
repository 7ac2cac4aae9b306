import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { RunningServer } from './running-server.ts';

/** Debian's Chromium, with windows in which accounts of the demo sign in by the pages. */
export async function demoBrowser(server: RunningServer) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  return {
    close: () => browser.close(),
    async window(options: BrowserContextOptions = {}) {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(20_000);
      return { context, page: await context.newPage() };
    },
    /** Fills in the sign-in page that the window shows. */
    async signIn(page: Page, userName: string, password = server.passwords[userName] ?? '') {
      await page.fill('#username', userName);
      await page.fill('#password', password);
      await page.click('#submit');
    },
    /** As somebody who works here: opens an app for a patient by the launch page. */
    async openFor(page: Page, { family, patient, clientId, encounter }: ToOpen) {
      await page.fill('#name', family);
      await page.click('#find');
      await page.click(`button[name=patient][value="${patient}"]`);
      if (encounter !== undefined) await page.selectOption('#encounter', encounter);
      await page.click(`button[name=client_id][value="${clientId}"]`);
    },
  };
}

type ToOpen = {
  readonly family: string;
  readonly patient: string;
  readonly clientId: string;
  readonly encounter?: string;
};
