/** `npm run screenshots`: pictures of the main pages for docs/images, from a server of its own with demo data. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { serve } from '@chartgate/server';
import { type Browser, chromium, type Page } from 'playwright-core';
import { pictures } from './screenshots/pictures.ts';
import { tellStory } from './screenshots/story.ts';

const folder = resolve(import.meta.dirname, '../docs/images');
const dataDirectory = await mkdtemp(join(tmpdir(), 'chartgate-screenshots-'));
const server = await serve({ port: 0, dataDirectory, demo: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const chosen = process.argv.slice(2);
try {
  await mkdir(folder, { recursive: true });
  const story = await tellStory(server);
  for (const picture of pictures) {
    if (chosen.length > 0 && !chosen.includes(picture.name)) continue;
    const page = await windowFor(browser, picture);
    const password = server.demoAccounts.find(({ userName }) => userName === picture.as)?.password;
    if (picture.as && password) await signIn(page, picture.as, password);
    await page.goto(picture.path(story));
    await page.locator('h1').first().waitFor();
    await picture.before?.(page, story);
    await page.waitForLoadState('networkidle');
    await page.screenshot({ path: join(folder, `${picture.name}.png`) });
    process.stderr.write(`${picture.name}.png\n`);
    await page.context().close();
  }
} finally {
  await browser.close();
  await server.close();
  await rm(dataDirectory, { recursive: true, force: true });
}

async function windowFor(
  browser: Browser,
  { width = 1280, height = 800, dark, locale = 'en-GB' }: Size,
): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.url,
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(20_000);
  return context.newPage();
}

async function signIn(page: Page, userName: string, password: string): Promise<void> {
  await page.goto('/oauth2/default/sign-in');
  await page.fill('#username', userName);
  await page.fill('#password', password);
  await page.click('#submit');
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'));
}

type Size = { readonly width?: number; readonly height?: number; readonly dark?: boolean; readonly locale?: string };
