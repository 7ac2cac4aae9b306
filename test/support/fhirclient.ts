import type { IncomingMessage, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { otherOrigin } from './pages.ts';

type Client = { readonly patient: { read(): Promise<object> }; refresh(): Promise<unknown> };
type Api = { authorize(options: object): Promise<unknown>; ready(): Promise<Client> };

/** fhirclient's side for servers. Its own types would bring a browser's into ours. */
const fhirclient: (request: IncomingMessage, response: ServerResponse, storage: object) => Api = createRequire(
  import.meta.url,
)('fhirclient');

/** A web app by fhirclient, of one user: `/launch` asks with `options`, `/callback` shows what `read` got. */
export async function fhirclientApp(options: () => object, read: (client: Client) => Promise<object>) {
  const stored = new Map<string, unknown>();
  const storage = {
    get: async (key: string) => stored.get(key),
    set: async (key: string, value: unknown) => stored.set(key, value),
    unset: async (key: string) => stored.delete(key),
  };
  return otherOrigin(async (request, answer) => {
    const api = fhirclient(request, answer, storage);
    if (request.url?.startsWith('/launch')) return void (await api.authorize(options()));
    if (!request.url?.startsWith('/callback')) return void answer.writeHead(404).end();
    const shown = await api.ready().then(read, (error: Error) => ({ fault: error.message }));
    answer.end(JSON.stringify(shown));
  });
}
