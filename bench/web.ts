import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { type Benchmark, type Measurement, Runs, type Settings } from './measure.ts';
import { startServer } from './server-process.ts';

const page = 'first page, nothing cached';
const bare = 'a page of one line, in the same browser';

export const web: Benchmark = {
  name: 'web',
  about: 'the playground’s first page in Chromium until it can be used, beside a page of one line',
  run: measure,
};

async function measure(settings: Settings): Promise<readonly Measurement[]> {
  const server = await startServer();
  const line = await bareServer();
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const runs = new Runs();
  try {
    for (let run = 0; run < settings.runs; run++) {
      runs.add(page, 'ms', await usableAfter(browser, `${server.origin}/playground`));
      runs.add(bare, 'ms', await usableAfter(browser, line.origin));
    }
  } finally {
    await browser.close();
    line.close();
    await server.stop();
  }
  return [{ benchmark: 'web', ours: runs.series(page), limits: [runs.series(bare)], also: [] }];
}

/** From the start of the navigation until the heading is there and the page has nothing left to do, ms. */
async function usableAfter(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(url, { waitUntil: 'commit' });
  await tab.locator('h1').first().waitFor();
  const time = await tab.evaluate<number>('new Promise((done) => requestIdleCallback(() => done(performance.now())))');
  await context.close();
  return time;
}

async function bareServer() {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>One line</title><h1>One line</h1>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() };
}
