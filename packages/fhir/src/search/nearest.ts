/**
 * The name most like `text`, for "did you mean"; undefined where none is within two edits of it. Texts of more than 40
 * characters are not compared: a stranger may send any length.
 */
export function nearest(text: string, names: readonly string[]): string | undefined {
  if (text.length < 3 || text.length > 40) return undefined;
  let best: string | undefined;
  let bound = 3;
  for (const name of names) {
    if (Math.abs(name.length - text.length) >= bound) continue;
    const distance = edits(text.toLowerCase(), name.toLowerCase());
    if (distance < bound) {
      best = name;
      bound = distance;
    }
  }
  return best;
}

/** How many characters must be put in, taken out or exchanged to make `b` of `a`. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const exchange = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(exchange, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
