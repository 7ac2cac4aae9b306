import { accessToken } from './access-token.ts';
import { type Bundles, resourcesOf, type SentBundle } from './bundles.ts';
import { httpClient, requireStatus } from './http-client.ts';
import { forEach, type Stretch } from './rate.ts';
import type { ServerProcess } from './server-process.ts';

/** The ids that the server gave, by resource type, in the order of the bundles. */
export type Loaded = { readonly stretch: Stretch; readonly ids: ReadonlyMap<string, readonly string[]> };

/** Sends bundles as transactions over `clients` connections. Times from the first byte to the last answer. */
export async function sendBundles(
  server: ServerProcess,
  bundles: readonly SentBundle[],
  clients: number,
): Promise<Loaded> {
  const http = httpClient(server.origin, clients);
  const token = accessToken(server);
  await token();
  const answers: string[] = [];
  const stretch = await forEach(bundles, clients, async (bundle) => {
    const answer = await http.send({
      method: 'POST',
      path: `/apis/${server.site}/fhir`,
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/fhir+json' },
      body: bundle.body,
    });
    answers.push(requireStatus(answer, 200, 'A transaction').body);
    return bundle.entries.length;
  });
  http.close();
  return { stretch, ids: idsOf(answers) };
}

/** Loads everything, quickly and untimed. */
export async function loadAll(server: ServerProcess, bundles: Bundles): Promise<Loaded> {
  for (const bundle of bundles.supporting) await sendBundles(server, [bundle], 1);
  const loaded = await sendBundles(server, bundles.patients, 8);
  if (loaded.stretch.done !== resourcesOf(bundles.patients)) throw new Error('Not every resource was loaded');
  return loaded;
}

function idsOf(answers: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const answer of answers) {
    const { entry = [] } = JSON.parse(answer) as { entry?: { response?: { location?: string } }[] };
    for (const { response } of entry) {
      const [, type, id] =
        /([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/.exec(response?.location ?? '') ?? [];
      if (type === undefined || id === undefined) continue;
      const known = ids.get(type);
      if (known) known.push(id);
      else ids.set(type, [id]);
    }
  }
  return ids;
}
