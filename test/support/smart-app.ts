import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './command.ts';
import { freePort } from './free-port.ts';
import { otherOrigin } from './pages.ts';
import type { RunningServer } from './running-server.ts';

export type Registered = { readonly client_id: string; readonly client_secret: string; readonly status: string };

/** The pieces of code in one language of a page of docs, in order. */
export async function codeOf(page: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(([, code = '']) => code);
}

/** Registers a client as its maker does; what waits for an administrator is approved. */
export async function registered(server: RunningServer, metadata: object): Promise<Registered> {
  const answer = await fetch(`${server.url}/oauth2/default/registration`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(metadata),
  });
  const client = (await answer.json()) as Registered;
  if (answer.status !== 201) throw new Error(JSON.stringify(client));
  if (client.status !== 'approved') {
    const approved = await server.admin(`clients/${client.client_id}/approve`, {});
    if (!approved.ok) throw new Error(await approved.text());
  }
  return client;
}

/** The scope that the apps of docs/apps.md ask for. */
export const appScope =
  'launch launch/patient openid fhirUser offline_access patient/Patient.rs patient/Observation.rs';

/** The browser app of docs/apps.md at an origin of its own, registered as a public client. */
export async function browserApp(server: RunningServer) {
  const [launch = '', index = ''] = await codeOf('apps.md', 'html');
  const library = await readFile(createRequire(import.meta.url).resolve('fhirclient/build/fhir-client.js'));
  let clientId = '';
  const own = (html: string) =>
    `<!doctype html><meta charset="utf-8">${html}`
      .replace(/https:[^"]*fhir-client\.js/, '/fhir-client.js')
      .replace('http://localhost:8080', server.url)
      .replace('CLIENT_ID', clientId);
  const app = await otherOrigin((request, answer) => {
    const { pathname } = new URL(request.url ?? '', 'http://app.example');
    if (pathname === '/fhir-client.js') return void answer.end(library);
    const html = { '/launch.html': launch, '/index.html': index }[pathname];
    if (html === undefined) return void answer.writeHead(404).end();
    answer.setHeader('content-type', 'text/html');
    answer.end(own(html));
  });
  const client = await registered(server, {
    client_name: 'My readings',
    token_endpoint_auth_method: 'none',
    redirect_uris: [`${app.url}/index.html`],
    launch_uri: `${app.url}/launch.html`,
    scope: appScope,
  });
  clientId = client.client_id;
  return { ...app, client };
}

/** An address of this machine for an app that listens by itself. */
export const appAddress = async () => `http://127.0.0.1:${await freePort()}`;
