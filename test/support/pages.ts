import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { cookie } from '../../packages/server/src/pages/browser.ts';
import { soleGate } from '../../packages/server/src/testing/gate.ts';
import { freePort } from './free-port.ts';

/** A gate that listens on this machine, and a browser that reaches it. */
export async function pagesGate() {
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  const { test: database, node, close } = await soleGate({ config: { publicUrl } });
  await node.app.listen({ port, host: 'localhost' });
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  return {
    database,
    node,
    publicUrl,
    issuer: `${publicUrl}/oauth2/default`,
    /** A window without scripts, unless asked for otherwise, in which somebody is signed in. */
    window: async (session: string, options: BrowserContextOptions = {}) => {
      const context = await browser.newContext({ javaScriptEnabled: false, ...options });
      await signIn(context, publicUrl, session);
      return context;
    },
    async close() {
      await browser.close();
      await close();
    },
  };
}

async function signIn(context: BrowserContext, publicUrl: string, session: string): Promise<void> {
  const [header = ''] = cookie({ publicUrl, site: 'default' }, 'session', session).split(';');
  const [name = '', value = ''] = header.split('=');
  await context.addCookies([{ name, value, url: publicUrl, httpOnly: true, sameSite: 'Lax' }]);
}

/** A web server of this machine at another origin than the gate's. */
export async function otherOrigin(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** An authorization request's address, and the verifier that its code needs. */
export function authorizationRequest(issuer: string, parameters: Readonly<Record<string, string>>) {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    state: 'the state',
    aud: `${issuer.replace('/oauth2/', '/apis/')}/fhir`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { verifier, url: `${issuer}/authorize?${query}` };
}
