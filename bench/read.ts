import { accessToken } from './access-token.ts';
import { startBareHttp, startBareReader } from './bare-http.ts';
import { resourcesOf } from './bundles.ts';
import { metered } from './cpu-meter.ts';
import { httpClient, requireStatus } from './http-client.ts';
import { type LoadedServer, withLoadedServer } from './loaded-server.ts';
import { type Benchmark, type Measurement, Runs, type Settings } from './measure.ts';
import { forSeconds, perSecond } from './rate.ts';

const concurrency = 16;
const name = `read by id, ${concurrency} at once`;

export const read: Benchmark = {
  name: 'read',
  about: 'read by id, beside bare node:http with and without a select, and beside the select by primary key',
  run: (settings) => withLoadedServer(settings, (loaded) => measure(settings, loaded)),
};

async function measure(settings: Settings, loaded: LoadedServer): Promise<Measurement[]> {
  const { server, limit } = loaded;
  const paths = samplePaths(loaded);
  const token = accessToken(server);
  const client = httpClient(server.origin, concurrency);
  const get = async (path: string) =>
    requireStatus(await client.send({ path, headers: { authorization: `Bearer ${await token()}` } }), 200, path).body;
  const bodies: string[] = [];
  for (const path of paths) bodies.push(await get(path));
  const bare = await startBareHttp(bodies);
  const bareClient = httpClient(bare.origin, concurrency);
  const reader = await startBareReader(server.postgres);
  const readerClient = httpClient(reader.origin, concurrency);
  const rows = resourcesOf(loaded.bundles.patients);
  const runs = new Runs();
  for (let run = 0; run < settings.runs; run++) {
    const ours = await metered(server, runs, name, () =>
      forSeconds(settings.seconds, concurrency, async (n) => {
        await get(paths[n % paths.length] ?? '');
        return 1;
      }),
    );
    runs.add(name, 'reads/s', perSecond(ours));
    const theirs = await forSeconds(settings.seconds, concurrency, async (n) => {
      requireStatus(await bareClient.send({ path: `/${n % bodies.length}` }), 200, 'The bare server');
      return 1;
    });
    runs.add('bare node:http, same bytes', 'requests/s', perSecond(theirs));
    const read = await forSeconds(settings.seconds, concurrency, async (n) => {
      // A step that is prime to the number of rows walks through all of them, out of order.
      requireStatus(await readerClient.send({ path: `/${(n * 7919) % rows}` }), 200, 'The bare reader');
      return 1;
    });
    runs.add('bare node:http, one select each', 'requests/s', perSecond(read));
    runs.add('select by primary key', 'selects/s', await limit.selects(settings.seconds));
    settings.say(`${name}: ${Math.round(perSecond(ours))}/s`);
  }
  client.close();
  bareClient.close();
  readerClient.close();
  await bare.stop();
  await reader.stop();
  return [
    {
      benchmark: 'read',
      ours: runs.series(name),
      limits: runs.some('bare node:http, one select each', 'bare node:http, same bytes', 'select by primary key'),
      also: runs.some(`server CPU of ${name}`, `database CPU of ${name}`),
    },
  ];
}

/** A thousand resources of all types, evenly spread over the bundles. */
function samplePaths({ server, loaded }: LoadedServer): string[] {
  const all = [...loaded.ids].flatMap(([type, ids]) => ids.map((id) => `/apis/${server.site}/fhir/${type}/${id}`));
  const step = Math.max(1, Math.floor(all.length / 1000));
  return all.filter((_, i) => i % step === 0);
}
