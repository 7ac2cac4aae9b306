import { readBundles, resourcesOf } from './bundles.ts';
import { metered } from './cpu-meter.ts';
import { sendBundles } from './load.ts';
import { type Benchmark, type Measurement, Runs, type Settings } from './measure.ts';
import { postgresLimit } from './postgres-limit.ts';
import { perSecond } from './rate.ts';
import { startServer } from './server-process.ts';

const clientCounts = [1, 8];
const copyName = 'COPY of the same bodies';

export const ingest: Benchmark = {
  name: 'ingest',
  about: 'transaction bundles by HTTP into a fresh server, beside COPY of the same bodies',
  run: async (settings) => {
    const counts = clientCounts.map((clients) => ({ clients, runs: new Runs() }));
    for (let run = 0; run < settings.runs; run++) {
      for (const { clients, runs } of counts) await ingestOnce(settings, runs, clients);
    }
    return counts.map(({ clients, runs }) => measurement(runs, clients));
  },
};

async function ingestOnce(settings: Settings, runs: Runs, clients: number): Promise<void> {
  const bundles = await readBundles(settings.bundles);
  const server = await startServer();
  try {
    for (const bundle of bundles.supporting) await sendBundles(server, [bundle], 1);
    const name = nameOf(clients);
    const stretch = await metered(
      server,
      runs,
      name,
      async () => (await sendBundles(server, bundles.patients, clients)).stretch,
    );
    if (stretch.done !== resourcesOf(bundles.patients)) throw new Error('Not every resource was loaded');
    runs.add(name, 'resources/s', perSecond(stretch));
    settings.say(`${name}: ${Math.round(perSecond(stretch))} resources/s`);
    const limit = await postgresLimit(server.postgres);
    const bodies = bundles.patients.flatMap(({ entries }) => entries.map(({ resource }) => JSON.stringify(resource)));
    runs.add(copyName, 'rows/s', await limit.copy(bodies));
    await limit.close();
  } finally {
    await server.stop();
  }
}

const nameOf = (clients: number) => `ingest, ${clients} client${clients === 1 ? '' : 's'}`;

function measurement(runs: Runs, clients: number): Measurement {
  const name = nameOf(clients);
  return {
    benchmark: 'ingest',
    ours: runs.series(name),
    limits: [runs.series(copyName)],
    also: runs.some(`server CPU of ${name}`, `database CPU of ${name}`),
  };
}
