/** `npm run bench [-- name… options]`: measures a real server beside this machine's own limits. */
import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ingest } from './ingest.ts';
import { latency } from './latency.ts';
import { type Benchmark, type Measurement, median, type Settings } from './measure.ts';
import { read } from './read.ts';
import { search } from './search.ts';
import { table } from './table.ts';
import { token } from './token.ts';
import { web } from './web.ts';

const benchmarks: readonly Benchmark[] = [ingest, read, search, latency, token, web];

const usage = `npm run bench [-- name… options]

${benchmarks.map(({ name, about }) => `  ${name.padEnd(8)} ${about}`).join('\n')}

  --bundles FILE  tar archive (plain or zstd) of transaction bundles; without it 100 synthetic patients
  --patients N    synthetic patients for \`latency\` (1000; 10000 are about a million resources)
  --runs N        how often each figure is taken (3)
  --seconds N     length of a timed stretch (5)
  --json FILE     writes all figures there
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    bundles: { type: 'string' },
    patients: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const unknown = positionals.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
const settings: Settings = {
  runs: positive(values.runs, '--runs'),
  seconds: positive(values.seconds, '--seconds'),
  bundles: values.bundles,
  patients: positive(values.patients, '--patients'),
  say: (text) => process.stderr.write(`${text}\n`),
};

if (values.help) process.stdout.write(usage);
else if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark named ${unknown.join(', ')}.\n\n${usage}`);
  process.exitCode = 2;
} else await main();

async function main(): Promise<void> {
  const measurements: Measurement[] = [];
  for (const benchmark of benchmarks) {
    if (positionals.length > 0 && !positionals.includes(benchmark.name)) continue;
    settings.say(`${benchmark.name}: ${benchmark.about}`);
    measurements.push(...(await benchmark.run(settings)));
  }
  process.stdout.write(`\n${machine().text}; median of ${settings.runs} runs [least–most]\n\n${table(measurements)}\n`);
  if (values.json !== undefined)
    await writeFile(values.json, `${JSON.stringify(report(measurements), undefined, 2)}\n`);
}

function report(measurements: readonly Measurement[]): object {
  return {
    date: new Date().toISOString(),
    machine: machine(),
    runs: settings.runs,
    seconds: settings.seconds,
    bundles: settings.bundles ?? 'synthetic',
    measurements: measurements.map(({ benchmark, ours, limits, also }) => ({
      benchmark,
      ...ours,
      median: median(ours.runs),
      limits: limits.map((limit) => ({
        ...limit,
        median: median(limit.runs),
        ratio: median(ours.runs) / median(limit.runs),
      })),
      also: also.map((series) => ({ ...series, median: median(series.runs) })),
    })),
  };
}

function machine() {
  const [{ model = 'unknown processor' } = {}] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    processors: cpus().length,
    model,
    memory,
    node: process.version,
    text: `${cpus().length} × ${model.trim()}, ${memory} GiB, Node ${process.version}, ${process.platform}`,
  };
}

function positive(text: string, option: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  process.stderr.write(`${option}: expected a number above 0, got '${text}'\n`);
  process.exit(2);
}
