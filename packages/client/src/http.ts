import { UnexpectedAnswer, UnreachableError } from './errors.ts';

/** The platform's `fetch`, or anything that answers like it. */
export type Fetch = (input: string, init?: RequestInit) => Promise<Response>;

/** What every call of this SDK may be given: another `fetch`, and a signal that cancels. */
export type CallOptions = { readonly fetch?: Fetch | undefined; readonly signal?: AbortSignal | undefined };

/** A small JSON document of an authorization server may have this many bytes. */
const documentLimit = 8 << 20;

/** Time for a whole small exchange, ms. */
const documentTimeout = 30_000;

/** Time for one whose answer takes work, ms: a little less than what `fetch` waits for an answer to begin. */
export const longTimeout = 290_000;

/** Sends a request. @throws {UnreachableError} when nothing answers; the caller's own cancellation passes through */
export async function send(url: string, init: RequestInit, options: CallOptions): Promise<Response> {
  try {
    return await (options.fetch ?? fetch)(url, { ...init, ...(options.signal ? { signal: options.signal } : {}) });
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new UnreachableError(url, cause);
  }
}

/** An answer read to its end. `body` is undefined when the text is not JSON. */
export type JsonAnswer = { readonly response: Response; readonly body: unknown };

/**
 * Sends a request whose answer is one small JSON document: bounded in size and time, redirects not followed.
 * @param most ms for all of it
 */
export async function exchange(
  url: string,
  init: RequestInit,
  options: CallOptions,
  most = documentTimeout,
): Promise<JsonAnswer> {
  const timeout = AbortSignal.timeout(most);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
  try {
    // A redirect would turn a POST into a GET, or carry an assertion to where it was not meant for.
    const response = await send(url, { redirect: 'manual', ...init }, { ...options, signal });
    return { response, body: parseJson(await readText(response, documentLimit)) };
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    if (timeout.aborted) throw new UnreachableError(url, new Error(`no answer within ${most / 1000} s`));
    throw cause;
  }
}

/** The body as text. @param limit bytes @throws {UnexpectedAnswer} when the body is longer */
export async function readText(response: Response, limit: number): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body) {
      size += chunk.byteLength;
      if (size > limit) throw new UnexpectedAnswer(response.url, response.status, `it is longer than ${limit} bytes`);
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof UnexpectedAnswer || isAbort(cause)) throw cause;
    throw new UnreachableError(response.url, cause);
  }
  return decode(chunks, size);
}

/** Parses JSON; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decode(chunks: readonly Uint8Array[], size: number): string {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return new TextDecoder().decode(whole);
}

function isAbort(cause: unknown): boolean {
  return cause instanceof Error && (cause.name === 'AbortError' || cause.name === 'TimeoutError');
}
