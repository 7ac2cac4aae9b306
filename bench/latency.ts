import { performance } from 'node:perf_hooks';
import { patients, supportingBundle } from '@chartgate/synth';
import pg from 'pg';
import { termsOf } from '../packages/server/src/store/postgres/index/term.ts';
import { accessToken } from './access-token.ts';
import { startBareHttp } from './bare-http.ts';
import { httpClient, requireStatus } from './http-client.ts';
import { latencyKinds, type Question, type Sample } from './latency-queries.ts';
import { sendBundles } from './load.ts';
import { type Benchmark, type Measurement, median, Runs, type Settings } from './measure.ts';
import { forEach, perSecond } from './rate.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** Questions of a kind that make one median. */
const asked = 60;
const seed = 'bench';

export const latency: Benchmark = {
  name: 'latency',
  about: 'searches one at a time, each beside the same question in SQL by hand; --patients N says over how many',
  run: measure,
};

async function measure(settings: Settings): Promise<Measurement[]> {
  const server = await startServer();
  const runs = new Runs();
  try {
    const samples = await load(settings, server, runs);
    const tables = await tablesOf(server);
    for (let run = 0; run < settings.runs; run++) {
      for (const { name, question } of latencyKinds) {
        const questions = samples.map((sample) => question(sample, tables.terms));
        const { ours, sql, http } = await timed(server, tables.client, questions);
        runs.add(name, 'ms', ours);
        runs.add(`SQL of ${name}`, 'ms', sql);
        runs.add(`limit of ${name}`, 'ms', sql + http);
      }
      settings.say(`latency: run ${run + 1} of ${settings.runs}`);
    }
    await tables.client.end();
  } finally {
    await server.stop();
  }
  const loaded = { benchmark: 'latency', ours: runs.series('loading, 8 clients'), limits: [], also: [] };
  return [
    loaded,
    ...latencyKinds.map(({ name }) => ({
      benchmark: 'latency',
      ours: runs.series(name),
      limits: [
        { ...runs.series(`SQL of ${name}`), name: 'the same in SQL by hand' },
        { ...runs.series(`limit of ${name}`), name: 'that, and the answer by bare node:http' },
      ],
      also: [],
    })),
  ];
}

/** Loads as many patients as are asked for, made on the way, and keeps some of them to ask for. */
async function load(settings: Settings, server: ServerProcess, runs: Runs): Promise<Sample[]> {
  const { patients: count } = settings;
  await sendBundles(server, [sentBundle(supportingBundle({ seed }))], 1);
  const http = httpClient(server.origin, 8);
  const token = accessToken(server);
  const samples: Sample[] = [];
  const every = Math.max(1, Math.floor(count / asked));
  const stretch = await forEach(Array.from({ length: count }), 8, async (_, n) => {
    const [bundle] = patients({ seed, count: 1, start: n });
    if (!bundle) throw new Error('no such patient');
    if (n % every === 0) samples.push(sampleOf(bundle.entry.map(({ resource }) => resource)));
    const headers = { authorization: `Bearer ${await token()}`, 'content-type': 'application/fhir+json' };
    const sent = { method: 'POST', path: `/apis/${server.site}/fhir`, headers, body: JSON.stringify(bundle) };
    requireStatus(await http.send(sent), 200, 'A transaction');
    return bundle.entry.length;
  });
  http.close();
  runs.add('loading, 8 clients', 'resources/s', perSecond(stretch));
  settings.say(`${count} patients, ${stretch.done} resources, ${Math.round(perSecond(stretch))} resources/s`);
  return samples.slice(0, asked);
}

function sentBundle(bundle: ReturnType<typeof supportingBundle>) {
  return { body: Buffer.from(JSON.stringify(bundle)), entries: bundle.entry };
}

type Person = {
  readonly resourceType: string;
  readonly id: string;
  readonly name: readonly { readonly family: string }[];
  readonly identifier: readonly { readonly system: string; readonly value: string }[];
  readonly birthDate: string;
};

function sampleOf(resources: readonly { readonly resourceType: string }[]): Sample {
  const person = resources.find(({ resourceType }) => resourceType === 'Patient') as Person | undefined;
  const [identifier] = person?.identifier ?? [];
  if (!person || !identifier) throw new Error('A patient without an identifier');
  return {
    id: person.id,
    family: person.name[0]?.family ?? '',
    identifier,
    birthYear: Number(person.birthDate.slice(0, 4)),
  };
}

async function tablesOf(server: ServerProcess) {
  const client = new pg.Client({
    ...server.postgres,
    database: 'chartgate',
    options: '-c plan_cache_mode=force_custom_plan',
  });
  client.on('error', () => {}); // the server takes its database down with it
  await client.connect();
  const { rows } = await client.query('select schema_name, hash_key from chartgate.site');
  await client.query(`set search_path to "${rows[0].schema_name}"`);
  await client.query('vacuum analyze');
  return { client, terms: termsOf(rows[0].hash_key) };
}

/** Medians in ms; asked in turn, so that what else the machine does falls on all of them. */
async function timed(server: ServerProcess, client: pg.Client, questions: readonly Question[]) {
  const headers = { authorization: `Bearer ${await accessToken(server)()}` };
  const http = httpClient(server.origin, 1);
  const get = async (path: string) =>
    requireStatus(await http.send({ path: `/apis/${server.site}/fhir/${path}`, headers }), 200, path).body;
  const bodies: string[] = [];
  for (const { path } of questions) bodies.push(await get(path));
  const bare = await startBareHttp(bodies);
  const bareClient = httpClient(bare.origin, 1);
  const times = { ours: [] as number[], sql: [] as number[], http: [] as number[] };
  for (const [n, { path, sql, values }] of questions.entries()) {
    times.ours.push(await duration(() => get(path)));
    const texts = values.map((value) => (typeof value === 'bigint' ? String(value) : value));
    times.sql.push(await duration(() => client.query({ text: sql, values: texts })));
    times.http.push(await duration(() => bareClient.send({ path: `/${n}` })));
  }
  http.close();
  bareClient.close();
  await bare.stop();
  return { ours: median(times.ours), sql: median(times.sql), http: median(times.http) };
}

async function duration(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
