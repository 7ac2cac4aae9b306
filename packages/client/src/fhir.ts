import { FhirError, type OutcomeIssue, UnexpectedAnswer } from './errors.ts';
import { type CallOptions, isObject, parseJson, readText, send } from './http.ts';
import type { TokenSource } from './token.ts';

/** A FHIR resource as parsed JSON. */
export type Resource = { readonly resourceType: string; readonly id?: string; readonly [member: string]: unknown };

/** An entry of a Bundle, as far as the SDK looks. */
export type BundleEntry = {
  readonly fullUrl?: string;
  readonly resource?: Resource;
  readonly search?: { readonly mode?: string };
  readonly response?: { readonly status?: string; readonly location?: string; readonly outcome?: Resource };
};

export type Bundle = Resource & {
  readonly resourceType: 'Bundle';
  readonly total?: number;
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly BundleEntry[];
};

/** An answer: the resource, and its text as the server wrote it (decimals keep their digits only there). */
export type Answer<R extends Resource = Resource> = { readonly resource: R; readonly text: string };

export type FhirOptions = CallOptions & {
  /** The FHIR base, such as `https://chart.example/apis/default/fhir`. */
  readonly base: string;
  /** Left out, requests go without a token. */
  readonly token?: TokenSource | undefined;
  /** Longest answer taken, bytes. (Default: 256 MiB) */
  readonly limit?: number;
  /** How often a 429 or 503 is waited out. (Default: 5) */
  readonly retries?: number;
};

/**
 * A FHIR client: sends the token, renews it once when refused, and waits as long as `Retry-After` says on 429 and 503.
 * Every call throws {FhirError} with the OperationOutcome's issues when the server refuses.
 */
export type FhirClient = {
  /** `GET {base}/{reference}`, such as `Patient/1`. */
  readonly read: (reference: string) => Promise<Answer>;
  /** `GET {base}/{query}`, such as `Patient?name=x`: the first page. */
  readonly search: (query: string) => Promise<Answer<Bundle>>;
  /** All pages of a search, fetched as they are asked for. A next link must stay with the server and be a new one. */
  readonly pages: (query: string) => AsyncGenerator<Answer<Bundle>, void>;
  /** The matches of all pages, without included resources and outcomes. */
  readonly resources: (query: string) => AsyncGenerator<Resource, void>;
  /** `POST {base}` with a transaction or batch Bundle. A text is sent byte for byte. */
  readonly transaction: (bundle: object | string) => Promise<Answer<Bundle>>;
};

/** Makes a client for one FHIR base. */
export function fhirClient(options: FhirOptions): FhirClient {
  const base = options.base.replace(/\/+$/, '');
  const get = (url: string) => request(url, { headers: { accept: 'application/fhir+json' } }, options);
  const page = async (url: string) => bundleOf(url, await get(url));
  async function* pages(query: string): AsyncGenerator<Answer<Bundle>, void> {
    const seen = new Set<string>();
    for (let url: string | undefined = address(base, query); url; ) {
      seen.add(url);
      const found = await page(url);
      yield found;
      url = nextLink(base, url, found.resource, seen);
    }
  }
  return {
    read: (reference) => get(address(base, reference)),
    search: (query) => page(address(base, query)),
    pages,
    async *resources(query) {
      for await (const { resource } of pages(query)) {
        for (const entry of resource.entry ?? []) {
          if (entry.resource && (entry.search?.mode ?? 'match') === 'match') yield entry.resource;
        }
      }
    },
    async transaction(bundle) {
      const headers = { accept: 'application/fhir+json', 'content-type': 'application/fhir+json' };
      const body = typeof bundle === 'string' ? bundle : JSON.stringify(bundle);
      return bundleOf(base, await request(base, { method: 'POST', headers, body }, options));
    },
  };
}

/** The URL that a reference or query means; one that leaves the base is refused, since the token would leave with it. */
function address(base: string, reference: string): string {
  const url = new URL(reference.replace(/^\/+/, ''), `${base}/`);
  if (url.href !== base && !url.href.startsWith(`${base}/`) && !url.href.startsWith(`${base}?`)) {
    throw new TypeError(`${url.origin}${url.pathname} is not below ${base}. Ask for a path such as Patient?name=x.`);
  }
  return url.href;
}

function nextLink(base: string, current: string, bundle: Bundle, seen: ReadonlySet<string>): string | undefined {
  const link = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  if (link === undefined) return undefined;
  const next = URL.canParse(link, current) ? new URL(link, current) : undefined;
  if (next?.origin !== new URL(base).origin) {
    throw new UnexpectedAnswer(current, 200, `its next page is at ${next?.origin ?? 'no address'}, another origin`);
  }
  if (seen.has(next.href)) throw new UnexpectedAnswer(current, 200, 'its next page is one that was read already');
  return next.href;
}

async function request(url: string, init: RequestInit, options: FhirOptions): Promise<Answer> {
  let token = await options.token?.();
  let renewed = false;
  for (let attempt = 0; ; attempt++) {
    const headers = { ...(init.headers as object), ...(token ? { authorization: `Bearer ${token.accessToken}` } : {}) };
    const response = await send(url, { ...init, headers }, options);
    const text = await readText(response, options.limit ?? 256 << 20);
    if (response.ok) return answerOf(url, response, text);
    if (response.status === 401 && token && !renewed) {
      renewed = true;
      token = await options.token?.(token);
    } else if ((response.status === 429 || response.status === 503) && attempt < (options.retries ?? 5)) {
      await pause(retryAfter(response, attempt), options.signal);
    } else {
      throw refusal(url, response, parseJson(text));
    }
  }
}

function answerOf(url: string, response: Response, text: string): Answer {
  const body = parseJson(text);
  if (isObject(body) && typeof body.resourceType === 'string') return { resource: body as Resource, text };
  throw new UnexpectedAnswer(url, response.status, 'expected a FHIR resource in JSON');
}

function bundleOf(url: string, answer: Answer): Answer<Bundle> {
  if (answer.resource.resourceType === 'Bundle') return answer as Answer<Bundle>;
  throw new UnexpectedAnswer(url, 200, `expected a Bundle, not ${answer.resource.resourceType.slice(0, 64)}`);
}

function isIssue(value: unknown): value is OutcomeIssue {
  return isObject(value) && typeof value.severity === 'string' && typeof value.code === 'string';
}

function refusal(url: string, response: Response, body: unknown): FhirError {
  const issues = isObject(body) && Array.isArray(body.issue) ? body.issue.filter(isIssue) : [];
  const challenge = response.headers.get('www-authenticate')?.match(/error_description="([^"]{1,500})"/)?.[1];
  return new FhirError(url, response.status, issues, challenge);
}

/** How long to wait, ms: what `Retry-After` says (seconds or a date), 60 s at most, else 0.5 s doubling. */
function retryAfter(response: Response, attempt: number): number {
  const said = response.headers.get('retry-after');
  const seconds = said === null ? Number.NaN : Number(said);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(said ?? '') - Date.now();
  return Math.min(60_000, Number.isFinite(wait) ? Math.max(0, wait) : 500 * 2 ** attempt);
}

/** Waits, or throws the signal's reason as soon as it is aborted. @param time ms */
export function pause(time: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, time);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
