/** What `encode`, `decode`, `escape` and `unescape` do; undefined for a format that is none. Later than FHIRPath 2.0. */
export function encoded(text: string, format: string): string | undefined {
  const bytes = new TextEncoder().encode(text);
  if (format === 'hex') return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const base64 = btoa(binary(bytes));
  if (format === 'base64') return base64;
  return format === 'urlbase64' ? base64.replaceAll('+', '-').replaceAll('/', '_') : undefined;
}

function binary(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Undefined also for what was not encoded that way. */
export function decoded(text: string, format: string): string | undefined {
  if (format === 'hex') return /^(?:[0-9A-Fa-f]{2})*$/.test(text) ? utf8(bytesOfHex(text)) : undefined;
  if (format !== 'base64' && format !== 'urlbase64') return undefined;
  const base64 = format === 'urlbase64' ? text.replaceAll('-', '+').replaceAll('_', '/') : text;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined;
  return utf8(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

const entities: readonly (readonly [string, string])[] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
];

export function escaped(text: string, target: string): string | undefined {
  if (target === 'json') return JSON.stringify(text).slice(1, -1);
  if (target !== 'html') return undefined;
  return entities.reduce((html, [character, entity]) => html.replaceAll(character, entity), text);
}

export function unescaped(text: string, target: string): string | undefined {
  if (target === 'json') return jsonString(text);
  if (target !== 'html') return undefined;
  return entities.reduceRight((html, [character, entity]) => html.replaceAll(entity, character), text);
}

function jsonString(text: string): string | undefined {
  try {
    // A quote that is not escaped stands for itself.
    return JSON.parse(`"${text.replace(/\\[\s\S]|"/g, (found) => (found === '"' ? '\\"' : found))}"`);
  } catch {
    return undefined;
  }
}
