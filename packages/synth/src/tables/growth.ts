/** Median growth of children: age in months, then height (cm) and weight (kg), for girls and boys. Rounded. */
export const growth: readonly (readonly [
  months: number,
  girlCm: number,
  girlKg: number,
  boyCm: number,
  boyKg: number,
])[] = [
  [0, 49, 3.2, 50, 3.3],
  [2, 57, 5.1, 58, 5.6],
  [4, 62, 6.4, 64, 7],
  [6, 66, 7.3, 68, 7.9],
  [9, 70, 8.2, 72, 8.9],
  [12, 74, 8.9, 76, 9.6],
  [18, 81, 10.2, 82, 10.9],
  [24, 86, 11.5, 87, 12.2],
  [36, 94, 13.9, 95, 14.3],
  [48, 101, 16.1, 102, 16.3],
  [60, 108, 17.9, 109, 18.4],
  [84, 121, 22.4, 122, 23.1],
  [108, 133, 28.2, 133, 28.6],
  [132, 144, 36.9, 144, 36],
  [156, 157, 45.8, 156, 45.6],
  [180, 162, 52, 170, 56.5],
  [204, 163, 55, 175, 64.5],
  [216, 163, 56.2, 176, 67.3],
];

/** Median head circumference in cm of the first two years, girls and boys. */
export const heads: readonly (readonly [months: number, girl: number, boy: number])[] = [
  [0, 34, 34.5],
  [2, 38.3, 39.1],
  [4, 40.6, 41.6],
  [6, 42.2, 43.3],
  [9, 43.8, 45],
  [12, 44.9, 46.1],
  [18, 46.2, 47.4],
  [24, 47.2, 48.3],
];

/** The row of a table at an age, between its neighbours in proportion. */
export function interpolate(table: readonly (readonly number[])[], months: number, column: number): number {
  const after = table.findIndex((row) => (row[0] ?? 0) >= months);
  const high = table[after < 0 ? table.length - 1 : after] ?? [];
  const low = table[Math.max(0, after < 0 ? table.length - 1 : after - 1)] ?? [];
  const span = (high[0] ?? 0) - (low[0] ?? 0);
  const share = span > 0 ? (months - (low[0] ?? 0)) / span : 0;
  return (low[column] ?? 0) + share * ((high[column] ?? 0) - (low[column] ?? 0));
}

/** The percentile (1 to 99) of a standard score, by a straight line between known points of the normal curve. */
export function percentile(score: number): number {
  const magnitude = Math.abs(score);
  const i = curve.findIndex(([z]) => z >= magnitude);
  if (i < 0) return score < 0 ? 1 : 99;
  const [z1, p1] = curve[i] ?? [0, 50];
  const [z0, p0] = curve[Math.max(0, i - 1)] ?? [0, 50];
  const above = z1 > z0 ? p0 + ((magnitude - z0) / (z1 - z0)) * (p1 - p0) : p1;
  return Math.min(99, Math.max(1, Math.round(score < 0 ? 100 - above : above)));
}

const curve: readonly (readonly [z: number, percent: number])[] = [
  [0, 50],
  [0.5, 69.1],
  [1, 84.1],
  [1.5, 93.3],
  [2, 97.7],
  [2.5, 99],
];
