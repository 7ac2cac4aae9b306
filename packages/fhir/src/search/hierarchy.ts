/**
 * What a URI lies in: its path shortened part by part, and where it is a canonical with a version (`url|1.2.3`), the
 * versions that this one is a part of (`url|1.2`, `url|1`) and the URL without one. The URI itself comes first. A
 * profile (`_profile`) is a version of another, but lies in none by its path.
 * @param parameter the code of the search parameter
 * @see https://hl7.org/fhir/R4/search.html#uri
 */
export function uriAncestors(parameter: string, uri: string): readonly string[] {
  const [path = '', version] = split(uri);
  const versions = version === undefined ? [] : prefixes(version, '.').map((part) => `${path}|${part}`);
  return [...versions, ...(parameter === '_profile' ? [path] : paths(path))].slice(0, maxAncestors);
}

/** Bounds what one value is indexed by. */
const maxAncestors = 30;

/** Whether the first is one of the second's ancestors, or the second itself. */
export function isAboveUri(parameter: string, above: string, below: string): boolean {
  return uriAncestors(parameter, below).includes(trimmed(above));
}

/** A path with a slash at its end and one without are the same place. */
export function trimmed(uri: string): string {
  return uri.length > 1 && uri.endsWith('/') ? uri.slice(0, -1) : uri;
}

function split(uri: string): [path: string, version?: string] {
  const bar = uri.indexOf('|');
  return bar > 0 ? [uri.slice(0, bar), uri.slice(bar + 1)] : [trimmed(uri)];
}

/** `http://a.example/b/c`, `http://a.example/b`, `http://a.example`; `urn:` and the like have a path of one part. */
function paths(path: string): string[] {
  const start = /^[a-z][a-z0-9+.-]*:\/\//i.exec(path)?.[0].length;
  if (start === undefined) return [path];
  const all = prefixes(path.slice(start), '/').map((part) => path.slice(0, start) + part);
  return all.filter((one) => !one.endsWith('/'));
}

/** `a.b.c`, `a.b`, `a`. */
function prefixes(text: string, separator: string): string[] {
  const parts = text.split(separator);
  return parts.map((_, i) => parts.slice(0, parts.length - i).join(separator));
}
