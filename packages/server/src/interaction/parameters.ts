/** A URL of this path and query. */
export function urlOf(path: string, query: readonly (readonly [string, string])[]): string {
  if (query.length === 0) return path;
  return `${path}?${query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}`;
}

/** Encodes what a query must, and leaves `:`, `|`, `,`, `/` readable. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/%(3A|2C|2F)/g, decodeURIComponent);
}
