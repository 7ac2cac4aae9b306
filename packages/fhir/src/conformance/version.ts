/**
 * Orders business versions, negative where `a` is the older one. Numbers between dots and dashes compare as numbers, a
 * pre-release (`1.0.0-ballot`) goes before its release, and a date before a number: terminologies that were dated are
 * numbered today. No version at all is the oldest.
 * @see https://semver.org/#spec-item-11
 */
export function compareVersions(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? -1 : 1;
  const dated = Number(isDate(b)) - Number(isDate(a));
  if (dated !== 0) return dated;
  const [releaseA, labelA] = partsOf(a);
  const [releaseB, labelB] = partsOf(b);
  return compareLists(releaseA, releaseB) || compareLabels(labelA, labelB) || (a < b ? -1 : 1);
}

function isDate(version: string): boolean {
  return /^(?:19|20)\d\d(?:-?[01]\d(?:-?[0-3]\d)?)?$/.test(version);
}

/** The numbers of the release, and of the label behind the first dash; what follows a `+` does not count. */
function partsOf(version: string): [readonly string[], readonly string[]] {
  const [text = ''] = version.split('+');
  if (isDate(text)) return [text.split('-'), []];
  const dash = text.indexOf('-');
  return dash < 0 ? [text.split('.'), []] : [text.slice(0, dash).split('.'), text.slice(dash + 1).split('.')];
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = compareIdentifiers(a[i] ?? '0', b[i] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

function compareLabels(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Number(a.length === 0) - Number(b.length === 0);
  return compareLists(a, b);
}

/** Numbers go before words. */
function compareIdentifiers(a: string, b: string): number {
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA && isNumberB) return Math.sign(Number(a) - Number(b));
  if (isNumberA !== isNumberB) return isNumberA ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}
