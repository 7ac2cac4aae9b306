import { type Io, progress, say } from '../io.ts';
import { cell, printTable } from '../show/table.ts';
import type { Delivery } from './delivery.ts';
import type { Problem } from './document.ts';
import { type Found, totalWeight } from './source.ts';

/** Tells how a load is going, and sums it up. */
export type Reporter = {
  readonly problem: (problem: Problem) => void;
  readonly delivered: (delivery: Delivery) => void;
  readonly skipped: (resources: number) => void;
  /** A document was on its way when an earlier run ended; it is sent again. */
  readonly uncertain: () => void;
  /** A file has been read to its end. @param weight bytes */
  readonly read: (weight: number) => void;
  readonly failed: () => number;
  readonly finish: (json: boolean) => Promise<void>;
};

/** So many problems are kept for the JSON summary. */
const keptProblems = 1000;

export async function reporter(io: Io, found: readonly Found[]): Promise<Reporter> {
  const total = await totalWeight(found);
  const began = Date.now();
  const line = progress(io);
  const types = new Map<string, { stored: number; created: number }>();
  const problems: Problem[] = [];
  let [stored, skipped, failed, uncertain, weight] = [0, 0, 0, 0, 0];

  const seconds = () => Math.max(0.001, (Date.now() - began) / 1000);
  const show = () => {
    const part = total > 0 ? weight / total : 1;
    const left = weight > 0 && weight < total ? `, about ${duration((seconds() / part) * (1 - part))} left` : '';
    const bad = failed > 0 ? `, ${failed} failed` : '';
    line.update(`${Math.floor(part * 100)} %, ${count(stored)} resources, ${count(stored / seconds())}/s${bad}${left}`);
  };
  const problem = (found: Problem) => {
    failed++;
    if (problems.length < keptProblems) problems.push(found);
    line.clear();
    say(io, `${io.colour.red('✗')} ${cell(found.place)}: ${cell(found.reason)}`);
  };

  return {
    problem,
    delivered(delivery) {
      for (const one of delivery.stored) {
        const sum = types.get(one.type) ?? { stored: 0, created: 0 };
        types.set(one.type, { stored: sum.stored + 1, created: sum.created + (one.created ? 1 : 0) });
      }
      stored += delivery.stored.length;
      delivery.problems.forEach(problem);
      show();
    },
    skipped(resources) {
      skipped += resources;
      show();
    },
    uncertain() {
      uncertain++;
    },
    read(bytes) {
      weight += bytes;
      show();
    },
    failed: () => failed,
    async finish(json) {
      line.clear();
      const took = seconds();
      if (json) {
        const sums = Object.fromEntries([...types].sort());
        const summary = { stored, skipped, failed, seconds: Number(took.toFixed(3)), types: sums, problems };
        await io.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
      } else {
        const rows = [...types].sort().map(([type, sum]) => [type, String(sum.stored), String(sum.created)]);
        if (rows.length > 0) await printTable(io, ['TYPE', 'STORED', 'CREATED'], rows);
      }
      say(io, `${count(stored)} resources in ${duration(took)}: ${count(stored / took)}/s`);
      if (skipped > 0)
        say(io, `${count(skipped)} were loaded by an earlier run and not sent again (--again sends them).`);
      if (uncertain > 0)
        say(
          io,
          `${uncertain === 1 ? '1 request was' : `${count(uncertain)} requests were`} on the way when an earlier run ended, and sent again.`,
        );
      if (failed > 0) say(io, `${count(failed)} failed.`);
    },
  };
}

const count = (value: number) => Math.round(value).toLocaleString('en-US');

function duration(seconds: number): string {
  if (seconds < 90) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
