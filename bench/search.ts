import { accessToken } from './access-token.ts';
import { metered } from './cpu-meter.ts';
import { httpClient, requireStatus } from './http-client.ts';
import { type LoadedServer, withLoadedServer } from './loaded-server.ts';
import { type Benchmark, type Measurement, Runs, type Settings } from './measure.ts';
import { forSeconds } from './rate.ts';
import { type SearchKind, searchKinds } from './search-queries.ts';

const concurrency = 8;

export const search: Benchmark = {
  name: 'search',
  about: `searches, ${concurrency} at once, beside a select by primary key`,
  run: (settings) => withLoadedServer(settings, (loaded) => measure(settings, loaded)),
};

type Question = { readonly path: string; readonly rows: number };

async function measure(settings: Settings, loaded: LoadedServer): Promise<Measurement[]> {
  const { server, limit } = loaded;
  const token = accessToken(server);
  const client = httpClient(server.origin, concurrency);
  const get = async (path: string) =>
    requireStatus(await client.send({ path, headers: { authorization: `Bearer ${await token()}` } }), 200, path).body;

  const kinds = searchKinds(loaded);
  const questions = new Map<SearchKind, Question[]>();
  for (const kind of kinds) questions.set(kind, await ask(kind, `/apis/${server.site}/fhir/`, get));

  const runs = new Runs();
  for (let run = 0; run < settings.runs; run++) {
    for (const [kind, asked] of questions) {
      const name = `search: ${kind.name}`;
      let rows = 0;
      const ours = await metered(server, runs, name, () =>
        forSeconds(settings.seconds, concurrency, async (n) => {
          const question = asked[n % asked.length] as Question;
          await get(question.path);
          rows += question.rows;
          return 1;
        }),
      );
      runs.add(name, 'searches/s', ours.operations / ours.seconds);
      runs.add(`rows of ${name}`, 'rows/s', rows / ours.seconds);
    }
    runs.add('select by primary key', 'selects/s', await limit.selects(settings.seconds));
    settings.say(`searches: run ${run + 1} of ${settings.runs}`);
  }
  client.close();
  return kinds.map((kind) => {
    const name = `search: ${kind.name}`;
    return {
      benchmark: 'search',
      ours: runs.series(name),
      limits: [runs.series('select by primary key')],
      also: runs.some(`rows of ${name}`, `server CPU of ${name}`, `database CPU of ${name}`),
    };
  });
}

/** Each question once before the clock runs: it warms the caches and says how many rows the answer holds. */
async function ask(kind: SearchKind, base: string, get: (path: string) => Promise<string>): Promise<Question[]> {
  const asked: Question[] = [];
  for (const query of kind.queries) {
    const path = base + query;
    const { entry = [] } = JSON.parse(await get(path)) as { entry?: unknown[] };
    asked.push({ path, rows: entry.length });
  }
  if (asked.every(({ rows }) => rows === 0)) throw new Error(`The searches '${kind.name}' find nothing`);
  return asked;
}
