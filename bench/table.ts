import { type Measurement, median, type Series } from './measure.ts';

/** The measurements as lines of text: ours, the limits with our share of each, and what else was seen. */
export function table(measurements: readonly Measurement[]): string {
  const rows = measurements.flatMap(({ ours, limits, also }) => [
    [ours.name, figure(ours), ours.unit, ''],
    ...limits.map((limit) => [`  beside ${limit.name}`, figure(limit), limit.unit, share(ours, limit)]),
    ...also.map((series) => [`  ${plain(series.name, ours.name)}`, figure(series), series.unit, '']),
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => pad(cell, widths[i] ?? 0, i === 1 || i === 3))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Median, and least to most in brackets. */
function figure({ runs }: Series): string {
  return `${round(median(runs))} [${round(Math.min(...runs))}–${round(Math.max(...runs))}]`;
}

function share(ours: Series, limit: Series): string {
  const ratio = median(ours.runs) / median(limit.runs);
  return ratio >= 0.1 ? `${Math.round(ratio * 100)} %` : `${(ratio * 100).toFixed(1)} %`;
}

function plain(name: string, of: string): string {
  return name.replace(` of ${of}`, '');
}

function round(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

function pad(text: string, width: number, isNumber: boolean): string {
  return isNumber ? text.padStart(width) : text.padEnd(width);
}
