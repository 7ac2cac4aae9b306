/**
 * The FHIR interaction that method and path name, by R4's names; `operation` where it is one, and `transaction` for a
 * bundle that was not read.
 */
export function interactionOf(method: string, path: readonly string[]): string {
  const last = path.at(-1);
  if (last?.startsWith('$')) return 'operation';
  if (last === '_search') return path.length === 1 ? 'search-system' : 'search-type';
  switch (method) {
    case 'POST':
      return path.length === 0 ? 'transaction' : 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return 'delete';
    default:
      return readOf(path);
  }
}

function readOf([first, second, third, fourth]: readonly string[]): string {
  if (first === '_history') return 'history-system';
  if (second === '_history') return 'history-type';
  if (third === '_history') return fourth === undefined ? 'history-instance' : 'vread';
  if (first === undefined || third === '*') return 'search-system';
  return second === undefined || third !== undefined ? 'search-type' : 'read';
}

const reads: ReadonlySet<string> = new Set([
  ...['read', 'vread', 'search-type', 'search-system', 'history-instance', 'history-type', 'history-system'],
]);

/** Whether a request may have changed something. */
export function isWriteOf(interaction: string, method: string): boolean {
  return !reads.has(interaction) && !(interaction === 'operation' && method === 'GET');
}
