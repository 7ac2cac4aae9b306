import { createHash } from 'node:crypto';
import type { Source } from './source.ts';
import { entrySpans, mistakeLine } from './syntax.ts';

/** A part of a file that will not do. `place` is `file:line`. The reason never quotes the file. */
export type Problem = { readonly place: string; readonly reason: string };

/** One resource of an NDJSON file as written, and its line. */
export type Line = {
  readonly text: string;
  readonly type: string;
  readonly id: string | undefined;
  readonly line: number;
};

/** What is sent in one request: a Bundle of a file, or some lines of NDJSON as a batch. */
export type Document =
  | {
      readonly kind: 'bundle';
      readonly name: string;
      readonly line: number;
      readonly text: string;
      readonly types: readonly string[];
      /** Indexes of the entries to send, where an earlier run stored the others of a batch. */
      readonly only?: readonly number[];
    }
  | { readonly kind: 'lines'; readonly name: string; readonly lines: readonly Line[] };

/** A batch holds this many lines at most, and about this many bytes. */
const batchLines = 100;
const batchBytes = 1 << 20;

/** Longest JSON file or NDJSON line taken, bytes. */
const limit = 256 << 20;

/** Reads a file as documents. What cannot be read comes as a problem, and reading goes on behind it. */
export async function* documents(source: Source): AsyncGenerator<Document | Problem, void> {
  const isLines = /\.(ndjson|jsonl)(\.gz|\.zst)?$/i.test(source.name);
  try {
    yield* isLines ? batches(source) : whole(source);
  } catch (cause) {
    // A damaged archive or a disk that fails ends this file, not the run.
    yield { place: source.name, reason: cause instanceof Error ? cause.message : String(cause) };
  }
}

async function* whole({ name, chunks }: Source): AsyncGenerator<Document | Problem, void> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of chunks) {
    size += piece.length;
    if (size > limit)
      return yield { place: name, reason: `longer than ${limit >> 20} MiB; split it, or make NDJSON of it` };
    pieces.push(piece);
  }
  const read = parse(decode(Buffer.concat(pieces)), name, undefined);
  yield 'place' in read ? read : 'kind' in read ? read : { kind: 'lines', name, lines: [read] };
}

async function* batches(source: Source): AsyncGenerator<Document | Problem, void> {
  let lines: Line[] = [];
  let bytes = 0;
  for await (const { text, line } of linesOf(source.chunks)) {
    if (text === undefined) {
      yield { place: `${source.name}:${line}`, reason: `longer than ${limit >> 20} MiB` };
      continue;
    }
    if (text.trim() === '') continue;
    const read = parse(text, source.name, line);
    if ('place' in read || 'kind' in read) {
      yield read;
      continue;
    }
    lines.push(read);
    bytes += text.length;
    if (lines.length < batchLines && bytes < batchBytes) continue;
    yield { kind: 'lines', name: source.name, lines };
    [lines, bytes] = [[], 0];
  }
  if (lines.length > 0) yield { kind: 'lines', name: source.name, lines };
}

/** A Bundle becomes a document, any other resource a line. @param line of an NDJSON file; undefined for a whole file */
function parse(text: string | undefined, name: string, line: number | undefined): Document | Line | Problem {
  const place = `${name}:${line ?? 1}`;
  if (text === undefined) return { place, reason: 'not UTF-8' };
  let value: Partial<Bundle> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return { place: `${name}:${line ?? mistakeLine(text)}`, reason: 'not JSON' };
  }
  const type = value?.resourceType;
  if (typeof type !== 'string' || !/^[A-Z][A-Za-z]{1,63}$/.test(type))
    return { place, reason: 'not a FHIR resource: no resourceType' };
  if (type !== 'Bundle') return lineFrom(text, type, value?.id, line ?? 1, place);
  if (value?.type !== 'transaction' && value?.type !== 'batch') {
    const kind =
      typeof value?.type === 'string' && /^[a-z-]{1,32}$/.test(value.type) ? `a ${value.type}` : 'of no known type';
    return { place, reason: `the Bundle is ${kind}; only a transaction or a batch says what to do with its entries` };
  }
  const entries = Array.isArray(value.entry) ? value.entry : [];
  const types = entries.map((entry) => entry?.resource?.resourceType ?? '(none)');
  return { kind: 'bundle', name, line: line ?? 1, text, types };
}

type Bundle = {
  readonly resourceType: unknown;
  readonly id: unknown;
  readonly type: unknown;
  readonly entry: readonly ({ readonly resource?: { readonly resourceType?: string } } | null)[];
};

function lineFrom(text: string, type: string, id: unknown, line: number, place: string): Line | Problem {
  if (id === undefined) return { text, type, id, line };
  if (typeof id === 'string' && /^[A-Za-z0-9\-.]{1,64}$/.test(id)) return { text, type, id, line };
  return { place, reason: 'its id is no FHIR id: 1 to 64 letters, digits, dashes and dots' };
}

/** The Bundle to send. Resources keep their text to the last digit; those with an id are put there, others created. */
export function bundleText(document: Document): string {
  if (document.kind === 'bundle') {
    if (!document.only) return document.text;
    const spans = entrySpans(document.text);
    return batch(document.only.map((index) => document.text.slice(spans[index]?.start, spans[index]?.end)));
  }
  const entries = document.lines.map(({ text, type, id }) => {
    const request = id === undefined ? { method: 'POST', url: type } : { method: 'PUT', url: `${type}/${id}` };
    return `{"resource":${text.trim()},"request":${JSON.stringify(request)}}`;
  });
  return batch(entries);
}

const batch = (entries: readonly string[]): string =>
  `{"resourceType":"Bundle","type":"batch","entry":[${entries.join(',')}]}`;

/** What a document is known by in the ledger. The same content in another file is the same document. */
export function contentHash(document: Document): string {
  const hash = createHash('sha256');
  if (document.kind === 'bundle') hash.update(document.text);
  else for (const { text } of document.lines) hash.update(text).update('\n');
  return hash.digest('hex').slice(0, 32);
}

async function* linesOf(
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<{ text: string | undefined; line: number }, void> {
  let pieces: Buffer[] = [];
  let size = 0;
  let line = 1;
  const end = () => {
    const text = size > limit ? undefined : (decode(Buffer.concat(pieces)) ?? '\u0000');
    [pieces, size] = [[], 0];
    return { text, line: line++ };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, at));
      size += at - start;
      start = at + 1;
      yield end();
    }
    size += chunk.length - start;
    if (size <= limit) pieces.push(chunk.subarray(start));
    else pieces = [];
  }
  if (size > 0) yield end();
}

/** UTF-8 text without its byte order mark; undefined when it is not UTF-8. */
function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
