/** JSON texts, whole and broken, from a seed, so that a failure can be repeated. */
export function generator(seed: number) {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const pick = <T>(from: readonly T[]): T => from[next(from.length)]!;
  const gap = () => (next(3) === 0 ? pick([' ', '\n', '\t', '  ', '\r\n']) : '');
  const text = (): string =>
    pick(['""', '"a"', '"x y"', '"\\n"', '"\\u00e9"', '"é"', '"\\ud83d\\ude00"', '"\\\\"', '"\\""']);
  const value = (depth: number): string => {
    const inner = () => gap() + value(depth - 1) + gap();
    switch (depth === 0 ? next(4) : next(6)) {
      case 0:
        return pick(['0', '-1', '1.50', '2e3', '-0.5E-2', '123456789012345678']);
      case 1:
        return pick(['true', 'false', 'null']);
      case 2:
      case 3:
        return text();
      case 4:
        return `[${Array.from({ length: next(4) }, inner).join(',') || gap()}]`;
      default:
        return `{${Array.from({ length: next(4) }, (_, i) => `${gap()}"k${i}"${gap()}:${inner()}`).join(',') || gap()}}`;
    }
  };
  const mutated = (json: string): string => {
    const at = next(json.length + 1);
    const piece = pick(['', '"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', '.', 'e', ' ', 'n', '\u0001', '\\u']);
    return json.slice(0, at) + piece + json.slice(at + next(3));
  };
  return { value, mutated, next };
}
