/** What was measured, once for each run, in units per second unless `unit` says otherwise. */
export type Series = { readonly name: string; readonly unit: string; readonly runs: readonly number[] };

/** One line of the result: our figure, and beside it what the machine can do at most, from the same runs. */
export type Measurement = {
  readonly benchmark: string;
  readonly ours: Series;
  readonly limits: readonly Series[];
  /** Further figures of ours, such as rows per second or CPU time per operation. */
  readonly also: readonly Series[];
};

/** A benchmark: a file of this folder that exports one. */
export type Benchmark = {
  readonly name: string;
  readonly about: string;
  run(settings: Settings): Promise<readonly Measurement[]>;
};

export type Settings = {
  /** How often each figure is taken; at least 3 for a median that means something. */
  readonly runs: number;
  /** Length of a timed stretch, seconds. */
  readonly seconds: number;
  /** A tar archive (plain or zstd) of FHIR transaction bundles; synthetic patients where there is none. */
  readonly bundles: string | undefined;
  /** How many synthetic patients the searches of `latency` look among. */
  readonly patients: number;
  /** Tells what goes on. */
  readonly say: (text: string) => void;
};

export function median(runs: readonly number[]): number {
  const sorted = [...runs].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Collects series by name while runs go by. */
export class Runs {
  readonly #series = new Map<string, { unit: string; runs: number[] }>();

  add(name: string, unit: string, value: number): void {
    const known = this.#series.get(name);
    if (known) known.runs.push(value);
    else this.#series.set(name, { unit, runs: [value] });
  }

  /** @throws Error where nothing was added under the name */
  series(name: string): Series {
    const known = this.#series.get(name);
    if (!known) throw new Error(`Nothing was measured under '${name}'`);
    return { name, ...known };
  }

  /** The series of these names that have figures. */
  some(...names: string[]): Series[] {
    return names.filter((name) => this.#series.has(name)).map((name) => this.series(name));
  }
}
